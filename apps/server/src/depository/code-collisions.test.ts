import { randomBytes } from 'node:crypto'
import * as api from '@gradus/contract/exams'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { examining } from '../../test/examining.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'

/** What is drawn next, in place of chance, as long as there is any. */
const drawn = vi.hoisted(() => ({ upload: [] as string[], receipt: [] as string[] }))
vi.mock(import('./codes.ts'), async (original) => {
  const real = await original()
  return {
    ...real,
    drawUploadCode: () => drawn.upload.shift() ?? real.drawUploadCode(),
    drawVerificationCode: (form) => drawn.receipt.shift() ?? real.drawVerificationCode(form),
  }
})

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())
beforeEach(() => {
  drawn.upload = []
  drawn.receipt = []
})

test('an upload code that somebody has, or had, is drawn again and never an error (R4)', async () => {
  const exam = await examining(server).exam()
  drawn.upload = ['AAAAAAAAAA']
  const first = await exam.candidate()
  expect(first.code).toBe('AAAAAAAAAA')
  drawn.upload = ['AAAAAAAAAA', 'AAAAAAAAAA', 'BBBBBBBBBB']
  expect((await exam.candidate()).code).toBe('BBBBBBBBBB')
  // A revoked one stays its candidate's for ever.
  drawn.upload = ['CCCCCCCCCC']
  await server.call(exam.examiner, api.reissueCode, { params: { candidate_id: first.id }, body: { reason: 'Lost' } })
  // One drawn twice within an import, and one that is taken.
  drawn.upload = ['DDDDDDDDDD', 'DDDDDDDDDD', 'AAAAAAAAAA', 'EEEEEEEEEE', 'FFFFFFFFFF']
  const csv = 'nickname,first_name,last_name\na,A,A\nb,B,B\nc,C,C'
  const { candidates } = await server.call(exam.examiner, api.importCandidates, { params: { exam_id: exam.id }, body: { csv, is_dry_run: false } })
  expect(candidates.map((one) => one.upload_code)).toEqual(['DDDDDDDDDD', 'EEEEEEEEEE', 'FFFFFFFFFF'])
  expect(drawn.upload).toEqual([])
})

test('so is a verification code, and the log has no gap', async () => {
  const exam = await examining(server).exam()
  const { code } = await exam.candidate()
  drawn.receipt = ['aaaaaaaaa', 'aaaaaaaaa', 'aaaaaaaaa', 'bbbbbbbbb']
  expect((await exam.upload(code, randomBytes(5))).body.verification_code).toBe('aaaaaaaaa')
  expect((await exam.upload(code, randomBytes(5))).body.verification_code).toBe('bbbbbbbbb')
  expect(await server.call(exam.examiner, api.verifyLog, { params: { exam_id: exam.id } })).toMatchObject({ is_intact: true, entry_count: 3 })
})
