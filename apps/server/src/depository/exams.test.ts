import { createHash, randomBytes } from 'node:crypto'
import * as api from '@gradus/contract/exams'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examining } from '../../test/examining.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { teaching } from '../../test/teaching.ts'
import { canonicalJson } from '../courses/content.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const audit = (object_id: string) =>
  server.db.selectFrom('audit_events').select(['action', 'reason', 'after']).where('object_id', '=', object_id).orderBy('id').execute()

describe('an exam', () => {
  test('of a machine belongs to the house, and has a course of its own', async () => {
    const exam = await examining(server).exam({ title: 'Databases', time_zone: 'Europe/Berlin' })
    expect(exam).toMatchObject({
      title: 'Databases',
      course_title: 'Databases',
      max_uploads: 5,
      max_bytes: 3_145_728,
      is_default: false,
      can_edit: true,
      deletion: null,
    })
    const other = await examining(server).exam()
    const owners = await server.db.selectFrom('courses').select('created_by').where('id', 'in', [exam.course_id, other.course_id]).execute()
    expect(new Set(owners.map((row) => row.created_by)).size).toBe(1)
    expect((await audit(exam.id)).map((row) => row.action)).toEqual(['exam.created'])
  })

  test('of a teacher stands in their course, hidden from its students', async () => {
    const teacher = await server.person({ is_creator: true })
    const course_id = await teaching(server, teacher).course()
    const exam = await examining(server).exam({ course_id }, teacher)
    expect(exam.course_id).toBe(course_id)
    const second = await examining(server).exam({ course_id }, teacher)
    const modules = await server.db.selectFrom('modules').select('title').where('course_id', '=', course_id).execute()
    expect(modules).toEqual([{ title: 'Exams' }])
    const { exams } = await server.call(teacher, api.listExams)
    expect(exams.map(({ id }) => id)).toEqual([second.id, exam.id])
    const student = await server.person()
    await teaching(server, teacher).enrol(course_id, student)
    expect((await server.send(student, 'GET', `/api/exams/${exam.id}`)).statusCode).toBe(404)
    expect((await server.send(student, 'GET', `/api/assignments/${exam.assignment_id}`)).statusCode).toBe(404)
  })

  test('cannot be made in a course of others, nor by whoever may make none', async () => {
    const teacher = await server.person({ is_creator: true })
    const course_id = await teaching(server, teacher).course()
    const stranger = await server.person({ is_creator: true })
    const into = await server.send(stranger, 'POST', '/api/exams', { title: 'x', course_id })
    expect(into.statusCode).toBe(404)
    expect((await server.send(await server.person(), 'POST', '/api/exams', { title: 'x' })).json().code).toBe('creator_required')
  })

  test('changes as one: title, times, limits, hold; a wrong time changes nothing', async () => {
    const exam = await examining(server).exam()
    const params = { exam_id: exam.id }
    const body = {
      title: 'New',
      max_uploads: 2,
      max_bytes: 50,
      allowed_types: ['pdf'],
      closes_at: '2999-01-01T00:00:00.000Z',
      legal_hold_reason: 'Appeal',
      retention_seconds: 3600,
    }
    expect(await server.call(exam.examiner, api.updateExam, { params, body })).toMatchObject(body)
    const { code } = await exam.candidate()
    expect((await exam.upload(code, randomBytes(51))).status).toBe(413)
    expect((await exam.upload(code, randomBytes(50))).status).toBe(201)
    expect((await exam.upload(code, randomBytes(50))).status).toBe(201)
    expect((await exam.upload(code, randomBytes(50))).status).toBe(422)
    expect(await server.call(exam.examiner, api.updateExam, { params, body: { max_uploads: null } })).toMatchObject({ max_uploads: null })
    expect((await exam.upload(code, randomBytes(50))).body).toMatchObject({ attempt_number: 3, uploads_left: null })
    const wrong = await server.send(exam.examiner, 'PATCH', `/api/exams/${exam.id}`, { title: 'Worse', opens_at: '2999-02-01T00:00:00.000Z' })
    expect(wrong.json().code).toBe('times_out_of_order')
    expect((await server.call(exam.examiner, api.getExam, { params })).title).toBe('New')
  })
})

