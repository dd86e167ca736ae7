import { createHash, randomBytes } from 'node:crypto'
import * as api from '@gradus/contract/exams'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examining } from '../../test/examining.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

describe('a candidate hands in a file', () => {
  test('the receipt says what was taken, and the bytes come back equal', async () => {
    const exam = await examining(server).exam({ title: 'Algorithms' })
    const { code } = await exam.candidate()
    const typed = ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `
    const look = await server.call(null, api.getHandIn, { params: { code: typed } })
    expect(look).toMatchObject({ uploads_used: 0, uploads_left: 5, exam: { title: 'Algorithms', max_bytes: 3_145_728 }, receipts: [] })
    const bytes = randomBytes(300_000)
    const answer = await exam.upload(code, bytes, { filename: 'ünïcode 漢字.pdf' })
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    const receipt = answer.body
    expect(receipt).toMatchObject({
      ...{
        state: 'kept',
        filename: 'ünïcode 漢字.pdf',
        size_bytes: 300_000,
        sha256: sha(bytes),
        attempt_number: 1,
        uploads_left: 4,
        is_replay: false,
      },
    })
    expect(receipt.verification_code).toMatch(/^[A-Z2-9]{26}$/)
    expect(createHash('sha256').update(receipt.log.entry).digest('hex')).toBe(receipt.log.entry_sha256)
    const address = await server.call(null, api.getDownloadAddress, { params: { verification_code: receipt.verification_code } })
    const got = await server.send(null, 'GET', address.download_url.replace('http://gradus.test', ''))
    expect(got.statusCode).toBe(200)
    expect(got.rawPayload.equals(bytes)).toBe(true)
    expect(got.headers['content-disposition']).toContain('attachment')
  })

  test('a later file takes the place of the earlier one, whose receipt then answers 410', async () => {
    const exam = await examining(server).exam()
    const { code } = await exam.candidate()
    const first = (await exam.upload(code, Buffer.from('one'))).body
    const second = (await exam.upload(code, Buffer.from('two'))).body
    expect(second.attempt_number).toBe(2)
    const gone = await server.send(null, 'GET', `/api/receipts/${first.verification_code}/download`)
    expect([gone.statusCode, gone.json().code]).toEqual([410, 'file_superseded'])
    expect(await server.call(null, api.getReceipt, { params: { verification_code: first.verification_code } })).toMatchObject({ state: 'superseded' })
    const [message] = await exam.unused()
    expect(message).toBeDefined()
  })

  test.each([0, 1])('%i bytes beyond the limit: only what fits is taken, and of what does not nothing is left', async (beyond) => {
    const exam = await examining(server).exam({ max_bytes: 100_000 })
    const { code } = await exam.candidate()
    const before = await exam.blobs()
    const answer = await exam.upload(code, randomBytes(100_000 + beyond))
    expect(answer.status).toBe(beyond === 0 ? 201 : 413)
    expect((await exam.blobs()) - before).toBe(beyond === 0 ? 1 : 0)
    expect((await server.call(null, api.getHandIn, { params: { code } })).uploads_used).toBe(beyond === 0 ? 1 : 0)
  })

  test('of ten sixths at once none is taken', async () => {
    const exam = await examining(server).exam()
    const { code } = await exam.candidate()
    for (let i = 0; i < 4; i++) expect((await exam.upload(code, randomBytes(1000))).status).toBe(201)
    const before = (await exam.blobs()) - (await exam.waste())
    const all = await Promise.all(Array.from({ length: 11 }, () => exam.upload(code, randomBytes(200_000))))
    expect(all.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(10).fill(422)])
    expect(all.filter(({ status }) => status === 422).every(({ body }) => body.code === 'uploads_exhausted')).toBe(true)
    // The fifth took the place of the fourth: as many are kept as before, all others are on their way out.
    expect((await exam.blobs()) - (await exam.waste())).toBe(before)
    expect((await exam.upload(code, randomBytes(10))).status).toBe(422)
  })

  test('of ten first ones at once three are taken where three may be, and one of them counts', async () => {
    const exam = await examining(server).exam({ max_uploads: 3 })
    const { id, code } = await exam.candidate()
    const all = await Promise.all(Array.from({ length: 10 }, () => exam.upload(code, randomBytes(100))))
    expect(all.map(({ status }) => status).sort()).toEqual([201, 201, 201, ...Array<number>(7).fill(422)])
    const { receipts } = await server.call(exam.examiner, api.getCandidate, { params: { candidate_id: id } })
    expect(receipts.map(({ attempt_number, state }) => [attempt_number, state]).sort()).toEqual([
      [1, 'superseded'],
      [2, 'superseded'],
      [3, 'kept'],
    ])
    expect(await server.call(exam.examiner, api.verifyLog, { params: { exam_id: exam.id } })).toMatchObject({ is_intact: true, entry_count: 4 })
  })

  test('the same first file, sent twice at once under one key, is one', async () => {
    const exam = await examining(server).exam()
    const { code } = await exam.candidate()
    const bytes = randomBytes(100)
    const all = await Promise.all(Array.from({ length: 6 }, () => exam.upload(code, bytes, { key: 'the-same-key' })))
    expect(all.map(({ status }) => status)).toEqual(Array<number>(6).fill(201))
    expect(new Set(all.map(({ body }) => body.verification_code)).size).toBe(1)
    expect(all.filter(({ body }) => !body.is_replay)).toHaveLength(1)
    expect((await server.call(null, api.getHandIn, { params: { code } })).uploads_used).toBe(1)
  })

  test.each([
    ['before', 60_000, false],
    ['after', -60_000, true],
  ])('%s the due time, row, receipt and log say so alike', async (_, due_in_ms, is_late) => {
    const exam = await examining(server).exam({ due_at: new Date(Date.now() + due_in_ms).toISOString() })
    const { code } = await exam.candidate()
    for (const attempt_number of [1, 2]) {
      const { body } = await exam.upload(code, randomBytes(attempt_number))
      expect(body).toMatchObject({ attempt_number, is_late })
      expect(JSON.parse(body.log.entry).body).toMatchObject({ attempt_number, is_late, sha256: body.sha256 })
      // What was told at once is what is read later.
      const read = await server.call(null, api.getReceipt, { params: { verification_code: body.verification_code } })
      expect(body).toMatchObject(read)
    }
  })

  test('a new code and a file at the same instant: both are done, or the file finds its code dead', async () => {
    const exam = await examining(server).exam()
    const seen = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const { id, code } = await exam.candidate()
        const reissuing = server.send(exam.examiner, 'POST', `/api/candidates/${id}/code`, { reason: 'Lost' })
        return [(await exam.upload(code, randomBytes(10))).status, (await reissuing).statusCode].join(' ')
      }),
    )
    expect(seen.filter((one) => one !== '201 201' && one !== '404 201')).toEqual([])
    expect(await server.call(exam.examiner, api.verifyLog, { params: { exam_id: exam.id } })).toMatchObject({ is_intact: true })
  })

  test('the same key again is the same receipt; with other bytes it is refused', async () => {
    const exam = await examining(server).exam()
    const { code } = await exam.candidate()
    const bytes = randomBytes(5000)
    const all = await Promise.all(Array.from({ length: 6 }, () => exam.upload(code, bytes, { key: 'the-same-key' })))
    expect(all.map(({ status }) => status)).toEqual(Array<number>(6).fill(201))
    expect(new Set(all.map(({ body }) => body.verification_code)).size).toBe(1)
    expect(all.filter(({ body }) => !body.is_replay)).toHaveLength(1)
    expect((await exam.upload(code, randomBytes(5000), { key: 'the-same-key' })).body.code).toBe('idempotency_key_reused')
    expect((await server.call(null, api.getHandIn, { params: { code } })).uploads_used).toBe(1)
  })

  test.each([
    ['no part `file`', { field: 'other' }, 400, 'no_file'],
    ['another type', { filename: 'a.exe' }, 422, 'file_type_not_allowed'],
    ['no ending', { filename: 'a' }, 422, 'file_type_not_allowed'],
  ])('%s: %j', async (_, more, status, code) => {
    const exam = await examining(server).exam({ allowed_types: ['pdf'] })
    const answer = await exam.upload((await exam.candidate()).code, Buffer.from('x'), more)
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  test('before it opens and after it closes nothing is read', async () => {
    const soon = await examining(server).exam({ opens_at: new Date(Date.now() + 60_000).toISOString() })
    expect((await soon.upload((await soon.candidate()).code, Buffer.from('x'))).body.code).toBe('not_open_yet')
    const over = await examining(server).exam({ closes_at: new Date(Date.now() - 60_000).toISOString() })
    expect((await over.upload((await over.candidate()).code, Buffer.from('x'))).body.code).toBe('closed')
  })

  test('names with tricks are kept as names', async () => {
    const exam = await examining(server).exam()
    const { code } = await exam.candidate()
    for (const filename of ['../../etc/passwd', '..\\..\\a.pdf', '<img src=x>.html', '\u202efdp.exe', 'a'.repeat(3000)]) {
      await server.call(exam.examiner, api.updateExam, { params: { exam_id: exam.id }, body: { max_uploads: 100 } })
      const answer = await exam.upload(code, Buffer.from('x'), { filename })
      expect(answer.status, filename).toBe(201)
      const address = await server.call(null, api.getDownloadAddress, { params: { verification_code: answer.body.verification_code } })
      const got = await server.send(null, 'GET', address.download_url.replace('http://gradus.test', ''))
      expect(got.headers['content-disposition']).toMatch(/^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[\x21-\x7e]*$/)
      expect(got.headers['content-security-policy']).toContain('sandbox')
    }
  })
})

describe('hash first', () => {
  const past = async (exam: Awaited<ReturnType<ReturnType<typeof examining>['exam']>>) =>
    server.call(exam.examiner, api.updateExam, { params: { exam_id: exam.id }, body: { closes_at: new Date(Date.now() - 1).toISOString() } })

  test('a promise in time, its bytes after the closing', async () => {
    const exam = await examining(server).exam()
    const { code } = await exam.candidate()
    const bytes = randomBytes(50_000)
    const body = { sha256: sha(bytes), size_bytes: bytes.length, filename: 'late.pdf' }
    const promise = await server.call(null, api.promiseFile, { params: { code }, body })
    expect(promise).toMatchObject({ state: 'promised', uploads_left: 5, is_replay: false })
    const again = await server.call(null, api.promiseFile, { params: { code }, body })
    expect(again).toMatchObject({ verification_code: promise.verification_code, is_replay: true })
    await past(exam)
    const wrong = await exam.upload(code, randomBytes(50_000))
    expect([wrong.status, wrong.body.code]).toEqual([422, 'promise_not_kept'])
    const kept = await exam.upload(code, bytes, { filename: 'late.pdf' })
    expect(kept.status, JSON.stringify(kept.body)).toBe(201)
    expect(kept.body).toMatchObject({
      verification_code: promise.verification_code,
      state: 'kept',
      handed_in_at: promise.handed_in_at,
      uploads_left: 4,
    })
    expect((await exam.upload(code, bytes)).body.code).toBe('closed')
    expect(await server.call(exam.examiner, api.verifyLog, { params: { exam_id: exam.id } })).toMatchObject({ is_intact: true, entry_count: 3 })
  })

  test('after the closing nothing is promised', async () => {
    const exam = await examining(server).exam()
    const { code } = await exam.candidate()
    await past(exam)
    const answer = await server.send(null, 'POST', `/api/hand-in/${code}/promise`, { sha256: sha(Buffer.from('a')), size_bytes: 1, filename: 'a' })
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'closed'])
  })

  test('where uploads have no limit, open promises still have one', async () => {
    const exam = await examining(server).exam({ max_uploads: null })
    const { code } = await exam.candidate()
    const promise = (text: string) =>
      server.send(null, 'POST', `/api/hand-in/${code}/promise`, { sha256: sha(Buffer.from(text)), size_bytes: 1, filename: 'x.pdf' })
    for (let n = 0; n < 20; n++) expect((await promise(`${n}`)).statusCode).toBe(201)
    expect((await promise('one more')).json().code).toBe('uploads_exhausted')
    expect((await exam.upload(code, Buffer.from('a file'))).status).toBe(201)
  })

  test('files and open promises together do not exceed the uploads', async () => {
    const exam = await examining(server).exam({ max_uploads: 2 })
    const { code } = await exam.candidate()
    const promise = (i: number) =>
      server.send(null, 'POST', `/api/hand-in/${code}/promise`, { sha256: sha(Buffer.from(String(i))), size_bytes: 1, filename: 'a' })
    const all = await Promise.all([1, 2, 3, 4, 5, 6].map(promise))
    expect(all.map(({ statusCode }) => statusCode).sort()).toEqual([201, 201, 422, 422, 422, 422])
  })
})

describe('wrong codes', () => {
  test('twenty quick ones are too many, and the right ones of 200 others from there pass', async () => {
    const exam = await examining(server).exam()
    const people = await Promise.all(Array.from({ length: 20 }, () => exam.candidate()))
    const look = (code: string) => server.app.inject({ url: `/api/hand-in/${code}`, remoteAddress: '203.0.113.9' })
    const wrong = []
    for (let i = 0; i < 25; i++) wrong.push((await look(`WRONGCODE${'ABCDEFGHJKLMNPQRSTUVWXYZ'[i % 24]}`)).statusCode)
    expect(wrong).toEqual([...Array<number>(20).fill(404), ...Array<number>(5).fill(429)])
    for (let i = 0; i < 200; i++) expect((await look(people[i % 20]!.code)).statusCode).toBe(200)
  })
})
