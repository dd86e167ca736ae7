import { type Logger, pino } from 'pino'
import type { Config } from '../config.ts'

/** What is kept of an error: PostgreSQL's `detail` and `where` quote values of rows, which logs must not hold. */
export function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  return { type: error.name, message: error.message, code: (error as { code?: unknown }).code, stack: error.stack }
}

/**
 * The process's log: JSON lines for machines, short lines in a terminal. Written to stderr, so that stdout belongs to
 * what a command prints.
 */
export function openLog(config: Config, name: string): Logger {
  const options = { level: config.log_level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: loggedError } }
  return config.is_terminal
    ? pino(options, { write: (line: string) => void process.stderr.write(readable(line)) })
    : pino(options, pino.destination({ dest: 2, sync: true }))
}

const levels: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }

/** One JSON line as a person reads it: `12:34:56 warn worker: message key=value`, an error's stack below. */
export function readable(line: string): string {
  const { level, time, name, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>
  const fields = Object.entries(rest).map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const trace = (err as { stack?: string } | undefined)?.stack
  return `${String(time).slice(11, 19)} ${levels[Number(level)]} ${name}: ${msg ?? ''}${fields.join('')}\n${trace === undefined ? '' : `${trace}\n`}`
}
