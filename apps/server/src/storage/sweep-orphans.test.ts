import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examining } from '../../test/examining.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { blobHolders } from '../background.ts'
import { sweepOrphans } from './sweep-orphans.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

test('what no row refers to goes, what one does stays', async () => {
  const exam = await examining(server).exam()
  const { code } = await exam.candidate()
  const { body } = await exam.upload(code, randomBytes(1000))
  async function* some() {
    yield randomBytes(10)
  }
  const orphans = [await server.blobs.put(some(), { max_bytes: 10 }), await server.blobs.put(some(), { max_bytes: 10 })]
  expect(await sweepOrphans(server.blobs, blobHolders(server.db))).toBe(0)
  expect(await sweepOrphans(server.blobs, blobHolders(server.db), -60)).toBe(orphans.length)
  const address = await server.send(null, 'GET', `/api/receipts/${body.verification_code}/download`)
  expect((await server.send(null, 'GET', address.json().download_url.replace('http://gradus.test', ''))).statusCode).toBe(200)
})

test('every table that holds keys is asked', async () => {
  const { rows } = await server.pool.query<{ table_name: string }>(
    `select table_name from information_schema.columns where table_schema = 'public' and column_name = 'object_key' order by 1`,
  )
  // A new one needs a holder in background.ts, or the sweeper takes its bytes for orphans.
  expect(rows.map((row) => row.table_name)).toEqual(['lms_files', 'submission_files'])
  expect(blobHolders(server.db)).toHaveLength(2)
})
