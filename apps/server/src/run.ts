import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { buildApp } from './app.ts'
import { startBackground } from './background.ts'
import { type Config, ConfigError } from './config.ts'
import { type OpenDatabase, openDatabase } from './db/database.ts'
import { openListener } from './db/listen.ts'
import { migrate } from './db/migrate.ts'
import { openConfigured } from './db/open-configured.ts'
import { watchConnections } from './http/connections.ts'
import { ensureFirstAdmin } from './identity/ensure-first-admin.ts'
import { migrateOutbox } from './outbox/migrate.ts'
import { openBlobs } from './storage/open.ts'
import { proveScanner } from './storage/scan.ts'

export interface RunningServer extends Pick<OpenDatabase, 'db' | 'pool'> {
  /** Where people reach it. */
  address: string
  /** Where a process on this machine reaches it. */
  local_address: string
  /** Drains: /readyz says no, running requests are answered, then everything closes, the database last. */
  stop(): Promise<void>
}

/** Requests still running this long after the port is closed are cut: event streams never end by themselves. */
const GRACE_MS = 15_000
/** A request that was on its way when the port closed arrives within this; connections still unused then are closed. */
const LAST_REQUEST_MS = 250

/**
 * Runs the server: database, migrations, first administrator, port, sweeps.
 * @throws ConfigError where the operator must change something; nothing is left running then.
 */
export async function runServer(config: Config, log: Logger): Promise<RunningServer> {
  const closers: (() => Promise<unknown>)[] = []
  const stopAll = async (): Promise<void> => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close()
  }
  try {
    const postgres = await openConfigured(config, log, (error) => {
      log.fatal(error.message)
      process.exit(1)
    })
    closers.push(() => postgres.stop())
    const open = openDatabase(postgres.url, config.pool_size)
    closers.push(() => open.close())
    const applied = await migrate(open.pool)
    if (applied.length > 0) log.info({ applied }, 'migrations applied')
    await migrateOutbox(open.pool)
    const admin = await ensureFirstAdmin(open.db, config)
    if (admin === 'made' || admin === 'promoted') log.info({ outcome: admin }, 'first administrator')

    const listener = openListener(postgres.url)
    closers.push(() => listener.close())
    const blobs = await openBlobs(config)
    closers.push(() => blobs.close())
    if (config.scan_command !== null) await proveScanner(config.scan_command)
    const background = await startBackground({ ...open, config, blobs, log })
    closers.push(() => background.stop())
    const draining = new AbortController()
    const app = await buildApp({ config, ...open, listener, log, blobs, wakeCallbacks: background.wakeCallbacks, draining: draining.signal })
    const connections = watchConnections(app.server)
    closers.push(async () => {
      draining.abort()
      await sleep(config.drain_seconds * 1000)
      const unused = setInterval(connections.closeUnused, LAST_REQUEST_MS)
      const cut = setTimeout(() => {
        log.warn('cutting connections that are still open')
        app.server.closeAllConnections()
      }, GRACE_MS)
      await app.close()
      clearInterval(unused)
      clearTimeout(cut)
    })
    await app.listen({ port: config.port, host: config.host }).catch((error: NodeJS.ErrnoException) => {
      throw asConfigError(error, config)
    })
    return { db: open.db, pool: open.pool, ...addressesOf(config, app.server.address()), stop: stopAll }
  } catch (error) {
    await stopAll().catch(() => {})
    throw error
  }
}

function asConfigError(error: NodeJS.ErrnoException, { port, host }: Config): Error {
  if (error.code === 'EADDRINUSE') return new ConfigError(`Port ${port} is taken by another program. Stop that program, or set PORT to a free port.`)
  if (error.code === 'EACCES') return new ConfigError(`Port ${port} needs more rights than this process has. Set PORT to a port above 1023.`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new ConfigError(`HOST ${host} is no address of this machine. Use 127.0.0.1 or 0.0.0.0.`)
  return error
}

function addressesOf(config: Config, bound: string | { address: string; port: number } | null): { address: string; local_address: string } {
  const { address, port } = bound as { address: string; port: number }
  const isEverywhere = address === '0.0.0.0' || address === '::'
  const host = isEverywhere ? '127.0.0.1' : address.includes(':') ? `[${address}]` : address
  const local_address = `http://${host}:${port}`
  return { address: config.public_url ?? local_address, local_address }
}
