import { createHash, randomUUID } from 'node:crypto'
import * as api from '@gradus/contract/submissions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCourse, type Course } from '../../test/course.ts'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer({}, 16)
})
afterAll(() => server.close())

const handIn = (who: Person, course: Course, code: string, key: string = randomUUID(), more: object = {}) =>
  server.send(who, 'POST', `/api/assignment-questions/${course.aq}/submissions`, { language: 'python', code, ...more }, { 'idempotency-key': key })

const rowsOf = (course: Course) =>
  server.db.selectFrom('submissions').selectAll().where('assignment_question_id', '=', course.aq).orderBy('attempt_number').execute()
const jobsOf = (ids: string[]) => server.db.selectFrom('grading_jobs').selectAll().where('subject_id', 'in', ids).execute()
const counterOf = (course: Course, who: Person) =>
  server.db
    .selectFrom('attempt_counters')
    .select(['attempts', 'forgiven'])
    .where('assignment_question_id', '=', course.aq)
    .where('principal_id', '=', who.id)
    .executeTakeFirst()

describe('I1: what is acknowledged is there, byte for byte, once per key', () => {
  test('text with every kind of line end and characters beyond the basic plane', async () => {
    const course = await aCourse(server)
    const code = '\ufeff# ä😀\r\nprint(1)\r\x7f\ttab\u2028end'
    const answer = await handIn(course.students[0]!, course, code)
    expect(answer.statusCode).toBe(201)
    const [row] = await rowsOf(course)
    expect(row!.content!.equals(Buffer.from(code))).toBe(true)
    const sha = createHash('sha256').update(code).digest()
    expect(row!.content_sha256.equals(sha)).toBe(true)
    expect(answer.json()).toMatchObject({
      ...{ id: row!.id, attempt_number: 1, state: 'queued', attempts_left: null, is_replay: false, is_late: false, client: 'api' },
      ...{ content_sha256: sha.toString('hex'), size_bytes: Buffer.byteLength(code), submitted_at: row!.submitted_at },
    })
  })

  test('bytes that are no text, by base64', async () => {
    const course = await aCourse(server)
    const bytes = Buffer.from([0, 255, 254, 0xc3, 0x28, 10])
    const answer = await server.send(
      course.students[0]!,
      'POST',
      `/api/assignment-questions/${course.aq}/submissions`,
      { language: 'python', code_base64: bytes.toString('base64') },
      { 'idempotency-key': 'base64-key' },
    )
    expect(answer.statusCode).toBe(201)
    expect((await rowsOf(course))[0]!.content!.equals(bytes)).toBe(true)
    const own = await server.call(course.students[0]!, api.listMySubmissions, { params: { assignment_question_id: course.aq } })
    expect(own.submissions[0]).toMatchObject({ code: null, size_bytes: 6 })
    const file = await server.send(course.students[0]!, 'GET', `/api/submissions/${answer.json().id}/code`)
    expect(file.rawPayload.equals(bytes)).toBe(true)
    expect(file.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="attempt-1.py"',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'no-store',
    })
  })

  test('with its job and its message to the outbox', async () => {
    const course = await aCourse(server, {
      tests: [
        { key: 'a', time_ms: 700 },
        { key: 'b', time_ms: 300 },
      ],
    })
    const { id } = (await handIn(course.students[0]!, course, 'print(1)')).json()
    const [job] = await jobsOf([id])
    expect(job).toMatchObject({ status: 'pending', kind: 'submission', share_id: course.id, needs: 'python', work_ms: 1000, tries: 0, generation: 1 })
    const { rows } = await server.pool.query(
      'select task_identifier, payload from graphile_worker.jobs j join graphile_worker._private_jobs p using (id) where j.key like $1',
      [`active ${course.id}%`],
    )
    expect(rows).toEqual([{ task_identifier: 'submission_accepted', payload: { course_id: course.id, principal_id: course.students[0]!.id } }])
  })
})

