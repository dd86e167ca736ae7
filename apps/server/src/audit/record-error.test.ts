import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { forgetOldGraders } from '../queue/graders.ts'
import { recordError, sweepErrors } from './record-error.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase(2)
})
afterAll(() => database.close())

test('errors are kept for 90 days and machines that went away for 30, and no longer', async () => {
  for (const days of [0, 89, 91]) {
    await recordError(database.db, { request_id: `${days}`, route: 'r', detail: 'd' })
    await database.pool.query('update error_events set at = now() - make_interval(days => $1) where request_id = $2', [days, `${days}`])
  }
  for (const days of [0, 29, 31]) {
    await database.pool.query(
      "insert into graders_seen (name, languages, slots, last_seen_at) values ('g' || $1::text, '[]', 1, now() - make_interval(days => $1::int))",
      [days],
    )
  }
  expect(await sweepErrors(database.db)).toBe(1)
  expect(await sweepErrors(database.db)).toBe(0)
  await forgetOldGraders(database.db)
  const errors = await database.pool.query('select request_id from error_events order by at')
  const graders = await database.pool.query('select name from graders_seen order by last_seen_at')
  expect([errors.rows.map((row) => row.request_id), graders.rows.map((row) => row.name)]).toEqual([
    ['89', '0'],
    ['g29', 'g0'],
  ])
})
