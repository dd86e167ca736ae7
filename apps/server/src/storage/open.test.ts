import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { s3Environment } from '../../test/blobs-child.ts'
import { temporaryFolder } from '../../test/process.ts'
import { hasS3Server, type S3Server, startS3Server } from '../../test/s3-server.ts'
import { ConfigError, childEnvironment, readConfig } from '../config.ts'
import { openBlobs } from './open.ts'

const secret = 'a-secret-nobody-may-see'
const s3 = { S3_BUCKET: 'files', S3_REGION: 'eu-central-1', S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: secret }

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

describe('the configuration of the store', () => {
  test('is a folder beside the database where nothing is said', () => {
    expect(readConfig({ GRADUS_DATA: '/data' })).toMatchObject({ blobs_dir: '/data/blobs', s3: undefined, allows_any_region: false })
    expect(readConfig({ GRADUS_DATA: '/data', GRADUS_BLOBS: '/files' }).blobs_dir).toBe('/files')
  })

  test('is a bucket where one is named; path style goes with an endpoint', () => {
    const read = { bucket: 'files', region: 'eu-central-1', access_key_id: 'id', secret_access_key: secret }
    expect(readConfig(s3).s3).toStrictEqual({ ...read, endpoint: undefined, is_path_style: false })
    const at = { S3_ENDPOINT: 'https://s3.example.org/' }
    expect(readConfig({ ...s3, ...at }).s3).toStrictEqual({ ...read, endpoint: 'https://s3.example.org', is_path_style: true })
    expect(readConfig({ ...s3, ...at, S3_FORCE_PATH_STYLE: 'off' }).s3!.is_path_style).toBe(false)
  })

  test('half a bucket is refused, whichever half', () => {
    const names = Object.keys(s3) as (keyof typeof s3)[]
    for (let set = 1; set < 2 ** names.length - 1; set++) {
      const given = Object.fromEntries(names.filter((_, i) => set & (1 << i)).map((name) => [name, s3[name]]))
      const missing = names.filter((name) => given[name] === undefined).join(', ')
      expect(() => readConfig(given)).toThrow(`A bucket needs ${missing} too: set all of S3_… or none.`)
    }
    for (const alone of [{ S3_ENDPOINT: 'https://s3.example.org' }, { S3_FORCE_PATH_STYLE: 'on' }])
      expect(() => readConfig(alone)).toThrow(ConfigError)
  })

  test.each([
    ['S3_ENDPOINT', 'files.test'],
    ['S3_ENDPOINT', 'ftp://files.test'],
    ['S3_BUCKET', 'My Files'],
    ['S3_BUCKET', '../x'],
    ['S3_REGION', 'eu central'],
    ['S3_FORCE_PATH_STYLE', 'yes'],
    ['GRADUS_ALLOW_ANY_REGION', 'yes'],
  ])('%s=%s is refused in one sentence without the value', (name, value) => {
    const read = (): unknown => readConfig({ ...s3, [name]: value })
    expect(read).toThrow(ConfigError)
    expect(read).toThrow(new RegExp(`^${name} must be [^\n]*\\.$`))
    expect(read).not.toThrow(value)
  })

  test('no child process sees the keys', () => {
    for (const [name, value] of Object.entries(s3)) vi.stubEnv(name, value)
    const given = childEnvironment({ TOLD: 'x' })
    vi.unstubAllEnvs()
    expect(given).toMatchObject({ TOLD: 'x', S3_BUCKET: 'files' })
    expect(given).not.toHaveProperty('S3_ACCESS_KEY_ID')
    expect(given).not.toHaveProperty('S3_SECRET_ACCESS_KEY')
  })
})

describe('a folder', () => {
  test('is made, closed to others even if it was open, and left empty by its proof', async () => {
    const path = join(folder.path, 'a', 'blobs')
    mkdirSync(path, { recursive: true, mode: 0o755 })
    await (await openBlobs(readConfig({ GRADUS_BLOBS: path }))).close()
    expect(statSync(path).mode & 0o777).toBe(0o700)
    expect(readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())).toEqual([])
  })

  test('that cannot be is one sentence', async () => {
    writeFileSync(join(folder.path, 'file'), '')
    const opening = openBlobs(readConfig({ GRADUS_BLOBS: join(folder.path, 'file', 'blobs') }))
    await expect(opening).rejects.toThrow(ConfigError)
    await expect(opening).rejects.toThrow(
      /^The folder for files, \S+, cannot be used \(ENOTDIR\)\. Set GRADUS_BLOBS to a folder this account may write to\.$/,
    )
  })
})

test.each([
  { S3_REGION: 'us-east-1' },
  { S3_REGION: 'auto', S3_ENDPOINT: 'https://0123.r2.cloudflarestorage.com' },
  { S3_REGION: 'garage', S3_ENDPOINT: 'http://127.0.0.1:1' },
])('a bucket in %o stops the start before anything is sent', async (where) => {
  const opening = openBlobs(readConfig({ ...s3, ...where }))
  await expect(opening).rejects.toThrow(ConfigError)
  await expect(opening).rejects.toThrow(
    `The bucket's region, ${where.S3_REGION}, is not known to lie in the EU. Use one that does, or set GRADUS_ALLOW_ANY_REGION=on.`,
  )
})

test.each([
  ['says so', 'off', { S3_REGION: 'eu-central-1' }],
  ['where any region may be', 'on', { S3_REGION: 'garage' }],
])('a bucket that does not answer: %s', async (_, GRADUS_ALLOW_ANY_REGION, where) => {
  const opening = openBlobs(readConfig({ ...s3, ...where, GRADUS_ALLOW_ANY_REGION, S3_ENDPOINT: 'http://127.0.0.1:1' }))
  await expect(opening).rejects.toThrow(/^The bucket does not answer as it should \(ECONNREFUSED\)\. Check S3_ENDPOINT/)
})

describe.skipIf(!hasS3Server())('a bucket that answers', () => {
  let server: S3Server
  let env: Record<string, string>
  beforeAll(async () => {
    server = await startS3Server()
    env = s3Environment(server.config)
  })
  afterAll(() => server.stop())

  test('is opened, and left empty by its proof', async () => {
    const blobs = await openBlobs(readConfig(env))
    for await (const page of blobs.list({ older_than_seconds: -5 })) expect(page).toEqual([])
    await blobs.close()
  })

  test.each([
    ['a wrong secret', { S3_SECRET_ACCESS_KEY: secret }, /^The bucket refuses S3_ACCESS_KEY_ID with S3_SECRET_ACCESS_KEY/],
    ['an unknown key', { S3_ACCESS_KEY_ID: 'test:other' }, /^The bucket refuses S3_ACCESS_KEY_ID with S3_SECRET_ACCESS_KEY/],
    ['a bucket that is not there', { S3_BUCKET: 'not-there' }, /^There is no bucket S3_BUCKET at this address\./],
    ['another region than the store is in', { S3_REGION: 'eu-other-1' }, /^The bucket is in another region than S3_REGION says/],
  ])('is refused with %s, in a sentence without secrets', async (_, change, sentence) => {
    const error = (await openBlobs(readConfig({ ...env, ...change })).catch((refusal: unknown) => refusal)) as Error
    expect(error).toBeInstanceOf(ConfigError)
    expect(error.message).toMatch(sentence)
    expect(error.message).not.toMatch(/a-secret|test:other|not-there/)
  })
})
