import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'

/**
 * The log of a worker or a bridge on stderr: JSON lines for machines, short ones in a terminal. Whoever writes to it names the fields:
 * never code, never a token.
 */
export function openLog(
  { log_level, name, is_terminal }: Pick<Config, 'log_level' | 'name' | 'is_terminal'>,
  role: 'worker' | 'bridge' = 'worker',
): Logger {
  const options = { level: log_level, base: { name: role, [role]: name }, timestamp: pino.stdTimeFunctions.isoTime }
  return is_terminal
    ? pino(options, { write: (line: string) => void process.stderr.write(readable(line)) })
    : pino(options, pino.destination({ dest: 2, sync: true }))
}

/** `12:34:56 graded job_id=… verdicts={"accepted":3}`, with the level where it is not information. */
function readable(line: string): string {
  const { level, time, name: _, worker: __, bridge: ___, msg, ...rest } = JSON.parse(line) as Record<string, unknown>
  const fields = Object.entries(rest).map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return `${String(time).slice(11, 19)} ${Number(level) === pino.levels.values.info ? '' : `${pino.levels.labels[Number(level)]}: `}${msg ?? ''}${fields.join('')}\n`
}
