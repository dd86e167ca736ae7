import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openEmbedded } from '../../src/db/embedded.ts'
import { findRunning } from '../../src/db/embedded-process.ts'

/** Real server processes on one real PostgreSQL of their own, all of which may be killed at any time. */
export interface Cluster {
  /** Addresses stay the same across restarts. */
  base_urls: string[]
  database_url: string
  /** SIGKILLs one server process; it is started again at once. */
  killServer(index: number): void
  /** SIGKILLs the postmaster; its supervisor starts it again. */
  killDatabase(): void
  /** Counts of what was killed. */
  faults: { server: number; database: number }
  close(): Promise<void>
}

/** Where the server's sources are: the product's own, or a mutant's copy. */
export const SERVER_ROOT = join(import.meta.dirname, '../..')

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

/** Starts the database and `servers` server processes from `server_root` and waits until all are ready. */
export async function openCluster(server_root: string, servers: number, env: Record<string, string> = {}): Promise<Cluster> {
  const data_dir = mkdtempSync(join(tmpdir(), 'gradus-history-'))
  const quiet = { info() {}, warn() {} }
  const postgres = await openEmbedded({
    data_dir,
    log: quiet,
    onGone(error) {
      throw error
    },
  })
  const database_url = postgres.url
  const ports = await Promise.all(Array.from({ length: servers }, freePort))
  const children: ChildProcess[] = []
  let isClosing = false
  const faults = { server: 0, database: 0 }

  const start = (index: number): void => {
    const child = spawn(process.execPath, [join(server_root, 'src/main.ts')], {
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: database_url,
        PORT: String(ports[index]),
        GRADUS_LOG: 'silent',
        GRADUS_DEMO: 'off',
        GRADUS_DB_POOL: '8',
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let complaint = ''
    child.stderr!.on('data', (chunk: Buffer) => {
      complaint += chunk.toString()
    })
    children[index] = child
    child.on('exit', (code) => {
      if (isClosing) return
      // While the database is down a start is refused: try again, as any process manager does.
      setTimeout(() => isClosing || start(index), code === null ? 0 : 200)
      if (code !== null && code !== 0 && code !== 2 && process.env.GRADUS_HISTORY_DEBUG) console.error(complaint)
    })
  }
  for (let i = 0; i < servers; i++) {
    start(i)
    // One after the other: the first one migrates.
    await ready(`http://127.0.0.1:${ports[i]}`, () => children[i]!)
  }

  return {
    base_urls: ports.map((port) => `http://127.0.0.1:${port}`),
    database_url,
    faults,
    killServer(index) {
      faults.server++
      children[index]?.kill('SIGKILL')
    },
    killDatabase() {
      const running = findRunning(join(data_dir, 'postgres'))
      if (running === null) return
      faults.database++
      process.kill(running.pid, 'SIGKILL')
    },
    async close() {
      isClosing = true
      for (const child of children) child.kill('SIGKILL')
      await postgres.stop()
      rmSync(data_dir, { recursive: true, force: true })
    },
  }
}

async function ready(base_url: string, child: () => ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`${base_url}/readyz`).catch(() => null)
    if (answer?.ok) return
    await sleep(100)
  }
  throw new Error(`a server did not become ready (exit code ${child().exitCode})`)
}
