import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import * as api from '@gradus/contract/exams'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examining, multipart, multipartType } from '../../test/examining.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
let base_url: string
beforeAll(async () => {
  server = await openTestServer()
  base_url = await server.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => server.close())

type AnExam = Awaited<ReturnType<ReturnType<typeof examining>['exam']>>
const remove = ({ id, examiner }: AnExam, candidate_ids: string[], reason = 'Wrong list') =>
  server.send(examiner, 'POST', `/api/exams/${id}/candidates/remove`, { candidate_ids, reason })
const nicknames = async ({ id, examiner }: AnExam): Promise<string[]> =>
  (await server.call(examiner, api.listCandidates, { params: { exam_id: id } })).candidates.map((one) => one.nickname)

test('wrong entries go with their codes, which may be imported again, and the audit log says who and why', async () => {
  const exam = await examining(server).exam()
  const params = { exam_id: exam.id }
  const csv = 'nickname,first_name,last_name,email,upload_code\na,A,A,a@example.org,AAAA2222\nb,B,B,b@example.org,BBBB2222\nc,C,C,,'
  const { candidates } = await server.call(exam.examiner, api.importCandidates, { params, body: { csv, is_dry_run: false } })
  const [a, b] = candidates.map((one) => one.id!) as [string, string]
  await server.call(exam.examiner, api.reissueCode, { params: { candidate_id: b }, body: { reason: 'Lost' } })
  expect((await remove(exam, [a, b, a])).json()).toEqual({ removed_count: 2 })
  expect(await nicknames(exam)).toEqual(['c'])
  for (const code of ['AAAA2222', 'BBBB2222']) expect((await exam.upload(code, Buffer.from('x'))).status).toBe(404)
  expect((await server.send(exam.examiner, 'GET', `/api/candidates/${a}`)).statusCode).toBe(404)
  expect(await server.db.selectFrom('principals').select('id').where('id', 'in', [a, b]).execute()).toEqual([])
  const events = await server.db.selectFrom('audit_events').select(['action', 'before', 'reason']).where('object_id', '=', exam.id).execute()
  expect(events).toContainEqual({ action: 'candidates.removed', before: { nicknames: ['a', 'b'] }, reason: 'Wrong list' })
  const again = await server.call(exam.examiner, api.importCandidates, { params, body: { csv: csv.replace('\nc,C,C,,', ''), is_dry_run: false } })
  expect(again).toMatchObject({ is_committed: true, row_count: 2 })
  expect((await exam.upload('AAAA2222', Buffer.from('x'))).status).toBe(201)
})

test('who has handed in or promised a file stays, and so do all who were named beside them', async () => {
  const exam = await examining(server).exam()
  const [wrote, promised, idle] = [await exam.candidate('wrote'), await exam.candidate('promised'), await exam.candidate('idle')]
  await exam.upload(wrote.code, randomBytes(10))
  const body = { sha256: createHash('sha256').update('x').digest('hex'), size_bytes: 1, filename: 'x.pdf' }
  await server.call(null, api.promiseFile, { params: { code: promised.code }, body })
  const { candidates } = await server.call(exam.examiner, api.listCandidates, { params: { exam_id: exam.id } })
  expect(candidates.map((one) => [one.nickname, one.is_removable])).toEqual([
    ['idle', true],
    ['promised', false],
    ['wrote', false],
  ])
  const refused = await remove(exam, [idle.id, promised.id, wrote.id])
  expect(refused.statusCode).toBe(409)
  expect(refused.json()).toMatchObject({
    code: 'candidates_have_receipts',
    details: { candidate_count: 2, nicknames: ['promised', 'wrote'] },
  })
  expect(await nicknames(exam)).toHaveLength(3)
  expect((await exam.upload(idle.code, randomBytes(10))).status).toBe(201)
})

test('candidates of another exam, or none at all, are not found, and nobody goes', async () => {
  const [one, two] = [await examining(server).exam(), await examining(server).exam()]
  const [mine, theirs] = [await one.candidate(), await two.candidate()]
  expect((await remove(one, [mine.id, theirs.id])).statusCode).toBe(404)
  expect((await remove(one, [mine.id, '00000000-0000-4000-8000-000000000000'])).statusCode).toBe(404)
  expect((await remove(one, [])).statusCode).toBe(400)
  expect((await remove(one, [mine.id], '')).statusCode).toBe(400)
  expect([await nicknames(one), await nicknames(two)]).toEqual([[mine.nickname], [theirs.nickname]])
})

test('a file that was on its way when its candidate went finds the code unknown, and its bytes go', async () => {
  const exam = await examining(server).exam()
  const { id, code } = await exam.candidate()
  const body = multipart(randomBytes(200_000))
  const headers = { 'content-type': multipartType, 'idempotency-key': 'on-its-way', 'content-length': body.length }
  const outgoing = request(`${base_url}/api/hand-in/${code}/files`, { method: 'POST', headers })
  const answered = once(outgoing, 'response')
  const [kept, unused] = [await exam.blobs(), (await exam.unused()).length]
  await new Promise((sent) => outgoing.write(body.subarray(0, 100_000), sent))
  // Its head has been read once its bytes are in the store.
  await expect.poll(() => exam.blobs()).toBeGreaterThan(kept)
  expect((await remove(exam, [id])).statusCode).toBe(200)
  outgoing.end(body.subarray(100_000))
  const [reply] = (await answered) as [import('node:http').IncomingMessage]
  expect([reply.statusCode, JSON.parse((await buffer(reply)).toString()).code]).toEqual([404, 'hand_in_code_unknown'])
  expect(await exam.unused()).toHaveLength(unused + 1)
})

test('of a file and a removal at the same instant one wins whole', async () => {
  const exam = await examining(server).exam()
  const seen = new Set<string>()
  for (let n = 0; n < 60; n++) {
    const { id, code } = await exam.candidate()
    // Sometimes the file is a little ahead, sometimes the removal.
    const removing = new Promise((resolve) => setTimeout(resolve, n % 12)).then(() => remove(exam, [id]))
    const [{ status }, removed] = await Promise.all([exam.upload(code, randomBytes(1_000)), removing])
    seen.add(`${status} ${removed.statusCode}`)
  }
  expect([...seen].filter((one) => one !== '201 409' && one !== '404 200')).toEqual([])
  expect(await server.db.selectFrom('error_events').select('detail').execute()).toEqual([])
})
