import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { guestWork } from '../../test/guest-work.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { newId } from '../db/id.ts'
import { sweepEmptyGuests } from './sweep-guests.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const { aScene, aGuest, complete, handIn, register } = guestWork(() => server)

test('a guest who left nothing is forgotten after a month; whoever has anything stays', async () => {
  const scene = await aScene()
  const refused = async () => {
    const guest = await aGuest(scene)
    expect((await guest.send('POST', '/api/progress/complete', { step_id: scene.steps[0], score: -1 })).statusCode).toBe(422)
    return guest
  }
  const [empty, recent, marked, worked, ran, adopted] = [
    await refused(),
    await refused(),
    ...(await Promise.all([1, 2, 3, 4].map(() => aGuest(scene)))),
  ]
  await complete(marked!, scene.steps[0]!)
  await handIn(worked!, scene.aq)
  await ran!.send('POST', `/api/assignment-questions/${scene.aq}/runs`, { language: 'python', code: 'print(1)' })
  await complete(adopted!, scene.steps[0]!)
  await register(adopted!)
  const away = (days: number, id?: string) =>
    sql`update guests set last_seen_at = now() - make_interval(days => ${days}::int) where id = coalesce(${id ?? null}::uuid, id)`.execute(server.db)
  await away(31)
  await away(29, recent.id)
  await sweepEmptyGuests(server.db)
  const left = (await server.db.selectFrom('guests').select('id').execute()).map(({ id }) => id)
  expect(left.sort()).toEqual([recent, marked!, worked!, ran!, adopted!].map(({ id }) => id).sort())
  expect(await server.db.selectFrom('principals').select('id').where('id', '=', empty.id).execute()).toEqual([])
  // Whoever comes back with the old cookie is a new guest, and nothing fails.
  expect((await complete(empty, scene.steps[0]!, null, newId())).cookies.some(({ name }) => name === 'sll_anon')).toBe(true)
})

test('every table that can hold work of a guest is looked at: a new one must be added to the sweep', async () => {
  const { rows } = await sql<{ name: string }>`select distinct conrelid::regclass::text as name from pg_constraint
    where contype = 'f' and confrelid = 'principals'::regclass order by 1`.execute(server.db)
  const looked_at = ['attempt_counters', 'certificates', 'completions', 'progress', 'runs', 'submissions']
  // These hang on a hand-in or a run of the same learner, or belong to people with accounts, machines, candidates and staff.
  const hang_on_these = ['grading_jobs', 'score_events', 'scores', 'submission_voids']
  const of_others = ['api_keys', 'audit_events', 'candidates', 'exams', 'grader_accounts', 'guests', 'join_codes', 'sessions', 'users']
  expect(rows.map(({ name }) => name)).toEqual([...looked_at, ...hang_on_these, ...of_others].sort())
})
