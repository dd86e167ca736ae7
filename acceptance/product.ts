import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The product as its users run it: `npm start` as a process of its own, spoken to over HTTP only. */
export interface Product {
  base_url: string
  data_dir: string
  /** Everything it printed so far. */
  output(): string
  /** A personal token of the administrator named in the environment. */
  adminToken(): Promise<string>
  /** `npm run -s admin -- …` with its data; resolves with what that printed. */
  admin(...words: string[]): Promise<string>
  /** Ends it as a failing machine does, `kill -9`. Its data stay, and a product started with them as GRADUS_DATA goes on. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export const ADMIN = { email: 'admin@example.org', password: 'correct horse battery' }

/** `npm run -s admin -- …` in an environment; resolves with what it printed, rejects where it failed. */
export async function adminOf(env: Record<string, string>, ...words: string[]): Promise<string> {
  const command = join(import.meta.dirname, '../apps/server/src/admin/main.ts')
  const { stdout } = await run(process.execPath, [command, ...words], { env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } })
  return stdout.trim()
}

/** Starts the product on a free port with data of its own and waits until it says where it is. */
export async function startProduct(env: Record<string, string> = {}): Promise<Product> {
  const data_dir = env.GRADUS_DATA ?? (await mkdtemp(join(tmpdir(), 'gradus-acceptance-')))
  const child: ChildProcess = spawn(process.execPath, ['scripts/start.ts'], {
    cwd: join(import.meta.dirname, '..'),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: '0',
      GRADUS_DATA: data_dir,
      GRADUS_ADMIN_EMAIL: ADMIN.email,
      GRADUS_ADMIN_PASSWORD: ADMIN.password,
      GRADUS_LOG: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const base_url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the product did not come up in 120 s:\n${printed}`)), 120_000)
    const read = (chunk: Buffer): void => {
      printed += chunk.toString()
      const address = /Gradus is running at (http:\/\/\S+)/.exec(printed)?.[1]
      if (address !== undefined) {
        clearTimeout(timer)
        resolve(address.replace(/\/+$/, ''))
      }
    }
    child.stdout!.on('data', read)
    child.stderr!.on('data', read)
    child.on('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`the product ended with code ${code}:\n${printed}`))
    })
  })
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }
  return {
    base_url,
    data_dir,
    output: () => printed,
    async adminToken() {
      const response = await fetch(`${base_url}/api/auth/cli_token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...ADMIN, label: 'acceptance' }),
      })
      return ((await response.json()) as { token: string }).token
    },
    admin: (...words) => adminOf({ GRADUS_DATA: data_dir }, ...words),
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM')
      await rm(data_dir, { recursive: true, force: true })
    },
  }
}
