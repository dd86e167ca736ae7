import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { type CrashPoint, crashPoints } from './db/crash-point.ts'

/** Bad configuration: one clear sentence for the operator; the process ends with exit code 2. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

const flag = z.enum(['on', 'off'], { error: 'must be on or off' }).transform((v) => v === 'on')

/** A whole number in a range, said in one phrase whatever is wrong with it. */
function whole(from: number, to: number) {
  const error = `must be a whole number from ${from} to ${to}`
  return z.coerce.number({ error }).int(error).min(from, error).max(to, error)
}

const schema = z.object({
  PORT: whole(0, 65535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be an address such as postgres://user:password@localhost:5432/gradus' }).optional(),
  GRADUS_DATA: z.string().default('.gradus'),
  GRADUS_PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an address such as https://gradus.example.org' }).optional(),
  GRADUS_ADMIN_EMAIL: z.email('must be an e-mail address').optional(),
  GRADUS_ADMIN_PASSWORD: z.string().min(8, 'must have at least 8 characters').max(256, 'must have at most 256 characters').optional(),
  GRADUS_DEMO: flag.optional(),
  GRADUS_REGISTRATION: flag.default(true),
  GRADUS_WORKERS: whole(0, 256).default(availableParallelism()),
  GRADUS_DB_POOL: whole(2, 500).default(16),
  GRADUS_TRUST_PROXY: flag.default(false),
  GRADUS_DRAIN_SECONDS: whole(0, 300).default(0),
  GRADUS_LOG: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], { error: 'must be trace, debug, info, warn, error or silent' })
    .optional(),
  GRADUS_BLOBS: z.string().optional(),
  GRADUS_ALLOW_ANY_REGION: flag.default(false),
  GRADUS_SCAN_COMMAND: z.string().optional(),
  S3_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must be an address such as https://s3.example.org' }).optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be a name of 3 to 63 small letters, digits, dots and hyphens')
    .optional(),
  S3_REGION: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be the name of a region, such as eu-central-1')
    .optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  S3_FORCE_PATH_STYLE: flag.optional(),
  GRADUS_CALLBACK_HOSTS: z.string().optional(),
  GRADUS_CALLBACK_BASIC: z
    .string()
    .regex(/^[^:]+:.+$/, 'must be user:password')
    .optional(),
  GRADUS_XQUEUE_PATH: z
    .string()
    .regex(/^(\/[A-Za-z0-9._~-]+)+$/, 'must be a path such as /xqueue')
    .default('/xqueue'),
  GRADUS_DEMO_TOKEN: flag.default(false),
  // For tests of what survives a crash (db/crash-point.ts); never in production.
  GRADUS_CRASH_POINT: z.enum(crashPoints, { error: 'must be one of the places of db/crash-point.ts' }).optional(),
  NODE_ENV: z.string().optional(),
})

/** A bucket for the bytes of files (docs/guide/storage.md). */
export interface S3Config {
  /** Undefined: Amazon's own, by region. */
  readonly endpoint: string | undefined
  readonly bucket: string
  readonly region: string
  readonly access_key_id: string
  readonly secret_access_key: string
  /** The bucket's name stands in the path of addresses, not in their host. */
  readonly is_path_style: boolean
}

/** Everything a process may be told from outside, checked once and frozen. Nothing else reads the environment. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Undefined: the embedded PostgreSQL in `data_dir`. */
  readonly database_url: string | undefined
  readonly data_dir: string
  /** Where the bytes of files are kept while `s3` is undefined. */
  readonly blobs_dir: string
  readonly s3: S3Config | undefined
  /** The operator answers for a bucket that is not known to lie in the EU (R14). */
  readonly allows_any_region: boolean
  /** A program and its arguments that sees every file before it counts as handed in; null: none does. */
  readonly scan_command: readonly string[] | null
  /** Hosts that answers may be brought back to, `host` or `host:port`; null: all public addresses and no other. */
  readonly callback_hosts: readonly string[] | null
  /** `user:password` for those hosts, where they stand behind Basic authentication. */
  readonly callback_basic: string | null
  /** Where the XQueue protocol is served. */
  readonly xqueue_path: string
  /** How browsers reach this server; decides cookie security and the accepted Origin. Undefined: taken from each request's Host. */
  readonly public_url: string | undefined
  readonly is_https: boolean
  readonly is_production: boolean
  readonly admin: { email: string; password: string } | undefined
  /** Visitors may make accounts for themselves. */
  readonly is_registration_open: boolean
  /** Seed the demo course into an empty database. */
  readonly demo: boolean
  /** Grading jobs at once in the worker that `npm start` runs beside the server; 0 runs none. */
  readonly worker_slots: number
  readonly pool_size: number
  readonly trust_proxy: boolean
  /** How long a stopping server still takes requests while /readyz answers 503, for balancers that ask now and then. */
  readonly drain_seconds: number
  /** Logs go to a person's terminal: short lines, and only warnings unless GRADUS_LOG says more. */
  readonly is_terminal: boolean
  readonly log_level: string
  /** `GET /auth/token` hands an examiner's key to anybody: for demonstrations, never in production (R21). */
  readonly demo_token: boolean
  /** Where this process is to die, in a test of what survives it. */
  readonly crash_point: CrashPoint | undefined
}

