import { afterAll, beforeAll, expect, test } from 'vitest'
import { aCourse } from '../../test/course.ts'
import { aGrader, reportOf } from '../../test/grader.ts'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { aContent, teaching } from '../../test/teaching.ts'
import { newId } from '../db/id.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer({}, 16)
})
afterAll(() => server.close())

const validate = (
  who: Person,
  step_id: string,
  { wait_seconds = 0, key, ...more }: { wait_seconds?: number; key?: string; [field: string]: unknown } = {},
) =>
  server.send(
    who,
    'POST',
    `/api/exercises/validate?wait_seconds=${wait_seconds}`,
    { step_id, response_data: { language: 'python', code: 'print(1)' }, ...more },
    key === undefined ? {} : { 'idempotency-key': key },
  )

test('R33: three calls are three attempts, whatever number the client names, and none completes (R34)', async () => {
  const { step_id, students } = await aCourse(server)
  for (const attempts of [1, 2, 3]) {
    const answer = await validate(students[0]!, step_id, { attempt_number: 1, exercise_type: 'code' })
    expect(answer.statusCode, answer.body).toBe(202)
    expect(answer.json()).toMatchObject({ attempts, completed: false, correct: null, score: null, state: 'queued', certificate: null })
  }
})

test('R33: waits for the verdict of our own grading, which alone completes the step (D3)', async () => {
  const { step_id, students, id } = await aCourse(server, { tests: [{ key: 't1' }, { key: 't2', points: 3, is_hidden: true }] })
  const grader = await aGrader(server)
  for (const job of await grader.lease({ max_jobs: 8 })) await grader.report(job, reportOf(job))
  const grading = (verdict: 'accepted' | 'wrong_answer') =>
    grader.lease({ wait_seconds: 5 }).then(async ([job]) => grader.report(job!, reportOf(job!, 'accepted', { t2: verdict })))
  const [wrong] = await Promise.all([validate(students[0]!, step_id, { wait_seconds: 10 }), grading('wrong_answer')])
  expect(wrong.statusCode, wrong.body).toBe(200)
  expect(wrong.json()).toMatchObject({ correct: false, score: 0.25, feedback: '1 of 2 tests passed, 1 of 4 points.', attempts: 1, completed: false })
  expect(wrong.json().item_results[1]).toMatchObject({ is_hidden: true, detail: {}, verdict: 'wrong_answer' })
  const [right] = await Promise.all([validate(students[0]!, step_id, { wait_seconds: 10 }), grading('accepted')])
  expect(right.json()).toMatchObject({ correct: true, score: 1, attempts: 2, completed: true, certificate: { course_id: id, score_percent: 100 } })
})

test('the same key is the same attempt', async () => {
  const { step_id, students } = await aCourse(server)
  const key = newId()
  const first = (await validate(students[0]!, step_id, { key })).json()
  expect((await validate(students[0]!, step_id, { key })).json()).toMatchObject({ submission_id: first.submission_id, attempts: 1, is_replay: true })
})

test('R58: 50 at once are 50 attempts in one row', async () => {
  const { step_id, students } = await aCourse(server)
  const answers = await Promise.all(Array.from({ length: 50 }, () => validate(students[0]!, step_id)))
  expect(answers.map((answer) => answer.statusCode)).toEqual(Array(50).fill(202))
  const rows = await server.db.selectFrom('progress').select('attempts').where('principal_id', '=', students[0]!.id).execute()
  expect(rows).toEqual([{ attempts: 50 }])
})

test('bad input: a step without questions, a question left open, another step’s question, an unknown step', async () => {
  const teacher = await server.person({ is_creator: true })
  const teach = teaching(server, teacher)
  const module_id = await teach.module(await teach.course())
  const material = await teach.material(module_id)
  expect((await validate(teacher, material)).json().code).toBe('nothing_to_grade')
  const { step_id, assignment_id } = await teach.assignment(module_id)
  for (const title of ['One', 'Two']) await teach.place(assignment_id, await teach.published(aContent(title)))
  const open = await validate(teacher, step_id)
  expect([open.statusCode, open.json().details.fields[0].path]).toEqual([400, 'response_data.assignment_question_id'])
  const { aq } = await aCourse(server)
  const response_data = { language: 'python', code: '1', assignment_question_id: aq }
  expect((await validate(teacher, step_id, { response_data })).statusCode).toBe(400)
  expect((await validate(teacher, newId())).statusCode).toBe(404)
  expect((await validate(teacher, step_id, { response_data: { language: 'python' } })).statusCode).toBe(400)
})
