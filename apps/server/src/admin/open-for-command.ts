import { type Config, readConfig } from '../config.ts'
import { checkServer } from '../db/check-server.ts'
import { type OpenDatabase, openDatabase } from '../db/database.ts'
import { findEmbeddedUrl, openEmbedded } from '../db/embedded.ts'
import { migrate } from '../db/migrate.ts'
import { migrateOutbox } from '../outbox/migrate.ts'

export interface Installation extends Pick<OpenDatabase, 'db' | 'pool'> {
  config: Config
}

/**
 * Gives a command the database of the configuration: the server of DATABASE_URL; else the embedded one that a running
 * Gradus has open; else the embedded one, started for as long as the command takes. Brought to this version first, if `migrates`.
 * @throws ConfigError
 */
export async function withInstallation<T>(migrates: boolean, work: (installation: Installation) => Promise<T>): Promise<T> {
  const config = readConfig()
  const server = await serverOf(config)
  const open = openDatabase(server.url, 4, 'gradus admin')
  try {
    if (migrates) {
      await migrate(open.pool)
      await migrateOutbox(open.pool)
    }
    return await work({ db: open.db, pool: open.pool, config })
  } finally {
    await open.close()
    await server.stop()
  }
}

async function serverOf(config: Config): Promise<{ url: string; stop(): Promise<void> }> {
  const stop = async (): Promise<void> => {}
  if (config.database_url !== undefined) {
    await checkServer(config.database_url)
    return { url: config.database_url, stop }
  }
  const running = findEmbeddedUrl(config.data_dir)
  if (running !== null) return { url: running, stop }
  const say = (message: string): void => void process.stderr.write(`${message}\n`)
  return openEmbedded({
    data_dir: config.data_dir,
    log: { info() {}, warn: say },
    onGone(error) {
      say(error.message)
      process.exit(1)
    },
  })
}
