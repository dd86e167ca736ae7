import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examining } from '../../test/examining.ts'
import { temporaryFolder } from '../../test/process.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { ConfigError } from '../config.ts'
import { BlobRefused, type Blobs, StorageUnavailable } from './blobs.ts'
import { openLocalBlobs } from './local.ts'
import { proveScanner, scanned } from './scan.ts'

/** The text every scanner knows (EICAR), in two halves so that none takes this file for it. */
const eicar = Buffer.from(['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('-'))

const folder = temporaryFolder()
let blobs: Blobs
let scanner: string[]
beforeAll(async () => {
  blobs = await openLocalBlobs(join(folder.path, 'blobs'))
  // Speaks as clamdscan does.
  const program = join(folder.path, 'scanner.mjs')
  writeFileSync(
    program,
    `let read = ''
    for await (const chunk of process.stdin.setEncoding('latin1')) read += chunk
    process.exit(read.includes('EICAR') ? 1 : read.includes('confuse me') ? 2 : 0)`,
  )
  scanner = [process.execPath, program]
})
afterAll(() => folder.remove())

const count = async (): Promise<number> => {
  let found = 0
  for await (const page of blobs.list({ older_than_seconds: -60 })) found += page.length
  return found
}
async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
const put = (of: Blobs, bytes: Buffer) => of.put(once(bytes), { max_bytes: 5_000_000 })

describe('a scanner', () => {
  test('lets what is clean pass, byte for byte, ten at once', async () => {
    const before = await count()
    const all = await Promise.all(Array.from({ length: 10 }, () => put(scanned(blobs, scanner), randomBytes(2_000_000))))
    expect(new Set(all.map(({ key }) => key)).size).toBe(10)
    expect(await count()).toBe(before + 10)
  })

  test('refuses EICAR, and nothing of it is left; without a scanner it is a file like others', async () => {
    const before = await count()
    await expect(put(scanned(blobs, scanner), Buffer.concat([randomBytes(500_000), eicar]))).rejects.toThrow(BlobRefused)
    expect(await count()).toBe(before)
    await put(blobs, eicar)
    expect(await count()).toBe(before + 1)
  })

  test.each([
    ['does not know', () => scanner, Buffer.from('confuse me')],
    ['is not there', () => ['/nowhere/scan'], Buffer.from('x')],
    ['is killed', () => ['/bin/sh', '-c', 'kill -9 $$'], randomBytes(1_000_000)],
  ])('that %s keeps nothing', async (_, command, bytes) => {
    const before = await count()
    await expect(put(scanned(blobs, command()), bytes)).rejects.toThrow(StorageUnavailable)
    expect(await count()).toBe(before)
  })

  test('that has seen enough need not read to the end', async () => {
    await expect(put(scanned(blobs, ['/bin/sh', '-c', 'exit 1']), randomBytes(4_000_000))).rejects.toThrow(BlobRefused)
  })

  test('that cannot work stops the start with a sentence', async () => {
    await expect(proveScanner(scanner)).resolves.toBeUndefined()
    for (const command of [['/nowhere/scan'], ['/bin/sh', '-c', 'exit 1'], ['/bin/sh', '-c', 'exit 2']]) {
      await expect(proveScanner(command)).rejects.toThrow(ConfigError)
    }
  })
})

describe('a candidate whose file the scanner refuses', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await openTestServer({ GRADUS_SCAN_COMMAND: scanner.join(' ') })
  })
  afterAll(() => server.close())

  test('is told, has lost no upload, and hands in another', async () => {
    const exam = await examining(server).exam()
    const { code } = await exam.candidate()
    const refused = await exam.upload(code, eicar)
    expect([refused.status, refused.body]).toMatchObject([422, { code: 'file_refused' }])
    expect(await exam.blobs()).toBe(0)
    const taken = await exam.upload(code, Buffer.from('clean'))
    expect([taken.status, taken.body.uploads_left]).toEqual([201, 4])
  })
})
