import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { multipart, multipartType } from '../../test/examining.ts'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'

let server: TestServer
let examiner: Person
beforeAll(async () => {
  server = await openTestServer({ GRADUS_DEMO_TOKEN: 'on' })
  examiner = await server.machine('examiner')
})
afterAll(() => server.close())

const ada = { nickname: 'ada1', first_name: 'Ada', last_name: 'Lovelace', email: 'ada@example.org' }
const upload = (code: string, bytes: Buffer, headers: Record<string, string> = {}) =>
  server.app.inject({
    method: 'POST',
    url: `/submissions/${code}`,
    headers: { 'content-type': multipartType, ...headers },
    payload: multipart(bytes),
  })

describe('the routes of the original depository', () => {
  test('ten requests that race for the default exam make one', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => server.send(examiner, 'GET', '/students')))
    expect(all.map(({ statusCode }) => statusCode)).toEqual(Array<number>(10).fill(200))
    expect(await server.db.selectFrom('exams').select('id').where('is_default', '=', true).execute()).toHaveLength(1)
    expect(all[0]!.json()).toEqual({ totals: { total_students: 0, total_submissions: 0 }, students: [] })
  })

  test.each([
    [{}, 'Not authenticated'],
    [{ authorization: 'Bearer nothing' }, 'Invalid authorization header'],
    [{ authorization: `Bearer gk_${'a'.repeat(43)}` }, 'Invalid authorization header'],
  ])('without a key: %j', async (headers, detail) => {
    for (const url of ['/students', '/strudents', '/students/ada1']) {
      const answer = await server.app.inject({ url, headers: headers as Record<string, string> })
      expect([answer.statusCode, answer.json()]).toEqual([401, { detail }])
    }
  })

  test('a key without rights at the default exam is refused', async () => {
    const answer = await server.send(await server.person(), 'GET', '/students')
    expect([answer.statusCode, answer.json()]).toEqual([403, { detail: 'Not enough rights' }])
  })

  test('from a student to a download, and all that speaks against it', async () => {
    const made = await server.send(examiner, 'POST', '/students', ada)
    expect(made.statusCode, made.body).toBe(201)
    const student = made.json()
    expect(student).toEqual({
      ...ada,
      id: expect.any(String),
      upload_code: expect.stringMatching(/^[A-Z2-9]{10}$/),
      has_submission: false,
      last_submission: null,
      created_at: expect.any(String),
    })
    for (const [body, detail] of [
      [ada, 'students_nickname_key'],
      [{ ...ada, nickname: 'ada2', email: 'ADA@example.org' }, 'students_email_key'],
    ] as const) {
      const twice = await server.send(examiner, 'POST', '/student', body)
      expect([twice.statusCode, twice.json().detail]).toEqual([
        422,
        expect.stringContaining(`duplicate key value violates unique constraint "${detail}"`),
      ])
    }
    const code: string = student.upload_code
    expect((await server.app.inject(`/submissions/${code}`)).json()).toEqual({ uploads_available: 5, has_submission: false, last_submission: null })
    const bytes = randomBytes(70_000)
    const taken = await upload(code, bytes)
    expect(taken.statusCode, taken.body).toBe(201)
    const { last_submission, ...rest } = taken.json()
    expect(rest).toEqual({ uploads_available: 4, has_submission: true })
    expect(last_submission).toEqual({
      md5: createHash('md5').update(bytes).digest('hex'),
      size_bytes: 70_000,
      verification_code: expect.stringMatching(/^[a-z0-9]{9}$/),
      created_at: expect.any(String),
    })
    expect((await server.app.inject(`/submissions/${code}`)).json()).toEqual(taken.json())
    expect((await server.send(examiner, 'GET', '/students/ada1')).json()).toMatchObject({ has_submission: true, upload_code: code })
    const list = (await server.send(examiner, 'GET', '/strudents')).json()
    expect(list.totals).toEqual({ total_students: 1, total_submissions: 1 })
    const address = await server.app.inject(`/verifications/${last_submission.verification_code}/download_url`)
    expect(address.json()).toEqual({ download_url: expect.stringMatching(/^http:\/\/gradus\.test\/files\//), expires_seconds: 600 })
    const got = await server.app.inject(address.json().download_url.replace('http://gradus.test', ''))
    expect(got.rawPayload.equals(bytes)).toBe(true)
    expect((await upload(code, randomBytes(3_145_729))).json()).toEqual({ detail: 'Upload size limit exceeded' })
    for (let i = 0; i < 4; i++) expect((await upload(code, randomBytes(10))).statusCode).toBe(201)
    const sixth = await upload(code, randomBytes(10))
    expect([sixth.statusCode, sixth.json()]).toEqual([422, { detail: 'Submissions count limit exceeded' }])
    const old = await server.app.inject(`/verifications/${last_submission.verification_code}/download_url`)
    expect([old.statusCode, old.json()]).toEqual([410, { detail: 'Submission superseded' }])
  })

  test('what is not there is told in the words of old', async () => {
    expect((await server.send(examiner, 'GET', '/students/nobody')).json()).toEqual({ detail: 'Student not found' })
    expect((await upload('AAAAAAAA', Buffer.from('x'))).json()).toEqual({ detail: 'No student found with the provided upload_code' })
    expect((await server.app.inject('/submissions/AAAAAAAA')).json()).toEqual({ detail: 'Student not found' })
    expect((await server.app.inject('/verifications/aaaaaaaaa/download_url')).json()).toEqual({ detail: 'Submission not found' })
  })

  test('codes of 8 and 9 symbols that exist go on', async () => {
    const [candidate] = await server.db.selectFrom('candidates').select('id').execute()
    for (const code of ['7KQ2M9XA', '0O1I7KQ2M']) {
      await server.db
        .updateTable('upload_codes')
        .set({ revoked_at: new Date().toISOString(), revoked_because: 'test' })
        .where('revoked_at', 'is', null)
        .execute()
      await server.db.insertInto('upload_codes').values({ id: crypto.randomUUID(), candidate_id: candidate!.id, code }).execute()
      expect((await server.app.inject(`/submissions/${code.toLowerCase()}`)).statusCode).toBe(200)
    }
  })

  test('where there is no limit, old clients still read a number', async () => {
    const { upload_code } = (await server.send(examiner, 'POST', '/students', { ...ada, nickname: 'ada9', email: 'nine@example.org' })).json()
    const { id } = await server.db.selectFrom('exams').select('id').where('is_default', '=', true).executeTakeFirstOrThrow()
    await server.send(examiner, 'PATCH', `/api/exams/${id}`, { max_uploads: null })
    for (let n = 0; n < 6; n++) expect((await upload(upload_code, randomBytes(10))).json().uploads_available).toBe(1_000)
    await server.send(examiner, 'PATCH', `/api/exams/${id}`, { max_uploads: 5 })
  })

  test.each([[{}], [{ ...ada, nickname: 'with space' }], [{ ...ada, nickname: 'a'.repeat(13) }], [{ ...ada, email: 'no' }], ['no json'], [[]]])(
    'a student that is none is 422: %j',
    async (body) => {
      const answer = await server.send(examiner, 'POST', '/students', body)
      expect(answer.statusCode).toBe(422)
      expect(answer.json().detail).toBeInstanceOf(Array)
    },
  )

  test('the demonstration’s key works, and is the same while the server runs', async () => {
    const { token } = (await server.app.inject('/auth/token')).json()
    expect((await server.app.inject('/auth/token')).json()).toEqual({ token })
    expect((await server.app.inject({ url: '/students', headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(200)
  })
})

test('without GRADUS_DEMO_TOKEN nobody is handed a key', async () => {
  const other = await openTestServer()
  const answer = await other.app.inject('/auth/token')
  expect([answer.statusCode, answer.json()]).toEqual([404, { detail: 'Not Found' }])
  await other.close()
})
