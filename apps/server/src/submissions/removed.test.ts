import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aCourse } from '../../test/course.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

test.each(['submissions', 'runs'])('a question that is taken out of its assignment at the instant of a call to %s is not there', async (what) => {
  const course = await aCourse(server)
  const teacher = await server.pool.connect()
  await teacher.query('begin')
  await teacher.query('delete from assignment_questions where id = $1', [course.aq])
  const body = { language: 'python', code: 'print(1)' }
  const answering = server.send(course.students[0]!, 'POST', `/api/assignment-questions/${course.aq}/${what}`, body, {
    'idempotency-key': randomUUID(),
  })
  const waits = async () => (await server.pool.query("select from pg_locks where not granted and locktype = 'transactionid'")).rowCount
  for (let tries = 0; (await waits()) === 0 && tries < 500; tries++) await sleep(20)
  await teacher.query('commit')
  teacher.release()
  const answer = await answering
  expect([answer.statusCode, answer.json().code]).toEqual([404, 'not_found'])
})
