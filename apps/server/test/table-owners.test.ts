import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { openTestDatabase } from './database.ts'
import { sinsOf, tablesOf } from './table-owners.ts'

const { floors } = createRequire(import.meta.url)('../../../scripts/house.cjs') as { floors: string[][] }
const src = join(import.meta.dirname, '../src')
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /^[^/]+\/.*\.ts$/.test(file) && !file.endsWith('.test.ts') && file !== 'db/tables.ts')
  .map((file) => ({ file, slice: file.split('/')[0]!, text: readFileSync(join(src, file), 'utf8') }))

describe('tables and their owners', () => {
  test('every table of the migrated database has exactly one owner', async () => {
    const database = await openTestDatabase(1)
    const found = await sql<{ name: string }>`select tablename as name from pg_tables where schemaname = 'public' order by 1`.execute(database.db)
    await database.close()
    expect(Object.values(tablesOf).flat().sort()).toEqual(found.rows.map((row) => row.name).sort())
  })

  test('a slice writes its own tables only and reads those of its floor and below', () => {
    expect(sources.length).toBeGreaterThan(30)
    expect(sources.flatMap(({ file, slice, text }) => sinsOf(slice, text, floors).map((sin) => `${file}: ${sin}`))).toEqual([])
  })

  test.each([
    ["db.insertInto('users').values({})", 'roster writes users, which belongs to identity'],
    ["db.updateTable('grading_jobs').set({})", 'roster writes grading_jobs, which belongs to queue'],
    ["tx.deleteFrom('sessions')", 'roster writes sessions, which belongs to identity'],
    ['sql`update users set email = 1`', 'roster writes users, which belongs to identity'],
    ['sql`update users as u set email = 1`', 'roster writes users, which belongs to identity'],
    ['sql`/* named */ insert into users (id) values (1)`', 'roster writes users, which belongs to identity'],
    ['sql`with gone as (delete from users returning id) select 1`', 'roster writes users, which belongs to identity'],
    ['sql`select 1 from scores`', 'roster reads scores, which belongs to submissions above or beside it'],
    ["db.selectFrom('users').innerJoin('scores', 'a', 'b')", 'roster reads scores, which belongs to submissions above or beside it'],
  ])('the planted sin is caught: %s', (text, sin) => {
    expect(sinsOf('roster', text, floors)).toContain(sin)
  })

  test.each([
    'sql`select 1 from users for update`',
    'sql`insert into enrolments (id) values (1) on conflict (id) do update set role = 1`',
    "db.selectFrom('users')",
    '/** Rows that delete from scores would lose. */',
  ])('what is right passes: %s', (text) => {
    expect(sinsOf('roster', text, floors)).toEqual([])
  })
})
