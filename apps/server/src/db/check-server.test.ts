import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { temporaryFolder } from '../../test/process.ts'
import { checkServer, refusalOf } from './check-server.ts'
import { openEmbedded } from './embedded.ts'
import { chooseRunAs, findBinaries, launch } from './embedded-binaries.ts'

describe('the check of a PostgreSQL server', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(1)
  })
  afterAll(() => database.close())
  const at = (path: string): string => {
    const url = new URL(database.url)
    url.pathname = path
    return url.href
  }

  test('takes the durable server that the suite runs on', async () => {
    await expect(checkServer(database.url)).resolves.toBeUndefined()
  })

  test('refuses a database in which commits are not waited for', async () => {
    const { current } = (await database.pool.query<{ current: string }>('select quote_ident(current_database()) as current')).rows[0]!
    await database.pool.query(`alter database ${current} set synchronous_commit = off`)
    await expect(checkServer(database.url)).rejects.toThrow(
      'runs with synchronous_commit off, so it can lose work that was acknowledged. Switch it on.',
    )
    await database.pool.query(`alter database ${current} reset synchronous_commit`)
  })

  test('refuses a server without fsync and full_page_writes', async () => {
    const folder = temporaryFolder()
    const quiet = { info() {}, warn() {} }
    await (await openEmbedded({ data_dir: folder.path, log: quiet, onGone() {} })).stop()
    const binaries = findBinaries()
    const unsafe = ['fsync=off', 'full_page_writes=off', 'listen_addresses=', `unix_socket_directories=${folder.path}/run`]
    const child = launch(
      chooseRunAs(binaries),
      binaries.postgres,
      ['-D', `${folder.path}/postgres`, ...unsafe.flatMap((s) => ['-c', s])],
      ['ignore', 'ignore', 'ignore'],
    )
    const url = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(`${folder.path}/run`)}`
    try {
      for (let isUp = false; !isUp; await sleep(50)) {
        const client = new pg.Client({ connectionString: url })
        isUp = await client.connect().then(
          () => true,
          () => false,
        )
        await client.end().catch(() => {})
      }
      await expect(checkServer(url)).rejects.toThrow(
        'runs with fsync and full_page_writes off, so it can lose work that was acknowledged. Switch them on.',
      )
    } finally {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGINT')
      await gone
      folder.remove()
    }
  })

  test('names a database that does not exist, without user or password', async () => {
    const url = new URL(at('/no_such_database'))
    url.password = 'geheim'
    await expect(checkServer(url.href)).rejects.toThrow(
      /\/no_such_database\) cannot be used: that database does not exist on it\. Start it, or correct the address\.$/,
    )
    await expect(checkServer(url.href)).rejects.not.toThrow(/geheim/)
  })

  test.each([
    [
      'postgres://u:geheim@127.0.0.1:1/x',
      'The PostgreSQL server of DATABASE_URL (127.0.0.1:1/x) cannot be used: nothing listens there. Start it, or correct the address.',
    ],
    ['postgres://u@nowhere.invalid/x', 'cannot be used: no machine has that name'],
  ])('says why %s cannot be reached', async (url, sentence) => {
    await expect(checkServer(url)).rejects.toThrow(sentence)
  })

  test('refuses versions before 15, and roles that may not create tables', () => {
    const fine = { version: 150_000, version_text: '15.0', may_create: true, off: [] }
    expect(refusalOf(fine)).toBeNull()
    expect(refusalOf({ ...fine, version: 140_011, version_text: '14.11' })).toBe(
      'DATABASE_URL names PostgreSQL 14.11, but Gradus needs version 15 or newer. Upgrade it or name another.',
    )
    expect(refusalOf({ ...fine, may_create: false })).toMatch(/may not create tables/)
  })
})
