import { Kysely, PostgresDialect, type RawBuilder, type Transaction } from 'kysely'
import pg from 'pg'
import type { DB } from './tables.ts'

export type Db = Kysely<DB>
/** A database handle or an open transaction: verbs that write take whichever the caller holds. */
export type DbOrTx = Kysely<DB> | Transaction<DB>
export type Tx = Transaction<DB>

const types = new pg.TypeOverrides()
// Points and counts fit a double exactly; times travel as ISO strings in UTC, the contract's form.
types.setTypeParser(pg.types.builtins.NUMERIC, Number)
types.setTypeParser(pg.types.builtins.INT8, Number)
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (value) => new Date(value).toISOString())

/**
 * A statement that starts with a comment `/* name *\/` is sent as a named prepared statement: planned once per
 * connection instead of at every call (1.45x on short statements). Only texts that never vary may carry one.
 */
const statementName = /^\/\* ([a-z_]+) \*\//

class Client extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg's own overloads
  override query(first: any, ...rest: any[]): any {
    const name = typeof first === 'string' ? statementName.exec(first)?.[1] : undefined
    if (name === undefined) return super.query(first, ...rest)
    const [values, callback] = Array.isArray(rest[0]) ? rest : [[], rest[0]]
    return super.query({ name, text: first, values }, callback)
  }
}

export interface OpenDatabase {
  db: Db
  pool: pg.Pool
  close(): Promise<void>
}

/** Opens a pool of `pool_size` connections. Connects lazily; a lost connection is replaced at the next statement. */
export function openDatabase(database_url: string, pool_size: number, application_name = 'gradus'): OpenDatabase {
  const pool = new pg.Pool({
    connectionString: database_url,
    max: pool_size,
    types,
    Client,
    application_name,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
  })
  // An idle connection that breaks (server restart) must not end the process; the next query opens another.
  pool.on('error', () => {})
  // Nor may one that breaks between two statements of a transaction; its next statement fails and is answered.
  pool.on('connect', (client) => client.on('error', () => {}))
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) })
  return {
    db,
    pool,
    async close() {
      await db.destroy()
      // Kysely ends the pool only if it has run a statement through it itself.
      if (!pool.ended) await pool.end()
    },
  }
}

const retryable = new Set(['40001', '40P01'])
export const sqlState = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** Runs `work` in one transaction; serialization failures and deadlocks (40001, 40P01) are tried up to 5 times, nothing else is. */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if (attempt >= 5 || !retryable.has(sqlState(error) ?? '')) throw error
    }
  }
}

/** The name of the constraint that refused a statement, so that the slice that owns the table can say it in its own words. */
export const brokenConstraint = (error: unknown): string | undefined =>
  sqlState(error)?.startsWith('23') && typeof error === 'object' && error !== null && 'constraint' in error ? String(error.constraint) : undefined

/** Runs a raw statement and returns its rows. */
export const rows = async <T>(db: DbOrTx, statement: RawBuilder<T>): Promise<T[]> => (await statement.execute(db)).rows
