import { availableParallelism, hostname } from 'node:os'
import { z } from 'zod'

/** Bad configuration: one clear sentence for the operator; the process ends with exit code 2. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** What a grading worker may be told from outside; nothing else reads the environment. */
export interface Config {
  readonly server: string
  /** An API key with scope `grade`. */
  readonly token: string
  /** Jobs at once. */
  readonly slots: number
  readonly name: string
  readonly log_level: string
  /** Logs go to a person's terminal. */
  readonly is_terminal: boolean
}

const schema = z.object({
  GRADUS_SERVER: z.url({ protocol: /^https?$/, error: 'must be an address such as http://127.0.0.1:3000' }).default('http://127.0.0.1:3000'),
  GRADUS_GRADER_TOKEN: z
    .string({ error: 'is missing. Make a key on the server with: npm run -s admin -- create-key --name my-worker --scopes grade' })
    .regex(/^[\x21-\x7e]{20,200}$/, 'is not a key: it must be 20 to 200 characters without spaces'),
  GRADUS_WORKERS: z.coerce
    .number({ error: 'must be a whole number from 1 to 256' })
    .int('must be a whole number from 1 to 256')
    .min(1, 'must be at least 1')
    .max(256, 'must be at most 256')
    .default(availableParallelism()),
  GRADUS_WORKER_NAME: z.string().max(200, 'must be at most 200 characters').default(`${hostname()}-${process.pid}`.slice(0, 200)),
  GRADUS_LOG: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], { error: 'must be trace, debug, info, warn, error or silent' })
    .default('info'),
})

/**
 * Reads the worker's configuration, by default from the process's own environment; empty values count as not given.
 * @throws ConfigError naming the variable and what it must be; never repeats a value, which may be a secret
 */
export function readConfig(env: Record<string, string | undefined> = process.env, is_terminal = process.stderr.isTTY === true): Config {
  const parsed = schema.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== '')))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw new ConfigError(`${issue.path.join('.')} ${issue.message}.`)
  }
  const e = parsed.data
  return Object.freeze({
    server: e.GRADUS_SERVER,
    token: e.GRADUS_GRADER_TOKEN,
    slots: e.GRADUS_WORKERS,
    name: e.GRADUS_WORKER_NAME,
    log_level: e.GRADUS_LOG,
    is_terminal,
  })
}
