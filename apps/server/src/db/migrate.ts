import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pool } from 'pg'

const folder = join(import.meta.dirname, '../../migrations')
/** Any constant: one migration at a time per database, whoever starts it. */
const MIGRATION_LOCK = 7_274_391

/**
 * Brings a database to this version's schema: applies every file of migrations/ not yet recorded, in order, each in a
 * transaction of its own. Idempotent, safe to run from several processes at once. `last` is where a restore stops, at the schema of its backup.
 * @returns the names applied now.
 * @throws when an applied file was changed afterwards: migrations are history.
 */
export async function migrate(pool: Pool, last?: string): Promise<string[]> {
  const client = await pool.connect()
  try {
    // A migration of a large table, or waiting for the server that runs it, takes as long as it takes.
    await client.query('set statement_timeout = 0')
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(
      'create table if not exists migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
    )
    const known = new Map(
      (await client.query<{ name: string; sha256: string }>('select name, sha256 from migrations')).rows.map((r) => [r.name, r.sha256]),
    )
    const applied: string[] = []
    for (const { name, statements, sha256 } of await migrationsHere()) {
      if (last !== undefined && name > last) break
      if (known.has(name)) {
        if (known.get(name) !== sha256) throw new Error(`Migration ${name} was changed after it had been applied. Restore it and write a new one.`)
        continue
      }
      await client.query('begin')
      try {
        await client.query(statements)
        await client.query('insert into migrations (name, sha256) values ($1, $2)', [name, sha256])
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw error
      }
      applied.push(name)
    }
    return applied
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => {})
    await client.query('reset statement_timeout').catch(() => {})
    client.release()
  }
}

/** Every migration of this version, in order. */
export const migrationsHere = async (): Promise<{ name: string; statements: string; sha256: string }[]> =>
  Promise.all(
    (await migrationNames()).map(async (name) => {
      const statements = await readFile(join(folder, name), 'utf8')
      return { name, statements, sha256: createHash('sha256').update(statements).digest('hex') }
    }),
  )

const migrationNames = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()

/** Migrations of this version that the database has not seen; a newer database has none. @throws where it cannot be asked. */
export async function pendingMigrations(pool: Pool): Promise<string[]> {
  const known = new Set((await pool.query<{ name: string }>('select name from migrations')).rows.map((row) => row.name))
  return (await migrationNames()).filter((name) => !known.has(name))
}
