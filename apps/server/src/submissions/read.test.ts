import { randomUUID } from 'node:crypto'
import * as api from '@gradus/contract/submissions'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aCourse, type Course } from '../../test/course.ts'
import { aGrader, type Grader, reportOf } from '../../test/grader.ts'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'

let server: TestServer
let grader: Grader
beforeAll(async () => {
  server = await openTestServer()
  grader = await aGrader(server)
})
afterAll(() => server.close())
beforeEach(() => server.pool.query("update grading_jobs set status = 'retired', retired_at = now() where status <> 'retired'"))

async function handIn(course: Course, who: Person, code: string = randomUUID()): Promise<string> {
  const sent = { 'idempotency-key': randomUUID() }
  return (await server.send(who, 'POST', `/api/assignment-questions/${course.aq}/submissions`, { language: 'python', code }, sent)).json().id
}
const list = (course: Course, query: object = {}) =>
  server.call(course.teacher, api.listCourseSubmissions, { params: { course_id: course.id }, query } as never)

describe('a learner’s attempts', () => {
  test('newest first, with code, state and result; nobody else’s', async () => {
    const course = await aCourse(server, { students: 2 })
    const [who, other] = [course.students[0]!, course.students[1]!]
    const first = await handIn(course, who, 'one')
    const job = await grader.take()
    await grader.report(job, reportOf(job))
    const second = await handIn(course, who, 'two')
    await handIn(course, other, 'three')
    const { submissions } = await server.call(who, api.listMySubmissions, { params: { assignment_question_id: course.aq } })
    expect(submissions).toMatchObject([
      { id: second, attempt_number: 2, code: 'two', state: 'queued', verdict: null, points: null },
      { id: first, attempt_number: 1, code: 'one', state: 'graded', verdict: 'accepted', points: 1, points_possible: 1 },
    ])
    expect((await server.send(other, 'GET', `/api/submissions/${first}`)).statusCode).toBe(404)
    expect(await server.call(course.teacher, api.getSubmission, { params: { submission_id: first } })).toMatchObject({
      ...{ code: 'one', code_base64: Buffer.from('one').toString('base64'), course_id: course.id, question_title: 'A question', version_number: 1 },
      learner: { id: who.id, display_name: 'Student 0' },
    })
  })
})

test('the list of attempts stays within bounds, however many there are', async () => {
  const course = await aCourse(server)
  const who = course.students[0]!
  const first = await handIn(course, who, `#${'x'.repeat(102_000)}`)
  const copies = async (from: number, to: number, code: string) => {
    await server.pool.query(
      `insert into submissions (id, principal_id, assignment_question_id, question_version_id, course_id, attempt_number, language, content,
         content_sha256, submitted_at, is_late, client, idempotency_key, request_sha256)
       select gen_random_uuid(), principal_id, assignment_question_id, question_version_id, course_id, n, language, ${code},
         content_sha256, submitted_at, is_late, client, 'a copy, number ' || n, request_sha256
       from submissions, generate_series($2::int, $3::int) n where id = $1`,
      [first, from, to],
    )
    await server.pool.query(
      `insert into grading_jobs (id, queue, kind, subject_id, share_id, principal_id, needs, work_ms, turn, status, retired_at)
       select gen_random_uuid(), 'gradus', 'submission', id, course_id, principal_id, 'python', 1, 1, 'retired', now()
       from submissions s where course_id = $1 and not exists (select from grading_jobs where subject_id = s.id)`,
      [course.id],
    )
  }
  const attempts = async () =>
    (await server.call(who, api.listMySubmissions, { params: { assignment_question_id: course.aq } })).submissions.map((s) => s.attempt_number)
  await copies(2, 30, 'content')
  expect(await attempts()).toEqual(Array.from({ length: 20 }, (_, i) => 30 - i))
  await copies(31, 260, "'x'::bytea")
  expect(await attempts()).toEqual(Array.from({ length: 200 }, (_, i) => 260 - i))
})

describe('hand-ins of a course', () => {
  test('pages newest first without gap or double', async () => {
    const course = await aCourse(server, { students: 3 })
    const ids: string[] = []
    for (let i = 0; i < 11; i++) ids.push(await handIn(course, course.students[i % 3]!))
    const found: string[] = []
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await list(course, { limit: 4, ...(cursor === undefined ? {} : { cursor }) })
      found.push(...page.submissions.map((s) => s.id))
      cursor = page.next_cursor
    }
    expect(found).toEqual(ids.toReversed())
  })

  test('filtered by state, verdict, learner, question and text', async () => {
    const course = await aCourse(server, { students: 3 })
    const [a, b, c] = [
      await handIn(course, course.students[0]!),
      await handIn(course, course.students[1]!),
      await handIn(course, course.students[2]!),
    ]
    for (const [verdict] of [['accepted'], ['time_limit']] as const) {
      const job = await grader.take()
      await grader.report(job, reportOf(job, verdict))
    }
    const ids = async (query: object) => (await list(course, query)).submissions.map((s) => s.id)
    expect(await ids({ state: 'graded' })).toEqual([b, a])
    expect(await ids({ state: 'queued' })).toEqual([c])
    expect(await ids({ verdict: 'time_limit' })).toEqual([b])
    expect(await ids({ learner_id: course.students[2]!.id })).toEqual([c])
    expect(await ids({ assignment_question_id: course.aq, assignment_id: course.assignment_id })).toEqual([c, b, a])
    expect(await ids({ assignment_id: randomUUID() })).toEqual([])
    expect(await ids({ search: 'student 1' })).toEqual([b])
    expect(await ids({ search: '%' })).toEqual([])
    expect((await list(course)).submissions[0]).toMatchObject({ assignment_title: 'A step', learner: { email: course.students[2]!.email } })
  })

  test.each(['nonsense', randomUUID()])('a cursor that is none of ours (%s) is refused or leads nowhere', async (cursor) => {
    const course = await aCourse(server)
    await handIn(course, course.students[0]!)
    const answer = await server.send(course.teacher, 'GET', `/api/courses/${course.id}/submissions?cursor=${cursor}`)
    expect(answer.statusCode).toBeLessThan(500)
    expect(answer.statusCode === 400 || answer.json().submissions.length === 0).toBe(true)
  })
})
