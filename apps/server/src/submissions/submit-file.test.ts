import { createHash, randomBytes } from 'node:crypto'
import { getProgress } from '@gradus/contract/progress'
import * as questions from '@gradus/contract/questions'
import * as api from '@gradus/contract/submissions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { multipart, multipartType, type UploadOptions } from '../../test/examining.ts'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { teaching } from '../../test/teaching.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

async function aPlace(assignment: object = {}) {
  const teacher = await server.person({ is_creator: true })
  const teach = teaching(server, teacher)
  const course_id = await teach.course()
  const { assignment_id } = await teach.assignment(await teach.module(course_id), assignment)
  const spec = { kind: 'file' as const, max_bytes: 50_000, allowed_types: ['pdf'], tests: [{ key: 'file', name: 'The report', points: 10 }] }
  const made = await server.call(teacher, questions.createQuestion, { body: { slug: 'report', content: { title: 'Report', spec } } })
  // Nothing of it can be tried, so it is proven as it stands.
  const published = await server.call(teacher, questions.publishQuestion, {
    params: { question_id: made.id },
    body: { content_sha256: made.draft.content_sha256 },
  })
  expect([published.kind, published.languages, published.points_possible]).toEqual(['file', [], 10])
  const { id: aq } = await teach.place(assignment_id, made.id)
  const student = await server.person()
  await teach.enrol(course_id, student)
  const send = (who: Person, bytes: Buffer, options: UploadOptions = {}) =>
    server.app.inject({
      method: 'POST',
      url: `/api/assignment-questions/${aq}/files`,
      headers: {
        authorization: `Bearer ${who.token}`,
        'content-type': multipartType,
        'idempotency-key': options.key ?? randomBytes(8).toString('hex'),
      },
      payload: multipart(bytes, options),
    })
  return { teacher, student, course_id, aq, send }
}

describe('a file in an ordinary course', () => {
  test('is handed in, listed, read by staff, and all attempts keep their bytes', async () => {
    const { teacher, student, course_id, aq, send } = await aPlace()
    const bytes = [randomBytes(20_000), randomBytes(30_000)]
    const first = await send(student, bytes[0]!)
    expect(first.statusCode, first.body).toBe(201)
    expect(first.json()).toMatchObject({
      attempt_number: 1,
      language: null,
      state: 'handed_in',
      size_bytes: 20_000,
      file: { filename: 'work.pdf', superseded_at: null },
    })
    const second = (await send(student, bytes[1]!)).json()
    // Nothing grades a file but a person: handing it in is what there is to do.
    const progress = await server.call(student, getProgress, { params: { course_id } })
    expect(progress.steps).toMatchObject([{ attempts: 2, completed: true, score: null, is_self_marked: false }])
    expect(second.content_sha256).toBe(createHash('sha256').update(bytes[1]!).digest('hex'))
    const mine = await server.call(student, api.listMySubmissions, { params: { assignment_question_id: aq } })
    expect(mine.submissions.map(({ attempt_number, code }) => [attempt_number, code])).toEqual([
      [2, null],
      [1, null],
    ])
    for (const [i, { id }] of [first.json(), second].entries()) {
      for (const who of [student, teacher]) {
        const got = await server.send(who, 'GET', `/api/submissions/${id}/file`)
        expect(got.rawPayload.equals(bytes[i]!)).toBe(true)
        expect(got.headers['content-disposition']).toContain('attachment')
      }
    }
    expect(await server.call(teacher, api.getSubmission, { params: { submission_id: second.id } })).toMatchObject({
      ...{ code: null, code_base64: null, progress: { state: 'handed_in', outcome: null } },
    })
    const all = await server.call(teacher, api.listCourseSubmissions, { params: { course_id }, query: { state: 'handed_in' } })
    expect(all.submissions).toHaveLength(2)
    expect(await server.db.selectFrom('grading_jobs').select('id').execute()).toEqual([])
  })

  test('the same key again is the same hand-in; another file under it is refused', async () => {
    const { student, send } = await aPlace()
    const bytes = randomBytes(100)
    const all = await Promise.all(Array.from({ length: 5 }, () => send(student, bytes, { key: 'same-key-1' })))
    expect(new Set(all.map((answer) => answer.json().id)).size).toBe(1)
    expect((await send(student, randomBytes(100), { key: 'same-key-1' })).json().code).toBe('idempotency_key_reused')
  })

  test.each([
    [{}, { filename: 'a.exe' }, 100, 422, 'file_type_not_allowed'],
    [{}, {}, 50_001, 413, 'file_too_large'],
    [{ closes_at: '2020-01-01T00:00:00Z' }, {}, 100, 409, 'closed'],
    [{}, { field: 'else' }, 100, 400, 'no_file'],
  ])('%j %j %i bytes: %i %s', async (assignment, options, size, status, code) => {
    const { student, send } = await aPlace(assignment)
    const answer = await send(student, randomBytes(size), options)
    expect([answer.statusCode, answer.json().code]).toEqual([status, code])
  })

  test('attempts have a limit, also when ten race for the last', async () => {
    const { student, send } = await aPlace({ max_attempts: 2 })
    expect((await send(student, randomBytes(10))).statusCode).toBe(201)
    const all = await Promise.all(Array.from({ length: 10 }, () => send(student, randomBytes(1000))))
    expect(all.map(({ statusCode }) => statusCode).sort()).toEqual([201, ...Array<number>(9).fill(409)])
  })

  test('code is not taken where a file is asked for, nor the other way round', async () => {
    const { student, aq } = await aPlace()
    const code = await server.send(
      student,
      'POST',
      `/api/assignment-questions/${aq}/submissions`,
      { language: 'python', code: 'x' },
      { 'idempotency-key': 'abcdefgh' },
    )
    expect(code.json().code).toBe('language_not_allowed')
  })
})
