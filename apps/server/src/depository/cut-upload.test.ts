import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examining, multipart, multipartType } from '../../test/examining.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

/** Without a listener for the cut part's own error the whole process ends here: anybody with a code could do it. */
test.each([
  ['in the file', (whole: Buffer) => whole.subarray(0, 250)],
  ['in the headers of its part', (whole: Buffer) => whole.subarray(0, 60)],
  ['before its end', (whole: Buffer) => whole.subarray(0, whole.length - 4)],
  ['at once', () => Buffer.from('--')],
  ['never begun', () => Buffer.from('no multipart at all')],
])('a body that is cut %s is refused; nothing is kept and no upload is used', async (_, cut) => {
  const exam = await examining(server).exam()
  const { code } = await exam.candidate()
  const before = await exam.blobs()
  const headers = { 'content-type': multipartType, 'idempotency-key': randomBytes(8).toString('hex') }
  const payload = cut(multipart(randomBytes(500)))
  const answer = await server.app.inject({ method: 'POST', url: `/api/hand-in/${code}/files`, headers, payload })
  expect([answer.statusCode, answer.json().code]).toEqual([400, 'no_file'])
  expect(await exam.blobs()).toBe(before)
  expect((await server.send(null, 'GET', `/api/hand-in/${code}`)).json()).toMatchObject({ uploads_used: 0 })
})
