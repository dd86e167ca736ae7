import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { aCourse } from '../test/course.ts'
import { examining } from '../test/examining.ts'
import { aGrader, reportOf } from '../test/grader.ts'
import { openTestServer, type TestServer } from '../test/server.ts'
import { startBackground } from './background.ts'
import { StorageUnavailable } from './storage/blobs.ts'

let server: TestServer
let background: Awaited<ReturnType<typeof startBackground>>
beforeAll(async () => {
  server = await openTestServer({}, 12)
  background = await startBackground({ db: server.db, pool: server.pool, config: server.config, blobs: server.blobs, log: pino({ level: 'silent' }) })
})
afterAll(async () => {
  await background.stop()
  await server.close()
})
// Jobs of other tests are in the way of a lease.
beforeEach(() => server.pool.query("update grading_jobs set status = 'retired', retired_at = now() where status <> 'retired'"))

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()) && tries < 400; tries++) await sleep(50)
  expect(await isSo()).toBe(true)
}
const handIn = async (url: string, who: Parameters<TestServer['send']>[0]): Promise<string> =>
  (await server.send(who, 'POST', url, { language: 'python', code: randomUUID() }, { 'idempotency-key': randomUUID() })).json().id

test('a hand-in shows that the learner was active', async () => {
  const course = await aCourse(server)
  const who = course.students[0]!
  await handIn(`/api/assignment-questions/${course.aq}/submissions`, who)
  const active = async () =>
    (await server.db.selectFrom('enrolments').select('last_active_at').where('user_id', '=', who.id).executeTakeFirstOrThrow()).last_active_at
  await until(async () => (await active()) !== null)
})

test('a dead worker’s job is leased again, and after its last try staff read of it', async () => {
  const course = await aCourse(server)
  const grader = await aGrader(server)
  const id = await handIn(`/api/assignment-questions/${course.aq}/submissions`, course.students[0]!)
  for (let i = 0; i < 3; i++) {
    await server.pool.query("update grading_jobs set available_at = now() - interval '1 second' where status = 'retry'")
    const [job] = await grader.lease({ wait_seconds: 10 })
    await server.pool.query("update grading_jobs set lease_expires_at = now() - interval '1 second' where id = $1", [job!.job_id])
    await until(
      async () => (await server.pool.query("select 1 from grading_jobs where id = $1 and status <> 'pulled'", [job!.job_id])).rows.length === 1,
    )
  }
  await until(async () => (await server.db.selectFrom('error_events').select('detail').where('detail', 'like', `%${id}%`).execute()).length > 0)
})

test('another policy moves the scores that depend on it', async () => {
  const course = await aCourse(server)
  const grader = await aGrader(server)
  for (const verdict of ['accepted', 'wrong_answer'] as const) {
    await handIn(`/api/assignment-questions/${course.aq}/submissions`, course.students[0]!)
    const [job] = await grader.lease({ wait_seconds: 10 })
    await grader.report(job!, reportOf(job!, verdict))
  }
  const points = async () =>
    (await server.db.selectFrom('scores').select('points').where('assignment_question_id', '=', course.aq).executeTakeFirstOrThrow()).points
  expect(await points()).toBe(1)
  await server.db.updateTable('enrolments').set({ role: 'owner' }).where('user_id', '=', course.teacher.id).execute()
  expect((await server.send(course.teacher, 'PATCH', `/api/assignments/${course.assignment_id}`, { graded_attempt: 'latest' })).statusCode).toBe(200)
  await until(async () => (await points()) === 0)
})

test('the bytes of an earlier file that could not be deleted at once are deleted later, and the upload was taken (R9)', async () => {
  let refusals = 0
  const refuse = vi.spyOn(server.blobs, 'remove').mockImplementation(async () => {
    refusals++
    refuse.mockRestore()
    throw new StorageUnavailable('planted')
  })
  const exam = await examining(server).exam()
  const { code } = await exam.candidate()
  for (const text of ['one', 'two']) expect((await exam.upload(code, Buffer.from(text))).status).toBe(201)
  expect(await exam.blobs()).toBe(2)
  await until(async () => (await exam.blobs()) === 1)
  expect(refusals).toBe(1)
})
