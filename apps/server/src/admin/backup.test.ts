import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { printSchema } from '../../../../scripts/print-schema.ts'
import { aCourse } from '../../test/course.ts'
import { openTestDatabase } from '../../test/database.ts'
import { examining } from '../../test/examining.ts'
import { aGrader, reportOf } from '../../test/grader.ts'
import { runProcess, temporaryFolder } from '../../test/process.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { migrate } from '../db/migrate.ts'
import { migrateOutbox } from '../outbox/migrate.ts'
import { send } from '../outbox/send.ts'
import { openLocalBlobs } from '../storage/local.ts'
import { checkInstallation } from './check-installation.ts'
import { restoreBackup } from './restore-backup.ts'
import { takeBackup } from './take-backup.ts'

let server: TestServer
let bytes: Buffer
let folder: { path: string; remove(): void }
beforeAll(async () => {
  server = await openTestServer()
  await server.person({ display_name: 'Zoë \\ "Ünal"\n\t' })
  const { aq, students } = await aCourse(server)
  const body = { language: 'python', code: 'print(1)\\n\n' }
  const handed_in = await server.send(students[0]!, 'POST', `/api/assignment-questions/${aq}/submissions`, body, {
    'idempotency-key': 'a-key-of-mine',
  })
  expect(handed_in.statusCode, handed_in.body).toBe(201)
  const grader = await aGrader(server)
  const job = await grader.take()
  expect((await grader.report(job, reportOf(job))).statusCode).toBe(200)
  const exam = await examining(server).exam()
  const candidate = await exam.candidate()
  bytes = randomBytes(300_000)
  expect((await exam.upload(candidate.code, bytes)).status).toBe(201)
  // A side effect that is still to be delivered is part of what was acknowledged.
  await send(server.db, 'blob_unused', { object_key: '0197f000-0000-7000-8000-000000000000' })
})
afterAll(() => server.close())
beforeEach(() => {
  folder = temporaryFolder()
  return () => folder.remove()
})