describe('candidates', () => {
  test('names are kept verbatim, and nicknames and addresses are one of a kind in their exam', async () => {
    const exam = await examining(server).exam()
    const body = { nickname: 'Ünï-漢', first_name: 'Zoë\u200d', last_name: "O'Brien <b>", email: 'Zoe@Example.org' }
    const params = { exam_id: exam.id }
    expect(await server.call(exam.examiner, api.createCandidate, { params, body })).toMatchObject(body)
    const other = await examining(server).exam()
    expect(await server.call(other.examiner, api.createCandidate, { params: { exam_id: other.id }, body })).toMatchObject(body)
    const twice = (more: object) => server.send(exam.examiner, 'POST', `/api/exams/${exam.id}/candidates`, { ...body, ...more })
    expect((await twice({ email: null })).json().code).toBe('nickname_taken')
    expect((await twice({ nickname: 'else', email: 'zoe@example.ORG' })).json().code).toBe('candidate_email_taken')
  })

  test('a new code kills the old one, with a reason in the audit log', async () => {
    const exam = await examining(server).exam()
    const { id, code } = await exam.candidate()
    const made = await server.call(exam.examiner, api.reissueCode, { params: { candidate_id: id }, body: { reason: 'Slip lost' } })
    expect(made.upload_code).not.toBe(code)
    expect((await exam.upload(code, Buffer.from('x'))).status).toBe(404)
    expect((await exam.upload(made.upload_code, Buffer.from('x'))).status).toBe(201)
    expect(await audit(id)).toContainEqual(expect.objectContaining({ action: 'candidate.code_reissued', reason: 'Slip lost' }))
    const whole = await server.call(exam.examiner, api.getCandidate, { params: { candidate_id: id } })
    expect(whole.codes.map((one) => [one.code, one.revoked_because])).toEqual([
      [made.upload_code, null],
      [code, 'Slip lost'],
    ])
    expect(whole.receipts).toHaveLength(1)
  })

  test.each(['codes', 'hand_ins', 'both'] as const)('swapping %s', async (what) => {
    const exam = await examining(server).exam()
    const [a, b] = [await exam.candidate('anna'), await exam.candidate('bert')]
    const receipt = (await exam.upload(a.code, Buffer.from('by whoever holds the code of anna'))).body
    const body = { candidate_id: a.id, other_candidate_id: b.id, what, reason: 'Sat at the wrong desk' }
    const { candidates } = await server.call(exam.examiner, api.swapCandidates, { params: { exam_id: exam.id }, body })
    const [anna, bert] = ['anna', 'bert'].map((nickname) => candidates.find((one) => one.nickname === nickname)!)
    const has_code = what === 'hand_ins' ? [a.code, b.code] : [b.code, a.code]
    expect([anna!.upload_code, bert!.upload_code]).toEqual(has_code)
    expect([anna!.uploads_used, bert!.uploads_used]).toEqual(what === 'codes' ? [1, 0] : [0, 1])
    const board = await server.call(exam.examiner, api.getBoard, { params: { exam_id: exam.id } })
    const owner = board.candidates.find((line) => line.last !== null)!
    expect([owner.nickname, owner.last!.verification_code]).toEqual([what === 'codes' ? 'anna' : 'bert', receipt.verification_code])
    expect(await server.call(exam.examiner, api.verifyLog, { params: { exam_id: exam.id } })).toMatchObject({ is_intact: true })
    expect((await audit(a.id)).at(-1)).toMatchObject({ action: 'candidate.swapped', reason: 'Sat at the wrong desk' })
  })

  test('of another exam are not swapped', async () => {
    const [one, two] = [await examining(server).exam(), await examining(server).exam()]
    const body = { candidate_id: (await one.candidate()).id, other_candidate_id: (await two.candidate()).id, what: 'codes', reason: 'x' }
    expect((await server.send(one.examiner, 'POST', `/api/exams/${one.id}/swap`, body)).statusCode).toBe(404)
  })
})

