import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually, runProcess, startServer, stopProcess, temporaryFolder } from '../../test/process.ts'
import { type EmbeddedPostgres, findEmbeddedUrl, openEmbedded } from './embedded.ts'
import { linkLibraries } from './embedded-binaries.ts'
import { findRunning, signal, supervisorOf, supervisorTag, worksOn } from './embedded-process.ts'

const isRoot = process.getuid?.() === 0
let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => {
  const left = findRunning(join(folder.path, 'postgres'))
  if (left !== null) signal(left.pid, 'SIGQUIT')
  folder.remove()
})

const open = (data_dir = folder.path): Promise<EmbeddedPostgres> =>
  openEmbedded({
    data_dir,
    log: { info() {}, warn() {} },
    onGone(error) {
      throw error
    },
  })

async function ask<T extends object>(url: string, statement: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<T>(statement)).rows
  } finally {
    await client.end()
  }
}

const postmasterPid = (): number => Number(readFileSync(join(folder.path, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])

describe('the embedded PostgreSQL', () => {
  test('is durable, listens on no port, and keeps its socket and data to itself', async () => {
    const postgres = await open()
    const settings = await ask<{ name: string; setting: string }>(
      postgres.url,
      `select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses', 'server_encoding') order by 1`,
    )
    expect(Object.fromEntries(settings.map((row) => [row.name, row.setting]))).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      listen_addresses: '',
      server_encoding: 'UTF8',
    })
    // No setting in the data folder can take the durability away.
    await ask(postgres.superuser_url, `alter system set fsync = 'off'`)
    await ask(postgres.superuser_url, 'select pg_reload_conf()')
    expect(await ask(postgres.url, 'show fsync')).toEqual([{ fsync: 'on' }])
    expect(await ask(postgres.url, 'select rolsuper as is_super from pg_roles where rolname = current_user')).toEqual([{ is_super: false }])
    for (const part of ['run', 'postgres']) expect(statSync(join(folder.path, part)).mode & 0o077).toBe(0)
    await postgres.stop()
    expect(existsSync(join(folder.path, 'postgres/postmaster.pid'))).toBe(false)
  })

  test('a deep data folder gets a private socket folder with a short address', async () => {
    const deep = join(folder.path, 'a'.repeat(60), 'b'.repeat(60))
    const postgres = await open(deep)
    const socket_dir = new URL(postgres.url).searchParams.get('host')!
    expect(socket_dir.length).toBeLessThan(90)
    expect(lstatSync(socket_dir).mode & 0o077).toBe(0)
    expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await postgres.stop()
    expect(existsSync(socket_dir)).toBe(false)
  })

  test('comes back after a crash with everything that was committed', async () => {
    const postgres = await open()
    await ask(postgres.url, 'create table kept (n int); insert into kept values (1)')
    const first = postgres.pid()
    process.kill(first, 'SIGKILL')
    await eventually(
      'a new server answers',
      async () =>
        postgres.pid() !== first &&
        (await ask(postgres.url, 'select 1').then(
          () => true,
          () => false,
        )),
    )
    expect(await ask(postgres.url, 'select n from kept')).toEqual([{ n: 1 }])
    await postgres.stop()
  })

  test('a pid file whose pid now belongs to another program does not stop a start', async () => {
    await (await open()).stop()
    writeFileSync(
      join(folder.path, 'postgres/postmaster.pid'),
      `${process.pid}\n${join(folder.path, 'postgres')}\n1\n5432\n${join(folder.path, 'run')}\n\n`,
    )
    const postgres = await open()
    expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await postgres.stop()
  })

  test('refuses a folder of another PostgreSQL version in one sentence', async () => {
    mkdirSync(join(folder.path, 'postgres'))
    writeFileSync(join(folder.path, 'postgres/PG_VERSION'), '17\n')
    await expect(open()).rejects.toThrow(/was made by PostgreSQL 17, and this Gradus brings 18/)
  })

  test('says where its log is when it cannot start', async () => {
    await (await open()).stop()
    writeFileSync(join(folder.path, 'postgres/postgresql.conf'), 'no_such_setting_here = 1\n')
    await expect(open()).rejects.toThrow(/did not start: .*postgres\.log\.$/)
  })

  test('re-creates the library links that a package without install scripts lacks', () => {
    const home = mkdtempSync(join(folder.path, 'package-'))
    mkdirSync(join(home, 'native/lib'), { recursive: true })
    mkdirSync(join(home, 'native/bin'))
    for (const program of ['postgres', 'initdb']) writeFileSync(join(home, 'native/bin', program), '')
    writeFileSync(join(home, 'native/lib/libpq.so.5.18'), 'library')
    writeFileSync(join(home, 'native/pg-symlinks.json'), JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]))
    linkLibraries(home)
    linkLibraries(home)
    expect(readlinkSync(join(home, 'native/lib/libpq.so.5'))).toBe('libpq.so.5.18')
    expect(readFileSync(join(home, 'native/lib/libpq.so.5'), 'utf8')).toBe('library')
    expect(statSync(join(home, 'native/bin/postgres')).mode & 0o111).toBe(0o111)
  })
})

