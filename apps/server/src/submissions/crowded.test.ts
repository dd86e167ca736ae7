import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aCourse } from '../../test/course.ts'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { MAX_WAITING } from './queries/submit.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const handIn = (who: Person, aq: string, key: string = randomUUID()) =>
  server.send(who, 'POST', `/api/assignment-questions/${aq}/submissions`, { language: 'python', code: 'print(1)' }, { 'idempotency-key': key })
const retire = (ids: string[]) =>
  server.db.updateTable('grading_jobs').set({ status: 'retired', retired_at: new Date().toISOString() }).where('subject_id', 'in', ids).execute()

test('only so many hand-ins of one learner to one question wait; one that is graded makes room, and nobody else is refused', async () => {
  const course = await aCourse(server, { students: 2 })
  const [ann, ben] = course.students as [Person, Person]
  const key = randomUUID()
  const ids = [(await handIn(ann, course.aq, key)).json().id as string]
  while (ids.length < MAX_WAITING) ids.push((await handIn(ann, course.aq)).json().id)
  const refused = await handIn(ann, course.aq)
  expect([refused.statusCode, refused.json().code, refused.headers['retry-after']]).toEqual([429, 'too_many_waiting', '30'])
  // What was taken stays taken, and is told again.
  expect((await handIn(ann, course.aq, key)).json()).toMatchObject({ id: ids[0], is_replay: true })
  expect((await handIn(ben, course.aq)).statusCode).toBe(201)
  const counted = await server.db.selectFrom('attempt_counters').select('attempts').where('principal_id', '=', ann.id).execute()
  expect(counted).toEqual([{ attempts: MAX_WAITING }])

  await retire([ids[50]!])
  expect((await handIn(ann, course.aq)).statusCode).toBe(201)
  // A hand-in that waits for long behind others that are graded is no crowd.
  await retire(ids.slice(1))
  for (let i = 0; i < 3; i++) expect((await handIn(ann, course.aq)).statusCode).toBe(201)
}, 60_000)
