import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Product, startProduct } from '../product.ts'
import { OldClient, raw } from './client-of-old.ts'

/** The routes of the original depository, as a client written for it knows them: bodies, codes and texts of requirements 2.1. */
let product: Product
let examiner: OldClient
let student: OldClient
beforeAll(async () => {
  product = await startProduct({ GRADUS_DEMO: 'off', GRADUS_WORKERS: '0', GRADUS_DEMO_TOKEN: 'on' })
  student = new OldClient(product.base_url)
  const { body } = await student.ask('GET', '/auth/token')
  examiner = new OldClient(product.base_url, body.token as string)
}, 240_000)
afterAll(() => product?.stop())

const MAX_BYTES = 3 * 1024 * 1024
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex')

describe('anybody', () => {
  test('hears that it is there', async () => {
    const { status, body, headers } = await student.ask('GET', '/', undefined, { accept: '*/*' })
    expect([status, body]).toEqual([200, 'pong'])
    expect(headers.get('content-type')).toMatch(/^text\/plain/)
  })

  test.each(['/students', '/strudents', '/students/x'])('%s needs a key', async (path) => {
    expect((await student.ask('GET', path)).status).toBe(401)
    const wrong = await new OldClient(product.base_url, 'wrong').ask('GET', path)
    expect([wrong.status, wrong.body]).toEqual([401, { detail: 'Invalid authorization header' }])
  })

  test('creating a student needs a key', async () => {
    expect((await student.ask('POST', '/students', {})).status).toBe(401)
    expect((await student.ask('POST', '/student', {})).status).toBe(401)
  })
})

describe('an examiner', () => {
  test('creates a student and finds them again', async () => {
    const made = await examiner.student({ first_name: 'Zoë', last_name: 'Ünïcode 漢字' })
    expect(Object.keys(made).sort()).toEqual(
      ['id', 'nickname', 'first_name', 'last_name', 'email', 'upload_code', 'has_submission', 'last_submission', 'created_at'].sort(),
    )
    expect(made).toMatchObject({ first_name: 'Zoë', last_name: 'Ünïcode 漢字', has_submission: false, last_submission: null })
    const found = await examiner.ask('GET', `/students/${made.nickname}`)
    expect([found.status, found.body]).toEqual([200, made])
    expect((await examiner.ask('GET', '/students/nobody')).body).toEqual({ detail: 'Student not found' })
  })

  test.each([
    ['nickname', 'thirteen12345'],
    ['nickname', 'with space'],
    ['nickname', ''],
    ['first_name', 'a'.repeat(255)],
    ['email', 'no address'],
  ])('is told that %s %j is none', async (field, value) => {
    const body = { nickname: 'good1', first_name: 'A', last_name: 'B', email: 'good1@example.org', [field]: value }
    const answer = await examiner.ask('POST', '/students', body)
    expect(answer.status).toBe(422)
    expect(answer.body.detail).toBeInstanceOf(Array)
  })

  test('is told of duplicates', async () => {
    const { nickname } = await examiner.student()
    const twice = await examiner.ask('POST', '/student', { nickname, first_name: 'A', last_name: 'B', email: 'other@example.org' })
    expect([twice.status, twice.body.detail]).toEqual([422, expect.stringContaining('duplicate key')])
  })

  test('lists students with totals, under both names', async () => {
    const one = await examiner.student()
    const before = await examiner.ask('GET', '/students')
    await student.upload(one.upload_code, randomBytes(10))
    for (const path of ['/students', '/strudents']) {
      const { status, body } = await examiner.ask('GET', path)
      expect(status).toBe(200)
      expect(body.totals).toEqual({
        total_students: before.body.totals.total_students,
        total_submissions: before.body.totals.total_submissions + 1,
      })
      const line = body.students.find((each: { nickname: string }) => each.nickname === one.nickname)
      expect(line).toEqual({
        nickname: one.nickname,
        first_name: 'Ada',
        last_name: 'Lovelace',
        has_submission: true,
        last_submission: { created_at: expect.any(String), verification_code: expect.stringMatching(/^[a-z0-9]{9}$/) },
      })
    }
  })
})