test.each([
  [4711, 4711, 4711],
  [4711, 1, null],
  [1234, 1, null],
  [1, 1, 1],
  [4711, 47, null],
])('a server that names supervisor %i and has parent %i is watched over by %s', (named, parent_pid, supervisor) => {
  expect(supervisorOf({ parent_pid, command_line: `postgres -D /data -c ${supervisorTag(named)} -c fsync=on` })).toBe(supervisor)
})

describe('processes around the embedded PostgreSQL', () => {
  const env = () => ({ GRADUS_DATA: folder.path })

  test('after kill -9 of Gradus the database lives on; the next start stops it in order and has every row', async () => {
    const first = await startServer(env())
    const orphan = postmasterPid()
    await ask(findEmbeddedUrl(folder.path)!, 'create table kept (n int); insert into kept values (7)')
    first.child.kill('SIGKILL')
    await first.ended
    const data = join(folder.path, 'postgres')
    expect(worksOn(orphan, data)).toBe(true)
    const second = await startServer(env())
    expect(worksOn(orphan, data)).toBe(false)
    expect(second.stderr()).toContain(`stopping the PostgreSQL (process ${orphan}) that an earlier Gradus left behind`)
    expect(await ask(findEmbeddedUrl(folder.path)!, 'select n from kept')).toEqual([{ n: 7 }])
    const child = postmasterPid()
    await stopProcess(second)
    expect(worksOn(child, data)).toBe(false)
  })

  test('after kill -9 of Gradus and of PostgreSQL a start recovers', async () => {
    const first = await startServer(env())
    const postmaster = postmasterPid()
    await ask(findEmbeddedUrl(folder.path)!, 'create table kept (n int); insert into kept values (8)')
    first.child.kill('SIGKILL')
    process.kill(postmaster, 'SIGKILL')
    await first.ended
    const second = await startServer(env())
    expect(await ask(findEmbeddedUrl(folder.path)!, 'select n from kept')).toEqual([{ n: 8 }])
    await stopProcess(second)
  })

  test('a second start says which process uses the folder, and the first goes on', async () => {
    const first = await startServer(env())
    const second = runProcess('apps/server/src/main.ts', { ...env(), PORT: '0' })
    expect(await second.ended).toMatchObject({ code: 2 })
    expect(second.stderr()).toBe(
      `gradus: Gradus is running already: process ${first.pid} uses ${folder.path}. Stop that process first, or choose another folder with GRADUS_DATA.\n`,
    )
    expect((await fetch(`${first.address}/readyz`)).status).toBe(200)
    await stopProcess(first)
  })

  test('of two first starts at the same moment exactly one runs, and the other says so', async () => {
    const both = [1, 2].map(() => runProcess('apps/server/src/main.ts', { ...env(), PORT: '0' }))
    const loser = await Promise.race(both.map((one) => one.ended.then((end) => ({ one, end }))))
    expect(loser.end.code, loser.one.stderr()).toBe(2)
    expect(loser.one.stderr()).toMatch(/^gradus: Gradus is running already: process \d+ uses .*\n$/)
    const winner = both.find((one) => one !== loser.one)!
    await winner.said(/Server listening at/)
    await stopProcess(winner)
  })

  test('a server that cannot listen leaves no database behind', async () => {
    const first = await startServer(env())
    const other = temporaryFolder()
    const second = runProcess('apps/server/src/main.ts', { GRADUS_DATA: other.path, PORT: new URL(first.address).port })
    expect(await second.ended).toMatchObject({ code: 2 })
    expect(existsSync(join(other.path, 'postgres/postmaster.pid'))).toBe(false)
    other.remove()
    await stopProcess(first)
  })

  test.skipIf(!isRoot)('runs as an ordinary user', async () => {
    chownSync(folder.path, 65534, 65534)
    const running = await startServer(env(), { uid: 65534, gid: 65534 })
    expect(lstatSync(join(folder.path, 'postgres')).uid).toBe(65534)
    await stopProcess(running)
  })

  test.skipIf(!isRoot)('runs as root without user namespaces, as nobody, and goes back afterwards', async () => {
    const plain = await startServer(env())
    await stopProcess(plain)
    expect(lstatSync(join(folder.path, 'postgres/base')).uid).toBe(0)
    // Without `unshare` on the path the binaries fall back to the system's nobody.
    const bare = mkdtempSync(join(tmpdir(), 'gradus-path-'))
    chmodSync(folder.path, 0o700)
    const fallen = await startServer({ ...env(), PATH: bare })
    expect(lstatSync(join(folder.path, 'postgres/base')).uid).toBe(65534)
    await stopProcess(fallen)
    const again = await startServer(env())
    expect(lstatSync(join(folder.path, 'postgres/base')).uid).toBe(0)
    await stopProcess(again)
  })
})