/**
 * Reads the configuration from an environment. This file is the one place that knows the process's own.
 * @throws ConfigError naming the variable and what it must be; never repeats a value, which may be a secret.
 */
export function readConfig(env: Record<string, string | undefined> = process.env, has_terminal = process.stderr.isTTY === true): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw new ConfigError(`${issue.path.join('.')} ${issue.message}.`)
  }
  const e = parsed.data
  if ((e.GRADUS_ADMIN_EMAIL === undefined) !== (e.GRADUS_ADMIN_PASSWORD === undefined)) {
    throw new ConfigError('GRADUS_ADMIN_EMAIL and GRADUS_ADMIN_PASSWORD belong together: set both or neither.')
  }
  if (e.GRADUS_CALLBACK_BASIC !== undefined && e.GRADUS_CALLBACK_HOSTS === undefined) {
    throw new ConfigError('GRADUS_CALLBACK_BASIC needs GRADUS_CALLBACK_HOSTS: a password is sent to hosts that you name and to no others.')
  }
  const is_production = e.NODE_ENV === 'production'
  if (is_production && e.GRADUS_CRASH_POINT !== undefined) throw new ConfigError('GRADUS_CRASH_POINT is for tests and must not be set in production.')
  if (is_production && e.GRADUS_DEMO_TOKEN)
    throw new ConfigError('GRADUS_DEMO_TOKEN gives an examiner’s key to anybody and must not be on in production.')
  return Object.freeze({
    port: e.PORT,
    host: e.HOST,
    database_url: e.DATABASE_URL,
    data_dir: resolve(e.GRADUS_DATA),
    blobs_dir: resolve(e.GRADUS_BLOBS ?? join(e.GRADUS_DATA, 'blobs')),
    s3: readS3(e),
    allows_any_region: e.GRADUS_ALLOW_ANY_REGION,
    scan_command: e.GRADUS_SCAN_COMMAND?.trim().split(/\s+/) ?? null,
    callback_hosts: hostsIn(e.GRADUS_CALLBACK_HOSTS),
    callback_basic: e.GRADUS_CALLBACK_BASIC ?? null,
    xqueue_path: e.GRADUS_XQUEUE_PATH,
    public_url: e.GRADUS_PUBLIC_URL?.replace(/\/+$/, ''),
    is_https: e.GRADUS_PUBLIC_URL?.startsWith('https:') ?? false,
    is_production,
    admin: e.GRADUS_ADMIN_EMAIL && e.GRADUS_ADMIN_PASSWORD ? { email: e.GRADUS_ADMIN_EMAIL, password: e.GRADUS_ADMIN_PASSWORD } : undefined,
    is_registration_open: e.GRADUS_REGISTRATION,
    demo: e.GRADUS_DEMO ?? !is_production,
    worker_slots: e.GRADUS_WORKERS,
    pool_size: e.GRADUS_DB_POOL,
    trust_proxy: e.GRADUS_TRUST_PROXY,
    drain_seconds: e.GRADUS_DRAIN_SECONDS,
    is_terminal: has_terminal && !is_production,
    log_level: e.GRADUS_LOG ?? (has_terminal && !is_production ? 'warn' : 'info'),
    demo_token: e.GRADUS_DEMO_TOKEN,
    crash_point: e.GRADUS_CRASH_POINT,
  })
}

/** All of a bucket's settings or none: half of them would keep files in a folder that nobody backs up. */
function readS3(e: z.infer<typeof schema>): S3Config | undefined {
  const needed = ['S3_BUCKET', 'S3_REGION', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const
  const missing = needed.filter((name) => e[name] === undefined)
  if (missing.length === needed.length && e.S3_ENDPOINT === undefined && e.S3_FORCE_PATH_STYLE === undefined) return undefined
  if (missing.length > 0) throw new ConfigError(`A bucket needs ${missing.join(', ')} too: set all of S3_… or none.`)
  return Object.freeze({
    endpoint: e.S3_ENDPOINT?.replace(/\/+$/, ''),
    bucket: e.S3_BUCKET!,
    region: e.S3_REGION!,
    access_key_id: e.S3_ACCESS_KEY_ID!,
    secret_access_key: e.S3_SECRET_ACCESS_KEY!,
    is_path_style: e.S3_FORCE_PATH_STYLE ?? e.S3_ENDPOINT !== undefined,
  })
}

/** @throws ConfigError where a part of the list is no host */
function hostsIn(list: string | undefined): string[] | null {
  if (list === undefined) return null
  const hosts = list.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim().toLowerCase()]))
  const wrong = hosts.some((host) => !/^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.test(host))
  if (wrong || hosts.length === 0) throw new ConfigError('GRADUS_CALLBACK_HOSTS must be hosts such as lms.example.org,10.0.0.5:8000.')
  return hosts
}

/** Secrets of the server that none of its child processes may see. */
const own = new Set([
  'DATABASE_URL',
  'GRADUS_ADMIN_EMAIL',
  'GRADUS_ADMIN_PASSWORD',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'GRADUS_CALLBACK_BASIC',
])

/** The environment for a child process: ours without the server's secrets, with what the child is told. */
export function childEnvironment(told: Record<string, string>): Record<string, string | undefined> {
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.has(name))), ...told }
}