/** Every row of every table, as a digest of its own. */
async function contentOf(pool: Pool): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ schema: string; name: string }>(
    `select schemaname as schema, tablename as name from pg_tables where schemaname in ('public', 'graphile_worker') and tablename <> 'migrations'`,
  )
  const content: Record<string, string> = {}
  for (const { schema, name } of rows) {
    const table = `"${schema}"."${name}"`
    const digest = await pool.query<{ digest: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest from ${table} t`,
    )
    content[`${schema}.${name}`] = digest.rows[0]!.digest
  }
  return content
}

const anEmptyPlace = async () => {
  const database = await openTestDatabase(4, { is_empty: true })
  const files = temporaryFolder()
  return {
    ...database,
    blobs: await openLocalBlobs(files.path),
    files: files.path,
    async close() {
      await database.close()
      files.remove()
    },
  }
}

describe('a backup', () => {
  test('restored into an empty place is the same installation: rows, schema, files; and it is sound', async () => {
    const report = await takeBackup(server.pool, server.blobs, folder.path, 14)
    expect(report).toMatchObject({ missing_files: [], removed_backups: [], removed_files: 0 })
    expect(report.file_count).toBeGreaterThan(0)
    expect(statSync(folder.path).mode & 0o077).toBe(0)
    const place = await anEmptyPlace()
    try {
      expect(await restoreBackup(place.pool, place.blobs, report.path)).toMatchObject({ taken_at: report.taken_at, applied: [] })
      expect(await contentOf(place.pool)).toEqual(await contentOf(server.pool))
      expect(await printSchema(place.pool)).toBe(await printSchema(server.pool))
      expect(await checkInstallation(place.db, place.blobs, { with_hashes: true })).toMatchObject({
        is_sound: true,
        complaints: [],
        mended_scores: 0,
      })
      // The next job, message or entry gets a number that nobody has.
      await send(place.db, 'blob_unused', { object_key: '0197f000-0000-7000-8000-000000000001' })
      await expect(restoreBackup(place.pool, place.blobs, report.path)).rejects.toThrow('holds an installation already')
    } finally {
      await place.close()
    }
  })

  test('whose restore broke off, among the files or before the rows, is restored by the next try', async () => {
    const { path } = await takeBackup(server.pool, server.blobs, folder.path, 14)
    const place = await anEmptyPlace()
    try {
      const failing = { ...place.blobs, put: () => Promise.reject(new Error('the store is full')) }
      await expect(restoreBackup(place.pool, failing, path)).rejects.toThrow('the store is full')
      await migrate(place.pool)
      await migrateOutbox(place.pool)
      await restoreBackup(place.pool, place.blobs, path)
      expect(await contentOf(place.pool)).toEqual(await contentOf(server.pool))
      expect(await checkInstallation(place.db, place.blobs, { with_hashes: true })).toMatchObject({ is_sound: true })
    } finally {
      await place.close()
    }
  })

  test('is the picture of one instant while others write', async () => {
    let isOver = false
    const writing = (async () => {
      let written = 0
      while (!isOver) {
        await server.person()
        written++
      }
      return written
    })()
    const report = await takeBackup(server.pool, server.blobs, folder.path, 14)
    isOver = true
    expect(await writing).toBeGreaterThan(3)
    const place = await anEmptyPlace()
    try {
      await restoreBackup(place.pool, place.blobs, report.path)
      // Foreign keys are laid anew by the restore, so an account without its principal would have failed it; nor is one without its account there.
      const { rows } = await place.pool.query(
        `select count(*)::int as alone from principals p left join users u on u.id = p.id where p.kind = 'user' and u.id is null`,
      )
      expect(rows[0].alone).toBeLessThanOrEqual(1)
    } finally {
      await place.close()
    }
  })

  test('is one at a time', async () => {
    const both = await Promise.allSettled([1, 2].map(() => takeBackup(server.pool, server.blobs, folder.path, 14)))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { message: expect.stringContaining('Another backup') } })
    // The lock went with its connection.
    await nextSecond()
    await takeBackup(server.pool, server.blobs, folder.path, 14)
  })

  test('of an older version is migrated to this one', async () => {
    const older = await openTestDatabase(4, { is_empty: true })
    const place = await anEmptyPlace()
    try {
      await migrate(older.pool, '0010_questions__external.sql')
      await migrateOutbox(older.pool)
      // This version's statement for files does not fit tables of that one; what matters here is the way of the rows.
      await older.pool.query('create table submission_files (object_key text, size_bytes bigint, sha256 bytea, bytes_deleted_at timestamptz)')
      await older.pool.query(`insert into principals (id, kind) values ('0197f000-0000-7000-8000-000000000000', 'user')`)
      const { path } = await takeBackup(older.pool, server.blobs, folder.path, 14)
      const manifest = JSON.parse(readFileSync(join(path, 'backup.json'), 'utf8'))
      manifest.tables = manifest.tables.filter((table: { name: string }) => table.name !== 'submission_files')
      writeFileSync(join(path, 'backup.json'), JSON.stringify(manifest))
      const { applied } = await restoreBackup(place.pool, place.blobs, path)
      expect(applied[0]).toBe('0020_submissions__files.sql')
      expect(await printSchema(place.pool)).toBe(await printSchema(server.pool))
      expect((await place.pool.query('select kind from principals')).rows).toEqual([{ kind: 'user' }])
    } finally {
      await place.close()
      await older.close()
    }
  })

  test('copies a file once, keeps as many backups as it is told, and no file that none of them names', async () => {
    const first = await takeBackup(server.pool, server.blobs, folder.path, 2)
    expect(first.copied_files).toBe(first.file_count)
    const exam = await examining(server).exam({ retention_seconds: 3_600 })
    const candidate = await exam.candidate()
    await exam.upload(candidate.code, randomBytes(1_000))
    await nextSecond()
    const second = await takeBackup(server.pool, server.blobs, folder.path, 2)
    expect(second).toMatchObject({ copied_files: 1, file_count: first.file_count + 1, removed_backups: [] })
    // A newer file takes the place of the one before, whose bytes go.
    await exam.upload(candidate.code, randomBytes(1_000))
    await nextSecond()
    const third = await takeBackup(server.pool, server.blobs, folder.path, 2)
    expect(third).toMatchObject({ copied_files: 1, file_count: second.file_count, removed_backups: [first.path.split('/').at(-1)], removed_files: 0 })
    await nextSecond()
    expect(await takeBackup(server.pool, server.blobs, folder.path, 2)).toMatchObject({ copied_files: 0, removed_files: 1 })
  })
})

const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1_050))

describe('what is damaged is told, and nothing is written', () => {
  const pathsOfFiles = (): string[] =>
    readdirSync(join(folder.path, 'files')).flatMap((part) =>
      readdirSync(join(folder.path, 'files', part)).map((key) => join(folder.path, 'files', part, key)),
    )

  test.each<[string, (backup: string) => void, RegExp]>([
    ['a table that was cut', (backup) => cut(join(backup, 'database/public.users.copy.gz')), /public\.users\.copy\.gz is not what was written/],
    ['a table that is gone', (backup) => rmSync(join(backup, 'database/public.users.copy.gz')), /public\.users\.copy\.gz is missing/],
    ['a list of files that was cut', (backup) => cut(join(backup, 'files.jsonl')), /files\.jsonl is not what was written/],
    ['a file that was cut', () => cut(pathsOfFiles()[0]!), /missing or cut/],
    ['a file with another byte', () => writeFileSync(pathsOfFiles()[0]!, flip(readFileSync(pathsOfFiles()[0]!))), /not those that were handed in/],
    ['no backup at all', (backup) => rmSync(join(backup, 'backup.json')), /is not a backup/],
    ['a newer version', (backup) => edit(backup, (text) => text.replace('0001_', '9001_')), /of another version of Gradus/],
    ['nonsense', (backup) => edit(backup, () => '{'), /cannot be read/],
  ])('%s', async (_name, damage, sentence) => {
    const { path } = await takeBackup(server.pool, server.blobs, folder.path, 14)
    damage(path)
    const place = await anEmptyPlace()
    try {
      await expect(restoreBackup(place.pool, place.blobs, path)).rejects.toThrow(sentence)
      expect(
        (await place.pool.query(`select count(*)::int as count from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`)).rows,
      ).toEqual([{ count: 0 }])
      expect(readdirSync(place.files).filter((name) => name !== 'pending')).toEqual([])
    } finally {
      await place.close()
    }
  })

  const cut = (path: string): void => writeFileSync(path, readFileSync(path).subarray(0, -1))
  const flip = (content: Buffer): Buffer => Buffer.concat([Buffer.from([content[0]! ^ 1]), content.subarray(1)])
  const edit = (backup: string, change: (text: string) => string): void =>
    writeFileSync(join(backup, 'backup.json'), change(readFileSync(join(backup, 'backup.json'), 'utf8')))
})

describe('check', () => {
  test.each<[string, string, string]>([
    ['another code than was acknowledged', `update submissions set content = '\\x00' where content is not null`, 'hand-ins whose code is not'],
    ['attempts that were never made', 'update attempt_counters set attempts = attempts + 1', 'whose number of attempts'],
    ['results without a current one', 'update results set is_current = false', 'of which none is the current one'],
    ['a log with a changed entry', `update exam_log_entries set entry = entry || ' '`, 'is broken at entry 1'],
    ['a file of which a byte is gone', 'update submission_files set size_bytes = size_bytes + 1', 'bytes are not those'],
    ['a file with other bytes', `update submission_files set sha256 = sha256('x')`, 'bytes are not those'],
    ['a file that is gone', `update submission_files set object_key = gen_random_uuid()::text`, 'bytes are missing'],
  ])('sees %s', async (_name, sin, sentence) => {
    const { path } = await takeBackup(server.pool, server.blobs, folder.path, 14)
    const place = await anEmptyPlace()
    try {
      await restoreBackup(place.pool, place.blobs, path)
      await place.pool.query(`set session_replication_role = replica; ${sin}; set session_replication_role = origin`)
      const report = await checkInstallation(place.db, place.blobs, { with_hashes: true })
      expect(report.is_sound).toBe(false)
      expect(report.complaints.map(({ what }) => what).join('; ')).toContain(sentence)
    } finally {
      await place.close()
    }
  })
})

describe('npm run admin --', () => {
  const admin = async (env: Record<string, string>, ...args: string[]) => {
    const command = runProcess('apps/server/src/admin/main.ts', env, args)
    const { code } = await command.ended
    return { code, out: command.stdout(), err: command.stderr() }
  }

  test('backup, restore and check say what they did; a backup that is killed is none', async () => {
    const env = { DATABASE_URL: server.url, GRADUS_BLOBS: server.config.blobs_dir }
    // Somebody's lock keeps it in the middle until it is killed.
    const lock = await server.pool.connect()
    await lock.query('begin; lock table users in access exclusive mode')
    const killed = runProcess('apps/server/src/admin/main.ts', env, ['backup', folder.path])
    await expect.poll(() => readdirSync(folder.path), { timeout: 30_000 }).toContain('unfinished')
    killed.child.kill('SIGKILL')
    await killed.ended
    await lock.query('rollback')
    lock.release()
    expect(readdirSync(folder.path)).not.toContainEqual(expect.stringMatching(/^\d{4}-/))

    const made = await admin(env, 'backup', folder.path)
    expect([made.code, made.err]).toEqual([0, ''])
    const path = /^(\S+): [\d,]+ rows of \d+ tables, \d+ files?/.exec(made.out)![1]!
    const place = await anEmptyPlace()
    try {
      const there = { DATABASE_URL: place.url, GRADUS_BLOBS: place.files }
      const restored = await admin(there, 'restore', path)
      expect(restored).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Restored what was true at ') })
      expect(await admin(there, 'check', '--hashes')).toMatchObject({
        code: 0,
        err: '',
        out: expect.stringContaining('Everything is as it must be.'),
      })
      expect(await admin(there, 'restore', path)).toMatchObject({ code: 2, err: expect.stringContaining('holds an installation already') })
      expect(await admin(env, 'restore', '/nowhere')).toMatchObject({ code: 2, err: expect.stringContaining('is not a backup') })
      expect(await admin(env, 'backup', folder.path, '--keep', '0')).toMatchObject({ code: 2 })
      expect(await admin(env, 'backup', join(path, 'backup.json', 'below-a-file'))).toMatchObject({
        code: 2,
        err: expect.stringContaining('cannot be written to'),
      })
    } finally {
      await place.close()
    }
  }, 180_000)
})