describe('a student', () => {
  test('uploads five times, each with a code of its own; the sixth is too many', async () => {
    const { upload_code: code } = await examiner.student()
    const none = await student.ask('GET', `/submissions/${code}`)
    expect([none.status, none.body]).toEqual([200, { uploads_available: 5, has_submission: false, last_submission: null }])
    const codes: string[] = []
    for (let left = 4; left >= 0; left--) {
      const bytes = randomBytes(50_000)
      const { status, body } = await student.upload(code, bytes)
      expect([status, body]).toEqual([
        201,
        {
          uploads_available: left,
          has_submission: true,
          last_submission: {
            md5: md5(bytes),
            size_bytes: 50_000,
            verification_code: expect.stringMatching(/^[a-z0-9]{9}$/),
            created_at: expect.any(String),
          },
        },
      ])
      expect((await student.ask('GET', `/submissions/${code}`)).body).toEqual(body)
      expect((await student.download(body.last_submission.verification_code)).equals(bytes)).toBe(true)
      codes.push(body.last_submission.verification_code)
    }
    expect(new Set(codes).size).toBe(5)
    const sixth = await student.upload(code, randomBytes(10))
    expect([sixth.status, sixth.body]).toEqual([422, { detail: 'Submissions count limit exceeded' }])
    for (const old of codes.slice(0, 4)) expect((await student.ask('GET', `/verifications/${old}/download_url`)).status).toBe(410)
  })

  test('also when ten sixths race', async () => {
    const { upload_code: code } = await examiner.student()
    for (let i = 0; i < 5; i++) expect((await student.upload(code, randomBytes(10))).status).toBe(201)
    const all = await Promise.all(Array.from({ length: 10 }, () => student.upload(code, randomBytes(500_000))))
    expect(all.map(({ status }) => status)).toEqual(Array<number>(10).fill(422))
    expect((await student.ask('GET', `/submissions/${code}`)).body.uploads_available).toBe(0)
  })

  test('3,145,728 bytes are taken, one more is not', async () => {
    const { upload_code: code } = await examiner.student()
    expect((await student.upload(code, randomBytes(MAX_BYTES))).status).toBe(201)
    const more = await student.upload(code, randomBytes(MAX_BYTES + 1))
    expect([more.status, more.body]).toEqual([413, { detail: 'Upload size limit exceeded' }])
    expect((await student.ask('GET', `/submissions/${code}`)).body.uploads_available).toBe(4)
  })

  test('downloads by an address that lives ten minutes and never shows a page', async () => {
    const { upload_code: code } = await examiner.student()
    const { body } = await student.upload(code, Buffer.from('<script>alert(1)</script>'), '../../"evil\u202e.html')
    const address = await student.ask('GET', `/verifications/${body.last_submission.verification_code}/download_url`)
    expect(address.body).toEqual({ download_url: expect.any(String), expires_seconds: 600 })
    const got = await fetch(address.body.download_url as string)
    expect(got.headers.get('content-disposition')).toMatch(/^attachment/)
    expect(got.headers.get('content-type')).toBe('application/pdf')
    expect(got.headers.get('x-content-type-options')).toBe('nosniff')
    expect(got.headers.get('content-security-policy')).toContain('sandbox')
    const forged = (address.body.download_url as string).replace(/signature=./, 'signature=~')
    expect((await fetch(forged)).status).toBe(404)
  })

  test('with a code of nobody stores nothing', async () => {
    const answer = await student.upload('AAAAAAAA', Buffer.from('x'))
    expect([answer.status, answer.body]).toEqual([404, { detail: 'No student found with the provided upload_code' }])
    expect((await student.ask('GET', '/submissions/AAAAAAAA')).body).toEqual({ detail: 'Student not found' })
    expect((await student.ask('GET', '/verifications/aaaaaaaaa/download_url')).body).toEqual({ detail: 'Submission not found' })
  })
})