describe('idempotency', () => {
  test('the same request again gets the same submission, also when it is closed by then', async () => {
    const course = await aCourse(server, { max_attempts: 2 })
    const who = course.students[0]!
    const first = await handIn(who, course, 'print(1)', 'the-key-1')
    await server.db
      .updateTable('assignments')
      .set({ closes_at: new Date(Date.now() - 1000).toISOString() })
      .where('id', '=', course.assignment_id)
      .execute()
    const again = await handIn(who, course, 'print(1)', 'the-key-1', { client: 'another program' })
    expect([first.statusCode, again.statusCode]).toEqual([201, 201])
    expect(again.json()).toEqual({ ...first.json(), is_replay: true })
    expect(await counterOf(course, who)).toEqual({ attempts: 1, forgiven: 0 })
    expect(await rowsOf(course)).toHaveLength(1)
  })

  test('row 21: the same key for other work changes nothing', async () => {
    const course = await aCourse(server, { languages: ['python', 'c'] })
    const who = course.students[0]!
    await handIn(who, course, 'print(1)', 'the-key-2')
    for (const [code, more] of [
      ['print(2)', {}],
      ['print(1)', { language: 'c' }],
    ] as const) {
      const answer = await handIn(who, course, code, 'the-key-2', more)
      expect(answer.statusCode).toBe(422)
      expect(answer.json().code).toBe('idempotency_key_reused')
    }
    const other = await aCourse(server)
    await server.db.insertInto('enrolments').values({ id: randomUUID(), course_id: other.id, user_id: who.id, role: 'student' }).execute()
    expect((await handIn(who, other, 'print(1)', 'the-key-2')).json().code).toBe('idempotency_key_reused')
    expect(await rowsOf(other)).toEqual([])
    expect(await counterOf(other, who)).toBeUndefined()
    expect(await rowsOf(course)).toHaveLength(1)
  })

  test('keys of different people are different keys', async () => {
    const course = await aCourse(server, { students: 2 })
    const answers = await Promise.all(course.students.map((who) => handIn(who, course, 'print(1)', 'shared-key')))
    expect(answers.map((a) => a.statusCode)).toEqual([201, 201])
    expect(await rowsOf(course)).toHaveLength(2)
  })

  test('row 19: forty at once with one key make one row, one attempt and one job', async () => {
    const course = await aCourse(server, { max_attempts: 5 })
    const who = course.students[0]!
    const answers = await Promise.all(Array.from({ length: 40 }, () => handIn(who, course, 'print(1)', 'parallel-key')))
    expect(new Set(answers.map((a) => a.statusCode))).toEqual(new Set([201]))
    expect(new Set(answers.map((a) => a.json().id)).size).toBe(1)
    expect(answers.filter((a) => !a.json().is_replay)).toHaveLength(1)
    const rows = await rowsOf(course)
    expect(rows).toHaveLength(1)
    expect(await counterOf(course, who)).toEqual({ attempts: 1, forgiven: 0 })
    expect(await jobsOf(rows.map((r) => r.id))).toHaveLength(1)
  })

  test('the same key at once for different work: one is taken, the others are told', async () => {
    const course = await aCourse(server, { max_attempts: 3 })
    const who = course.students[0]!
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => handIn(who, course, `print(${i})`, 'fought-over')))
    expect(answers.filter((a) => a.statusCode === 201)).toHaveLength(1)
    expect(answers.filter((a) => a.json().code === 'idempotency_key_reused')).toHaveLength(19)
    expect(await rowsOf(course)).toHaveLength(1)
    expect(await counterOf(course, who)).toEqual({ attempts: 1, forgiven: 0 })
  })

  test.each(['', 'short', 'x'.repeat(101), 'with space in it'])('a key of %j is asked for again', async (key) => {
    const course = await aCourse(server)
    const answer = await handIn(course.students[0]!, course, 'print(1)', key)
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'idempotency_key_required'])
    expect(await rowsOf(course)).toEqual([])
  })
})

describe('I2: attempts', () => {
  test('row 20: fifty at once with one attempt left: one is taken, the others are told why', async () => {
    const course = await aCourse(server, { max_attempts: 1 })
    const who = course.students[0]!
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => handIn(who, course, `print(${i})`)))
    expect(answers.filter((a) => a.statusCode === 201)).toHaveLength(1)
    const refused = answers.filter((a) => a.statusCode !== 201)
    expect(new Set(refused.map((a) => `${a.statusCode} ${a.json().code} ${a.json().details.max_attempts}`))).toEqual(
      new Set(['409 attempts_exhausted 1']),
    )
    expect(await rowsOf(course)).toHaveLength(1)
    expect(await counterOf(course, who)).toEqual({ attempts: 1, forgiven: 0 })
  })

  test('one attempt left, and its key twice: both get the same answer, a third key is refused', async () => {
    const course = await aCourse(server, { max_attempts: 1 })
    const who = course.students[0]!
    const answers = await Promise.all([
      ...Array.from({ length: 15 }, () => handIn(who, course, 'print("a")', 'key-of-a')),
      ...Array.from({ length: 15 }, () => handIn(who, course, 'print("b")', 'key-of-b')),
    ])
    const taken = answers.filter((a) => a.statusCode === 201)
    expect(new Set(taken.map((a) => a.json().id)).size).toBe(1)
    expect(taken).toHaveLength(15)
    expect(answers.filter((a) => a.json().code === 'attempts_exhausted')).toHaveLength(15)
  })

  test('numbers have no gap and no double under thirty at once', async () => {
    const course = await aCourse(server, { max_attempts: 12, students: 2 })
    await Promise.all(course.students.flatMap((who) => Array.from({ length: 15 }, (_, i) => handIn(who, course, `print(${i})`))))
    for (const who of course.students) {
      const numbers = (await rowsOf(course)).filter((r) => r.principal_id === who.id).map((r) => r.attempt_number)
      expect(numbers).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
      expect(await counterOf(course, who)).toEqual({ attempts: 12, forgiven: 0 })
    }
  })

  test('what is left is told with each answer, and a forgiven attempt can be used again', async () => {
    const course = await aCourse(server, { max_attempts: 2 })
    const who = course.students[0]!
    expect((await handIn(who, course, '1')).json().attempts_left).toBe(1)
    expect((await handIn(who, course, '2')).json().attempts_left).toBe(0)
    await server.db.updateTable('attempt_counters').set({ forgiven: 1 }).where('assignment_question_id', '=', course.aq).execute()
    expect((await handIn(who, course, '3')).json()).toMatchObject({ attempt_number: 3, attempts_left: 0 })
    expect((await handIn(who, course, '4')).json().code).toBe('attempts_exhausted')
  })
})

