import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printSchema } from '../../../scripts/print-schema.ts'
import { printTables } from '../../../scripts/print-tables.ts'
import { migrate, pendingMigrations } from '../src/db/migrate.ts'
import { openTestDatabase, type TestDatabase } from './database.ts'

const committed = (file: string): string => readFileSync(join(import.meta.dirname, '..', file), 'utf8')
const remedy = 'run npm run db:dump and look at the difference'

describe('the committed schema', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(1)
  })
  afterAll(() => database.close())

  test('schema.sql is what the migrations make', async () => {
    expect(await printSchema(database.pool), remedy).toBe(committed('schema.sql'))
  })

  test('db/tables.ts has the types of what the migrations make', () => {
    expect(printTables(database.url), remedy).toBe(committed('src/db/tables.ts'))
  })

  test('a changed column, check, index or function would be seen', async () => {
    const before = await printSchema(database.pool)
    for (const change of [
      'alter table users alter column display_name drop not null',
      'alter table runs drop constraint runs_kind_check',
      'drop index runs_finished_at_idx',
      `create or replace function refuse_change() returns trigger language plpgsql as $$ begin return new; end $$`,
      'drop trigger submissions_append_only on submissions',
    ]) {
      await sql.raw(change).execute(database.db)
      const after = await printSchema(database.pool)
      expect(after, change).not.toBe(before)
    }
  })

  test('migrating again changes nothing, and nothing is pending', async () => {
    expect(await migrate(database.pool)).toEqual([])
    expect(await pendingMigrations(database.pool)).toEqual([])
    // Migrating may take its time; what uses the connection afterwards may not.
    expect((await database.pool.query<{ statement_timeout: string }>('show statement_timeout')).rows).toEqual([{ statement_timeout: '30s' }])
  })

  test('a migration that was changed after it had been applied is refused', async () => {
    await database.pool.query(`update migrations set sha256 = 'other' where name like '0001%'`)
    await expect(migrate(database.pool)).rejects.toThrow('was changed after it had been applied')
  })

  test('a missing migration is pending', async () => {
    await database.pool.query(`delete from migrations where name like '0001%'`)
    expect(await pendingMigrations(database.pool)).toEqual([expect.stringMatching(/^0001/)])
  })
})
