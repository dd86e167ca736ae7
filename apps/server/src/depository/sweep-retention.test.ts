import { randomBytes } from 'node:crypto'
import * as api from '@gradus/contract/exams'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examining } from '../../test/examining.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { sweepRetention } from './sweep-retention.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const HOUR = 3_600_000
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR).toISOString()

test('bytes go 72 hours after their upload and not before; the row and its receipt stay', async () => {
  const exam = await examining(server).exam()
  const { code } = await exam.candidate()
  const { body: receipt } = await exam.upload(code, randomBytes(1000))
  expect(Date.parse(receipt.deletes_at!) - Date.parse(receipt.handed_in_at)).toBe(72 * HOUR)
  expect(await sweepRetention(server.db, inHours(47))).toEqual({ deleted: 0, warned: 0 })
  expect(await sweepRetention(server.db, inHours(49))).toEqual({ deleted: 0, warned: 1 })
  expect(await sweepRetention(server.db, inHours(50))).toEqual({ deleted: 0, warned: 0 })
  const warned = await server.call(exam.examiner, api.getExam, { params: { exam_id: exam.id } })
  expect(warned.deletion).toMatchObject({ next_at: receipt.deletes_at, warned_at: expect.any(String) })
  expect(await sweepRetention(server.db, inHours(71.9))).toEqual({ deleted: 0, warned: 0 })
  expect(await sweepRetention(server.db, inHours(72.1))).toEqual({ deleted: 1, warned: 0 })
  expect(await sweepRetention(server.db, inHours(73))).toEqual({ deleted: 0, warned: 0 })
  const gone = await server.send(null, 'GET', `/api/receipts/${receipt.verification_code}/download`)
  expect([gone.statusCode, gone.json().code]).toEqual([410, 'file_deleted'])
  expect(await server.call(null, api.getReceipt, { params: { verification_code: receipt.verification_code } })).toMatchObject({
    state: 'deleted',
    sha256: receipt.sha256,
    deletes_at: null,
  })
  const events = await server.db
    .selectFrom('audit_events')
    .select(['action', 'object_id'])
    .where('action', 'in', ['exam.deletion_ahead', 'submission_file.deleted'])
    .execute()
  expect(events).toHaveLength(2)
  expect(await exam.unused()).toHaveLength(1)
  expect(await server.call(exam.examiner, api.verifyLog, { params: { exam_id: exam.id } })).toMatchObject({ is_intact: true })
})

test('a legal hold keeps everything, superseded files too, until it is lifted', async () => {
  const exam = await examining(server).exam()
  const hold = (legal_hold_reason: string | null) =>
    server.call(exam.examiner, api.updateExam, { params: { exam_id: exam.id }, body: { legal_hold_reason } })
  await hold('Appeal 17')
  const { code } = await exam.candidate()
  const first = (await exam.upload(code, randomBytes(10))).body
  await exam.upload(code, randomBytes(10))
  const address = await server.send(null, 'GET', `/api/receipts/${first.verification_code}/download`)
  expect(address.json().code).toBe('file_superseded')
  expect(await sweepRetention(server.db, inHours(1000))).toEqual({ deleted: 0, warned: 0 })
  expect((await hold(null)).legal_hold_reason).toBeNull()
  expect(await sweepRetention(server.db, inHours(1))).toEqual({ deleted: 1, warned: 0 })
  expect(await sweepRetention(server.db, inHours(1000))).toEqual({ deleted: 1, warned: 1 })
})