describe('what is not taken', () => {
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString()

  test.each([
    ['not open yet', { opens_at: at(60_000) }, 409, 'not_open_yet'],
    ['closed', { closes_at: at(-1000) }, 409, 'closed'],
    ['another language', { languages: ['c'] }, 400, 'language_not_allowed'],
    ['a language that the placement leaves out', { languages: ['python', 'c'], config: { allowed_languages: ['c'] } }, 400, 'language_not_allowed'],
  ] as const)('%s', async (_, options, status, code) => {
    const course = await aCourse(server, options as never)
    const answer = await handIn(course.students[0]!, course, 'print(1)')
    expect([answer.statusCode, answer.json().code]).toEqual([status, code])
    expect(await rowsOf(course)).toEqual([])
    expect(await counterOf(course, course.students[0]!)).toBeUndefined()
  })

  test('an archived course takes nothing', async () => {
    const course = await aCourse(server)
    await server.db.updateTable('courses').set({ state: 'archived' }).where('id', '=', course.id).execute()
    expect((await handIn(course.students[0]!, course, 'print(1)')).json().code).toBe('closed')
  })

  test('code over 100 KB, in both forms; exactly 100 KB is taken', async () => {
    const course = await aCourse(server)
    const who = course.students[0]!
    const send = (body: object) =>
      server.send(
        who,
        'POST',
        `/api/assignment-questions/${course.aq}/submissions`,
        { language: 'python', ...body },
        { 'idempotency-key': randomUUID() },
      )
    for (const body of [{ code: 'x'.repeat(102_401) }, { code: 'ä'.repeat(51_201) }, { code_base64: Buffer.alloc(102_401).toString('base64') }]) {
      const answer = await send(body)
      expect([answer.statusCode, answer.json().code]).toEqual([413, 'code_too_large'])
    }
    expect((await send({ code: 'x'.repeat(102_400) })).statusCode).toBe(201)
  })

  test.each([[{}], [{ code: 'a', code_base64: 'YQ==' }]])('neither or both forms of code: %j', async (body) => {
    const course = await aCourse(server)
    const answer = await server.send(
      course.students[0]!,
      'POST',
      `/api/assignment-questions/${course.aq}/submissions`,
      { language: 'python', ...body },
      { 'idempotency-key': 'some-key-1' },
    )
    expect(answer.json().code).toBe('no_content')
  })
})

describe('I8: lateness', () => {
  test('is fixed by the database when the work is taken, and moving the deadline does not move it', async () => {
    const course = await aCourse(server, { due_at: new Date(Date.now() - 1000).toISOString() })
    const who = course.students[0]!
    const late = await handIn(who, course, 'late', 'late-key-1')
    expect(late.json().is_late).toBe(true)
    await server.db
      .updateTable('assignments')
      .set({ due_at: new Date(Date.now() + 60_000).toISOString() })
      .where('id', '=', course.assignment_id)
      .execute()
    expect((await handIn(who, course, 'late', 'late-key-1')).json()).toMatchObject({
      is_late: true,
      is_replay: true,
      submitted_at: late.json().submitted_at,
    })
    expect((await handIn(who, course, 'in time')).json().is_late).toBe(false)
    const read = await server.call(who, api.getSubmission, { params: { submission_id: late.json().id } })
    expect(read).toMatchObject({ is_late: true, code: 'late' })
  })
})

test('I1: content and facts of a hand-in cannot be changed or deleted', async () => {
  const course = await aCourse(server)
  const { id } = (await handIn(course.students[0]!, course, 'print(1)')).json()
  await expect(server.db.updateTable('submissions').set({ is_late: true }).where('id', '=', id).execute()).rejects.toThrow('append-only')
  await expect(server.db.deleteFrom('submissions').where('id', '=', id).execute()).rejects.toThrow('append-only')
})
