import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { ConfigError } from '../config.ts'

/** What the bridge may be told from outside; nothing else here reads the environment. */
export interface BridgeConfig {
  /** The XQueue server as `https://host/prefix/`, always with the last slash; `xqueue/login/` and the like are put behind it. */
  readonly server: string
  readonly queue: string
  readonly user: string
  readonly password: string
  /** `user:password` for a proxy before the queue; the queue itself never looks at it. */
  readonly basic_auth: string | null
  /** Submissions graded at once. */
  readonly slots: number
  /** How long an empty queue is left alone. */
  readonly poll_seconds: number
  /** How long the other server keeps a submission for us before it hands it out again. */
  readonly lease_seconds: number
  /** Where questions that a payload names are found; absolute. */
  readonly questions: string | null
  readonly log_level: string
  /** Logs go to a person's terminal. */
  readonly is_terminal: boolean
}

export const usage = `npm run bridge -- --server URL --queue NAME [--user NAME] [--password-stdin] [--slots N]
                  [--poll-seconds N] [--lease-seconds N] [--questions DIR]

Leases submissions from another XQueue server, grades them in the sandboxes of this machine and puts the results back.
The password comes from GRADUS_BRIDGE_PASSWORD or, with --password-stdin, from standard input.
`

const options = {
  server: { type: 'string' },
  queue: { type: 'string' },
  user: { type: 'string' },
  'password-stdin': { type: 'boolean' },
  slots: { type: 'string' },
  'poll-seconds': { type: 'string' },
  'lease-seconds': { type: 'string' },
  questions: { type: 'string' },
  help: { type: 'boolean' },
} as const

const named = (name: string, what: string) => z.string({ error: `${name} is missing: ${what}` })
/** As one line of a form or a header it could break out of neither. */
const one_line = /^[^\u0000-\u001f\u007f]+$/
const count = (name: string, min: number, max: number, is_whole: boolean) => {
  const error = `${name} must be a ${is_whole ? 'whole ' : ''}number from ${min} to ${max}`
  const number = z.coerce.number({ error }).min(min, error).max(max, error)
  return is_whole ? number.int(error) : number
}

const schema = z.object({
  server: named('--server', 'the address of the XQueue server, such as https://xqueue.example.org').transform(serverAddress),
  queue: named('--queue', 'the name of the queue to grade')
    .regex(one_line, '--queue must be one line')
    .max(128, '--queue must be at most 128 characters'),
  user: named('--user', 'the account at the XQueue server; GRADUS_BRIDGE_USER names it too').regex(one_line, '--user must be one line'),
  password: named('GRADUS_BRIDGE_PASSWORD', 'set it, or give the password on standard input with --password-stdin').regex(
    one_line,
    'the password must be one line',
  ),
  basic_auth: z
    .string()
    .regex(/^[^:\u0000-\u001f\u007f]+:[^\u0000-\u001f\u007f]*$/, 'GRADUS_BRIDGE_BASIC_AUTH must be user:password')
    .nullable(),
  slots: count('--slots', 1, 256, true).default(availableParallelism()),
  poll_seconds: count('--poll-seconds', 0.1, 3_600, false).default(1),
  // The shorter of the defaults that servers have: a minute for the old one, five for edx-submissions.
  lease_seconds: count('--lease-seconds', 5, 86_400, false).default(60),
  questions: z.string().transform(folder).nullable(),
  log_level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], { error: 'GRADUS_LOG must be trace, debug, info, warn, error or silent' })
    .default('info'),
})

/** What the process was given; tests give their own. */
export interface Given {
  args: readonly string[]
  env?: Record<string, string | undefined>
  readPassword?: () => Promise<string>
  is_terminal?: boolean
}

/**
 * Reads flags and environment; a flag goes before its variable, and empty values count as not given. Null where only
 * help was asked for.
 * @throws ConfigError with one sentence that names what to change; never repeats a password
 */
export async function readBridgeConfig(given: Given): Promise<BridgeConfig | null> {
  const { args, env = process.env, readPassword = readStandardInput, is_terminal = process.stderr.isTTY === true } = given
  const flags = flagsIn(args)
  if (flags.help === true) return null
  const password = flags['password-stdin'] === true ? await readPassword() : env.GRADUS_BRIDGE_PASSWORD
  const said = (value: string | undefined): string | undefined => (value === '' ? undefined : value)
  const parsed = schema.safeParse({
    server: said(flags.server),
    queue: said(flags.queue),
    user: said(flags.user) ?? said(env.GRADUS_BRIDGE_USER),
    password: said(password),
    basic_auth: said(env.GRADUS_BRIDGE_BASIC_AUTH) ?? null,
    slots: said(flags.slots),
    poll_seconds: said(flags['poll-seconds']),
    lease_seconds: said(flags['lease-seconds']),
    questions: said(flags.questions) ?? null,
    log_level: said(env.GRADUS_LOG),
  })
  if (!parsed.success) throw new ConfigError(`${parsed.error.issues[0]!.message}.`)
  return Object.freeze({ ...parsed.data, is_terminal })
}

function flagsIn(args: readonly string[]) {
  if (args.some((arg) => /^--password(=|$)/.test(arg))) {
    throw new ConfigError(
      'There is no --password, because every user of this machine can read it there. Set GRADUS_BRIDGE_PASSWORD, or use --password-stdin.',
    )
  }
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    // The first sentence names the flag; those behind it explain the notation of flags in general.
    throw new ConfigError(`${(error as Error).message.split('. ')[0]!.replace(/\.$/, '')}. Use --help to see what can be given.`)
  }
}

function serverAddress(text: string, context: z.RefinementCtx): string {
  const url = URL.parse(text)
  const refuse = (message: string): string => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    return refuse('--server must be an address such as https://xqueue.example.org')
  if (url.username !== '' || url.password !== '')
    return refuse('--server must be without user and password; GRADUS_BRIDGE_BASIC_AUTH is for a proxy that asks for them')
  // People give the address up to the folder of the protocol as well.
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/xqueue$/, '')}/`
}

function folder(path: string, context: z.RefinementCtx): string {
  const whole = resolve(path)
  if (!statSync(whole, { throwIfNoEntry: false })?.isDirectory())
    context.addIssue({ code: 'custom', message: `--questions must be a folder, and ${whole} is none` })
  return whole
}

/** All of standard input without its last line break. */
async function readStandardInput(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
  return text.replace(/\r?\n$/, '')
}
