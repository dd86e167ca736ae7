import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { teaching } from '../../test/teaching.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

test('a step that is deleted while it is marked is not there any more, and nothing is noted', async () => {
  const teacher = await server.person({ is_creator: true })
  const teach = teaching(server, teacher)
  const course_id = await teach.course()
  const step_id = await teach.material(await teach.module(course_id))
  const client = await server.pool.connect()
  try {
    await client.query('begin')
    await client.query('delete from steps where id = $1', [step_id])
    const marking = server.send(teacher, 'POST', '/api/progress/complete', { step_id })
    // The call finds the step, which is still there for everybody else, and waits for the row that hangs on it.
    for (let waits = 0; waits === 0; ) {
      const { rows } = await server.pool.query(
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '/* complete */%'",
      )
      waits = rows.length
    }
    await client.query('commit')
    const answer = await marking
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'not_found'])
  } finally {
    client.release()
  }
  expect(await server.db.selectFrom('completions').selectAll().execute()).toEqual([])
})