describe('the log', () => {
  test('a changed entry, a cut end and another file are seen', async () => {
    const exam = await examining(server).exam({ title: 'Übung "1" \\ 漢字' })
    const { code } = await exam.candidate()
    for (let i = 0; i < 3; i++) await exam.upload(code, randomBytes(20))
    const verify = () => server.call(exam.examiner, api.verifyLog, { params: { exam_id: exam.id } })
    expect(await verify()).toMatchObject({ is_intact: true, entry_count: 4, broken_at: null })
    const head = await server.call(exam.examiner, api.getLogHead, { params: { exam_id: exam.id } })
    const { entries } = await server.call(exam.examiner, api.listLog, { params: { exam_id: exam.id }, query: { after: 3, limit: 10 } })
    expect(entries).toEqual([head])
    const { entries: whole } = await server.call(exam.examiner, api.listLog, { params: { exam_id: exam.id } })
    for (const { entry, entry_sha256 } of whole) {
      expect(canonicalJson(JSON.parse(entry))).toBe(entry)
      expect(createHash('sha256').update(entry).digest('hex')).toBe(entry_sha256)
      expect(new Date(JSON.parse(entry).at).toISOString()).toBe(JSON.parse(entry).at)
    }
    await server.pool.query('alter table exam_log_entries disable trigger user')
    const set = (text: string, seq: number) => server.pool.query(text, [exam.id, seq])
    await set(`update exam_log_entries set entry = replace(entry, '"size_bytes":20', '"size_bytes":21') where exam_id = $1 and seq = $2`, 2)
    expect(await verify()).toMatchObject({ is_intact: false, broken_at: 2 })
    await set(`update exam_log_entries set entry = replace(entry, '"size_bytes":21', '"size_bytes":20') where exam_id = $1 and seq = $2`, 2)
    expect(await verify()).toMatchObject({ is_intact: true })
    await server.pool.query(`update exam_logs set seq = 5 where exam_id = $1`, [exam.id])
    expect(await verify()).toMatchObject({ is_intact: false, broken_at: 5 })
    await server.pool.query('alter table exam_log_entries enable trigger user')
  })
})

test('fifty files at once make one log without a gap', async () => {
  const exam = await examining(server).exam()
  const people = await Promise.all(Array.from({ length: 50 }, () => exam.candidate()))
  const sent = await Promise.all(people.map(({ code }) => exam.upload(code, randomBytes(100))))
  const seqs = sent.map(({ body }) => body.log.seq).sort((a, b) => a - b)
  expect(seqs).toEqual(Array.from({ length: 50 }, (_, i) => i + 2))
  expect(await server.call(exam.examiner, api.verifyLog, { params: { exam_id: exam.id } })).toMatchObject({ is_intact: true, entry_count: 51 })
})

describe('the board', () => {
  test('tells who handed in and who is missing, and changes live', async () => {
    const exam = await examining(server).exam()
    const people = [await exam.candidate('a'), await exam.candidate('b'), await exam.candidate('c')]
    await exam.upload(people[0]!.code, randomBytes(100))
    const board = await server.call(exam.examiner, api.getBoard, { params: { exam_id: exam.id } })
    expect(board.totals).toEqual({ candidate_count: 3, handed_in_count: 1, upload_count: 1, open_promise_count: 0, kept_bytes: 100 })
    expect(board.candidates.map((line) => [line.nickname, line.last?.size_bytes ?? null])).toEqual([
      ['a', 100],
      ['b', null],
      ['c', null],
    ])
    const address = await server.app.listen({ port: 0, host: '127.0.0.1' })
    const leave = new AbortController()
    const stream = await fetch(`${address}/api/exams/${exam.id}/board/events`, {
      headers: { authorization: `Bearer ${exam.examiner.token}` },
      signal: leave.signal,
    })
    const events: api.Board[] = []
    const reader = stream.body!.getReader()
    const read = async (): Promise<api.Board> => {
      for (;;) {
        const text = new TextDecoder().decode((await reader.read()).value)
        const data = /^data: (.*)$/m.exec(text)
        if (data !== null) return api.board.parse(JSON.parse(data[1]!))
      }
    }
    events.push(await read())
    await exam.upload(people[1]!.code, randomBytes(50))
    events.push(await read())
    leave.abort()
    expect(events.map(({ is_whole, candidates }) => [is_whole, candidates.map((line) => line.nickname)])).toEqual([
      [true, ['a', 'b', 'c']],
      [false, ['b']],
    ])
    expect(events[1]!.totals.handed_in_count).toBe(2)
  })
})
