import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { buildApp } from '../apps/server/src/app.ts'
import { type OpenDatabase, openDatabase } from '../apps/server/src/db/database.ts'
import { migrate } from '../apps/server/src/db/migrate.ts'
import { migrateOutbox } from '../apps/server/src/outbox/migrate.ts'
import type { Blobs } from '../apps/server/src/storage/blobs.ts'

/** A database of a bench's own on the server of DATABASE_URL, migrated; dropped by `drop`. */
export interface Scratch extends OpenDatabase {
  url: string
  drop(): Promise<void>
}

export async function openScratch(pool_size = 4): Promise<Scratch> {
  const admin_url = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/test'
  const name = `gradus_bench_${process.pid}`
  const url = new URL(admin_url)
  url.pathname = `/${name}`
  const admin = new pg.Client({ connectionString: admin_url })
  await admin.connect()
  await admin.query(`create database ${name}`)
  const open = openDatabase(url.href, pool_size)
  const drop = async (): Promise<void> => {
    await open.close()
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.end()
  }
  try {
    await migrate(open.pool)
    await migrateOutbox(open.pool)
  } catch (error) {
    await drop()
    throw error
  }
  return { ...open, url: url.href, drop }
}

/** `NODE_OPTIONS=--cpu-prof node bench/...` profiles the server too. */
const profiling = process.env.NODE_OPTIONS === undefined ? {} : { NODE_OPTIONS: process.env.NODE_OPTIONS }

/** The product's server, as it runs for people, on the port that `env` names or a free one. */
export async function startServer(
  url: string,
  env: Record<string, string> = {},
): Promise<{ base_url: string; child: ChildProcess; stop(): Promise<void> }> {
  const port = env.PORT ?? (await freePort())
  const child = spawn(process.execPath, ['--max-semi-space-size=4', join(import.meta.dirname, '../apps/server/src/main.ts')], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: url,
      PORT: port,
      GRADUS_LOG: 'error',
      GRADUS_DEMO: 'off',
      NODE_ENV: 'production',
      ...profiling,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  const base_url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 200; tries++) {
    if ((await fetch(`${base_url}/readyz`).catch(() => null))?.ok) return { base_url, child, stop }
    await sleep(100)
  }
  child.kill('SIGKILL')
  throw new Error('the server did not become ready')
}

/** A port that nothing listens on at the moment. */
export const freePort = (): Promise<string> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(String(port)))
    })
  })

export interface Statement {
  text: string
  values: unknown[]
}

/**
 * Runs `work` on the same application in this process and takes down every statement it sends to the database, so that a comparison
 * with pgbench cannot drift from the product. `take` gives what was sent since it was called last.
 */
export async function recordStatements(
  url: string,
  env: Record<string, string>,
  work: (app: Awaited<ReturnType<typeof buildApp>>, take: () => Statement[]) => Promise<void>,
): Promise<void> {
  const { buildApp } = await import('../apps/server/src/app.ts')
  const { readConfig } = await import('../apps/server/src/config.ts')
  const { openListener } = await import('../apps/server/src/db/listen.ts')
  const { pino } = await import('pino')
  const open = openDatabase(url, 1)
  const listener = openListener(url)
  const app = await buildApp({
    config: readConfig({ GRADUS_LOG: 'silent', DATABASE_URL: url, ...env }),
    ...open,
    listener,
    log: pino({ level: 'silent' }),
    // No address of these benches touches a file, and nothing is brought anywhere.
    blobs: {} as Blobs,
    wakeCallbacks() {},
    draining: new AbortController().signal,
  })
  let recorded: Statement[] = []
  const query = pg.Client.prototype.query
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [first] = args as [string | { text: string; values?: unknown[] }]
    const text = typeof first === 'string' ? first : first.text
    const values = typeof first === 'string' ? ((args[1] as unknown[] | undefined) ?? []) : (first.values ?? [])
    if (typeof text === 'string' && !/^listen/.test(text)) recorded.push({ text, values: Array.isArray(values) ? values : [] })
    return (query as (...a: unknown[]) => unknown).apply(this, args)
  } as typeof query
  try {
    await work(app, () => {
      const taken = recorded
      recorded = []
      return taken
    })
  } finally {
    pg.Client.prototype.query = query
    await app.close()
    await listener.close()
    await open.close()
  }
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
