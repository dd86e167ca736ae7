import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const repository = join(import.meta.dirname, '../../..')

/** A real process of the product. Its environment is what the test gives, and PATH. */
export interface Process {
  child: ChildProcess
  pid: number
  stdout(): string
  stderr(): string
  /** Resolves when the process has ended and its output is read. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** Resolves with the first line of either output that matches; rejects when the process ends without one. */
  said(pattern: RegExp): Promise<RegExpExecArray>
}

/** Runs `file` of the repository with Node; nothing is inherited from the test's own environment but PATH. */
export function runProcess(file: string, env: Record<string, string>, args: string[] = [], identity: { uid?: number; gid?: number } = {}): Process {
  const child = spawn(process.execPath, [join(repository, file), ...args], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: tmpdir(), ...env },
    ...identity,
  })
  let stdout = ''
  let stderr = ''
  child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk))
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk))
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  return {
    child,
    pid: child.pid!,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(stdout) ?? pattern.exec(stderr)
          if (found !== null) resolve(found)
        }
        for (const stream of [child.stdout!, child.stderr!]) stream.on('data', look)
        look()
        ended.then(({ code, signal }) => reject(new Error(`ended with ${signal ?? code} before saying ${pattern}: ${stdout}${stderr}`)), reject)
      }),
  }
}

/** Starts the server alone and waits until it listens. */
export async function startServer(
  env: Record<string, string>,
  identity: { uid?: number; gid?: number } = {},
): Promise<Process & { address: string }> {
  const running = runProcess('apps/server/src/main.ts', { PORT: '0', ...env }, [], identity)
  const [, address] = await running.said(/Server listening at (http:\/\/[^"\s]+)/)
  return { ...running, address: address! }
}

/** Ends a process in order and checks that it went well. */
export async function stopProcess(running: Process): Promise<void> {
  running.child.kill('SIGTERM')
  const { code } = await running.ended
  if (code !== 0) throw new Error(`process ${running.pid} ended with ${code}: ${running.stderr()}`)
}

/** A folder of its own that `remove` deletes. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'gradus-data-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) }
}

/** Waits until `claim` holds, at most 20 s. */
export async function eventually(what: string, claim: () => boolean | Promise<boolean>): Promise<void> {
  const until = Date.now() + 20_000
  while (!(await claim())) {
    if (Date.now() > until) throw new Error(`not within 20 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
