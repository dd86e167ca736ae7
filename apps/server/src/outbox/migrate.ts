import { Logger, runMigrations } from 'graphile-worker'
import type { Pool } from 'pg'

const quiet = new Logger(() => () => {})

/** Brings the outbox's own schema (graphile_worker) up to date. Idempotent; servers that start together do it once. */
export async function migrateOutbox(pool: Pool): Promise<void> {
  await runMigrations({ pgPool: pool, logger: quiet })
}
