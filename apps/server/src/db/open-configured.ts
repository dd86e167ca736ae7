import type { Config } from '../config.ts'
import { checkServer } from './check-server.ts'
import { openEmbedded } from './embedded.ts'

/** The PostgreSQL that the configuration names, ready for use. */
export interface ConfiguredServer {
  url: string
  /** Stops the embedded server; leaves a server of DATABASE_URL alone. */
  stop(): Promise<void>
}

/**
 * Checks the server of DATABASE_URL, or starts the embedded one.
 * @throws ConfigError when it cannot be used as it is.
 */
export async function openConfigured(
  config: Config,
  log: { info(message: string): void; warn(message: string): void },
  onGone: (error: Error) => void,
): Promise<ConfiguredServer> {
  if (config.database_url === undefined) return openEmbedded({ data_dir: config.data_dir, log, onGone })
  await checkServer(config.database_url)
  return { url: config.database_url, stop: async () => {} }
}
