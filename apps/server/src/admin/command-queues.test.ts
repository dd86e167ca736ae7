import { submit } from '@gradus/contract/submissions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aCourse } from '../../test/course.ts'
import { runProcess } from '../../test/process.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { newId } from '../db/id.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

async function admin<T>(...args: string[]): Promise<T> {
  const command = runProcess('apps/server/src/admin/main.ts', { DATABASE_URL: server.url }, [...args, '--json'])
  const { code } = await command.ended
  if (code !== 0) throw new Error(`${code}: ${command.stderr()}`)
  return JSON.parse(command.stdout()) as T
}

test('hand-ins that need staff are listed and put back, one by one or all; the rest is skipped', async () => {
  const course = await aCourse(server, { students: 3 })
  const ids: string[] = []
  for (const student of course.students) {
    const body = { language: 'python' as const, code: 'print(1)' }
    const made = await server.call(student, submit, { params: { assignment_question_id: course.aq }, body, idempotency_key: `key-${student.id}` })
    ids.push(made.id)
  }
  await server.db
    .updateTable('grading_jobs')
    .set({ status: 'failed', failure: 'the box fell over', tries: 3 })
    .where('subject_id', 'in', ids.slice(0, 2))
    .execute()
  expect(await admin('queues')).toMatchObject({ queues: [{ name: 'gradus', waiting: 1, pulled: 0, failed: 2 }] })
  const { failed } = await admin<{ failed: object[] }>('list-failed')
  expect(failed).toMatchObject(
    ids.slice(0, 2).map((submission_id) => ({ submission_id, course_id: course.id, tries: 3, failure: 'the box fell over' })),
  )
  expect(await admin('requeue', ids[0]!, ids[2]!)).toEqual({ requeued: [ids[0]], skipped: [ids[2]] })
  expect(await admin('requeue', '--all')).toEqual({ requeued: [ids[1]], skipped: [] })
  expect(await admin('queues')).toMatchObject({ queues: [{ waiting: 3, failed: 0 }] })
  const audited = await server.db.selectFrom('audit_events').select('object_id').where('action', '=', 'submission.requeued').execute()
  expect(audited.map((event) => event.object_id).sort()).toEqual(ids.slice(0, 2).sort())
  await expect(admin('requeue')).rejects.toThrow('2: Name submissions, or give --all.')
})

test('rebuild-scores changes nothing where the cache is right, and mends it where it is wrong', async () => {
  const course = await aCourse(server)
  const [student] = course.students
  const made = await server.call(student!, submit, {
    params: { assignment_question_id: course.aq },
    body: { language: 'python', code: 'print(2)' },
    idempotency_key: 'key-of-the-score',
  })
  const place = { submission_id: made.id, principal_id: student!.id, assignment_question_id: course.aq }
  await server.db
    .insertInto('results')
    .values({ submission_id: made.id, generation: 1, is_current: true, verdict: 'accepted', points: 1, points_possible: 1, sandbox: 'wasm' })
    .execute()
  await server.db
    .insertInto('score_events')
    .values({ id: newId(), ...place, source: 'auto', generation: 1, points: 1, points_possible: 1 })
    .execute()
  expect(await admin('rebuild-scores')).toMatchObject({ changed: 1 })
  expect(await admin('rebuild-scores')).toMatchObject({ changed: 0 })
  await server.db.updateTable('scores').set({ points: 0 }).where('submission_id', '=', made.id).execute()
  expect(await admin('rebuild-scores')).toMatchObject({ changed: 1 })
  const score = await server.db.selectFrom('scores').select('points').where('submission_id', '=', made.id).executeTakeFirstOrThrow()
  expect(score.points).toBe(1)
})
