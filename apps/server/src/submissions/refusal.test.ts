import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aCourse, type Course } from '../../test/course.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { sha256 } from './code.ts'
import { insertSubmission, selectOptionalFacts } from './queries/submit.ts'
import { refusalOf } from './refusal.ts'

let server: TestServer
let course: Course
beforeAll(async () => {
  server = await openTestServer()
  course = await aCourse(server, { languages: ['python', 'c'] })
})
afterAll(() => server.close())

/** Seconds from now, or no bound. */
const bound = fc.option(
  fc.integer({ min: -3, max: 3 }).map((n) => n * 3600),
  { nil: null },
)

test('the statement takes a hand-in exactly when the rule has nothing against it, and both agree on lateness', async () => {
  const who = course.students[0]!
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        times: fc.tuple(bound, bound, bound),
        max_attempts: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
        used: fc.integer({ min: 0, max: 3 }),
        forgiven: fc.integer({ min: 0, max: 1 }),
        is_archived: fc.boolean(),
        allowed: fc.constantFrom(null, ['python'], ['c']),
        language: fc.constantFrom('python', 'c', 'java'),
      }),
      async ({ times, max_attempts, used, forgiven, is_archived, allowed, language }) => {
        const sorted = times.filter((t) => t !== null).sort((a, b) => a - b)
        const [opens_at, due_at, closes_at] = times
          .map((t) => (t === null ? null : sorted.shift()!))
          .map((t, i) => (t === null ? null : new Date(Date.now() + t * 1000 + i * 1000).toISOString()))
        await server.db
          .updateTable('assignments')
          .set({ opens_at: opens_at!, due_at: due_at!, closes_at: closes_at!, max_attempts })
          .where('id', '=', course.assignment_id)
          .execute()
        await server.db
          .updateTable('courses')
          .set({ state: is_archived ? 'archived' : 'published' })
          .where('id', '=', course.id)
          .execute()
        await server.db
          .updateTable('assignment_questions')
          .set({ config: JSON.stringify(allowed === null ? {} : { allowed_languages: allowed }) })
          .where('id', '=', course.aq)
          .execute()
        // Numbers go on from what is there: submissions are append-only.
        const numbers = await server.db.selectFrom('submissions').select('attempt_number').where('assignment_question_id', '=', course.aq).execute()
        const before = Math.max(0, ...numbers.map((row) => row.attempt_number))
        await server.pool.query('delete from attempt_counters where assignment_question_id = $1', [course.aq])
        if (before > 0 || used > 0) {
          await server.db
            .insertInto('attempt_counters')
            .values({ principal_id: who.id, assignment_question_id: course.aq, attempts: before + used, forgiven: before + Math.min(used, forgiven) })
            .execute()
        }
        const content = Buffer.from(randomUUID())
        const hand_in = { principal_id: who.id, assignment_question_id: course.aq, language }
        const facts = (await selectOptionalFacts(server.db, hand_in))!
        const rule = refusalOf(facts)
        const taken = await insertSubmission(server.db, {
          ...hand_in,
          ...{
            id: randomUUID(),
            job_id: randomUUID(),
            content,
            content_sha256: sha256(content),
            client: 'test',
            idempotency_key: randomUUID(),
            request_sha256: sha256(content),
          },
        })
        expect({ taken: taken !== undefined, facts }).toEqual({ taken: rule === null, facts })
        if (taken !== undefined) expect(taken.is_late).toBe(due_at !== null && Date.parse(due_at!) <= Date.now())
      },
    ),
    { numRuns: 150 },
  )
})