describe('bodies that no decent client sends', () => {
  const EDGE = 'edge'
  const part = (name: string, rest = `; filename="a.pdf"`): string => `--${EDGE}\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n\r\n`
  const head = (code: string, length: string): string =>
    `POST /submissions/${code} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=${EDGE}\r\n${length}\r\n\r\n`
  const chunked = (text: string | Buffer): Buffer[] => [Buffer.from(`${text.length.toString(16)}\r\n`), Buffer.from(text), Buffer.from('\r\n')]
  const left = async (code: string): Promise<number> => (await student.ask('GET', `/submissions/${code}`)).body.uploads_available as number

  test('too large, told by no length', async () => {
    const { upload_code: code } = await examiner.student()
    const parts = [
      head(code, 'Transfer-Encoding: chunked'),
      ...chunked(part('file')),
      ...Array.from({ length: 49 }, () => chunked(Buffer.alloc(65_536))).flat(),
    ]
    expect(await raw(product.base_url, [...parts, ...chunked(`\r\n--${EDGE}--\r\n`), '0\r\n\r\n'])).toBe(413)
    expect(await left(code)).toBe(5)
  })

  test('too large, and told to be small: what its length cuts off is no file', async () => {
    const { upload_code: code } = await examiner.student()
    const body = [part('file'), Buffer.alloc(MAX_BYTES + 1), `\r\n--${EDGE}--\r\n`]
    // What comes after the length is no request: refused by itself (400), which may overtake the refusal of the file, as may the connection's end.
    expect([422, 400, null]).toContain(await raw(product.base_url, [head(code, 'Content-Length: 1000'), ...body]))
    expect(await left(code)).toBe(5)
  })

  test('a connection that is cut leaves nothing', async () => {
    const { upload_code: code } = await examiner.student()
    const body = [part('file'), Buffer.alloc(200_000), Buffer.alloc(200_000)]
    expect(await raw(product.base_url, [head(code, 'Content-Length: 900000'), ...body, 'never sent'], { cut_after: 4 })).toBe(null)
    expect(await left(code)).toBe(5)
    expect((await student.upload(code, Buffer.from('whole'))).status).toBe(201)
  })

  test.each([
    ['no file', `${part('other', '')}x\r\n--${EDGE}--\r\n`],
    ['two files', `${part('file')}x\r\n${part('file')}y\r\n--${EDGE}--\r\n`],
    ['no end', `${part('file')}x`],
    ['nothing', ''],
    ['10,001 parts', `${`${part('a', '')}x\r\n`.repeat(10_001)}--${EDGE}--\r\n`],
    ['a header of 1 MB', `--${EDGE}\r\nContent-Disposition: form-data; name="file"; filename="${'a'.repeat(1_000_000)}"\r\n\r\nx\r\n--${EDGE}--\r\n`],
  ])('%s: refused, and nothing is kept', async (_, body) => {
    const { upload_code: code } = await examiner.student()
    expect(await raw(product.base_url, [head(code, `Content-Length: ${Buffer.byteLength(body)}`), body])).toBe(422)
    expect(await left(code)).toBe(5)
  })

  test('names with NUL and line breaks are names', async () => {
    const { upload_code: code } = await examiner.student()
    const body = `--${EDGE}\r\nContent-Disposition: form-data; name="file"; filename*=UTF-8''a%0d%0ab%00c.pdf\r\n\r\nx\r\n--${EDGE}--\r\n`
    expect(await raw(product.base_url, [head(code, `Content-Length: ${Buffer.byteLength(body)}`), body])).toBe(201)
  })
})

test('twenty quick wrong codes are too many from one place, and the right ones of a thousand from there pass', async () => {
  const people = await Promise.all(Array.from({ length: 50 }, () => examiner.student()))
  const wrong: number[] = []
  for (let i = 0; i < 40; i++) wrong.push((await student.ask('GET', `/submissions/WRONG${String(i).padStart(3, '0')}`)).status)
  expect(wrong.filter((status) => status === 429).length).toBeGreaterThanOrEqual(20)
  expect(new Set(wrong)).toEqual(new Set([404, 429]))
  const limited = await student.ask('GET', '/submissions/WRONGCODE')
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
  const statuses = await Promise.all(
    Array.from({ length: 1_000 }, async (_, i) => (await student.ask('GET', `/submissions/${people[i % 50]!.upload_code}`)).status),
  )
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect((await student.upload(people[0]!.upload_code, Buffer.from('x'))).status).toBe(201)
})
