import type { Readable, Writable } from 'node:stream'
import type { PoolClient } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'

/** Statements of backup and restore. They speak with one connection: a snapshot and a COPY are things of a connection. */

export interface TableName {
  schema: string
  name: string
}
export interface Table extends TableName {
  columns: string[]
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const called = ({ schema, name }: TableName): string => `${quoted(schema)}.${quoted(name)}`
const copied = (table: Table): string => `${called(table)} (${table.columns.map(quoted).join(', ')})`

/** Any constant: one backup at a time per database. */
const BACKUP_LOCK = 7_274_392

/** Held until the connection ends; false where somebody else holds it. */
export const lockBackups = async (client: PoolClient): Promise<boolean> =>
  (await client.query<{ is_ours: boolean }>('select pg_try_advisory_lock($1) as is_ours', [BACKUP_LOCK])).rows[0]!.is_ours

/** The picture of one instant, whatever is written meanwhile, for as long as it takes. */
export async function beginSnapshot(client: PoolClient): Promise<void> {
  await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0')
  await client.query('begin isolation level repeatable read read only')
}

export const selectTakenAt = async (client: PoolClient): Promise<string> =>
  new Date((await client.query<{ at: string }>('select now()::text as at')).rows[0]!.at).toISOString()

export const listMigrations = async (client: PoolClient): Promise<{ name: string; sha256: string }[]> =>
  (await client.query<{ name: string; sha256: string }>('select name, sha256 from public.migrations order by name')).rows

/** Ours and the outbox's, but for the two that say which migrations ran. Without columns that the database computes. */
export const listTables = async (client: PoolClient): Promise<Table[]> =>
  (
    await client.query<Table>(`
      select n.nspname as schema, c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where n.nspname in ('public', 'graphile_worker') and c.relkind = 'r' and c.relname <> 'migrations'
      group by 1, 2 order by 1, 2`)
  ).rows

export const listSequences = async (client: PoolClient): Promise<(TableName & { last_value: string })[]> =>
  (
    await client.query<TableName & { last_value: string }>(`
      select schemaname as schema, sequencename as name, last_value::text from pg_sequences
      where schemaname in ('public', 'graphile_worker') and last_value is not null order by 1, 2`)
  ).rows

/** The rows of a table as text. */
export const readTable = (client: PoolClient, table: Table): Readable => client.query(copyTo(`copy ${copied(table)} to stdout`))

/** Every file that a row names and that retention has not deleted, one JSON object to a line. */
export const readFileRows = (client: PoolClient): Readable =>
  // CSV with marks that JSON never holds: COPY's own text form would double its backslashes.
  client.query(
    copyTo(`copy (
      select json_build_object('key', object_key, 'size_bytes', size_bytes, 'sha256', encode(sha256, 'hex'))::text
      from (select object_key, size_bytes, sha256 from public.submission_files where bytes_deleted_at is null
            union all select object_key, size_bytes, sha256 from public.lms_files) f
      order by object_key
    ) to stdout (format csv, quote e'\\x01', delimiter e'\\x02')`),
  )

/** Whether nothing is in the database yet, or only the empty tables of a restore from these migrations that broke off. */
export async function isVacant(client: PoolClient, migrations: { name: string }[]): Promise<boolean> {
  const { rows } = await client.query<{ is_new: boolean }>(
    `select to_regclass('public.migrations') is null or to_regclass('public.principals') is null as is_new`,
  )
  if (rows[0]!.is_new) return true
  const known = new Set(migrations.map(({ name }) => name))
  if ((await listMigrations(client)).some(({ name }) => !known.has(name))) return false
  return (await client.query('select from public.principals limit 1')).rows.length === 0
}

/**
 * Fills the tables with what `rowsOf` gives, in one transaction. Foreign keys are taken away meanwhile and laid anew at the end, which proves
 * every one of them; triggers that guard published things sleep. Needs no more than owning the tables.
 */
export async function fillTables(
  client: PoolClient,
  tables: Table[],
  sequences: (TableName & { last_value: string })[],
  fill: (table: Table, into: Writable) => Promise<void>,
): Promise<void> {
  await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0')
  await client.query('begin')
  try {
    const { rows: keys } = await client.query<TableName & { constraint: string; definition: string }>(`
      select n.nspname as schema, c.relname as name, k.conname as constraint, pg_get_constraintdef(k.oid) as definition
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      where k.contype = 'f' and n.nspname in ('public', 'graphile_worker')`)
    for (const key of keys) await client.query(`alter table ${called(key)} drop constraint ${quoted(key.constraint)}`)
    // What the migrations themselves put in comes with the backup.
    await client.query(`truncate ${tables.map(called).join(', ')}`)
    for (const table of tables) {
      await client.query(`alter table ${called(table)} disable trigger user`)
      await fill(table, client.query(copyFrom(`copy ${copied(table)} from stdin`)))
      await client.query(`alter table ${called(table)} enable trigger user`)
    }
    for (const key of keys) await client.query(`alter table ${called(key)} add constraint ${quoted(key.constraint)} ${key.definition}`)
    for (const sequence of sequences) await client.query('select setval($1::regclass, $2::bigint)', [called(sequence), sequence.last_value])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
  // Without statistics the first queries after a restore would read whole tables.
  await client.query('analyze')
}
