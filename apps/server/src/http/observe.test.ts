import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { buildApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { type Listener, openListener } from '../db/listen.ts'
import type { Blobs } from '../storage/blobs.ts'
import { loggedError, readable } from './log.ts'

let database: TestDatabase
let listener: Listener
let app: FastifyInstance
const lines: Record<string, unknown>[] = []
const draining = new AbortController()
/** No address of these tests touches a file. */
const blobs = {} as Blobs

beforeAll(async () => {
  database = await openTestDatabase(2)
  listener = openListener(database.url)
  const log = pino(
    { level: 'info', serializers: { err: loggedError } },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const config = readConfig({ GRADUS_PUBLIC_URL: 'http://gradus.test' })
  app = await buildApp({ config, ...database, listener, log, blobs, wakeCallbacks() {}, draining: draining.signal })
  app.get('/fails', { config: { access: { who: 'anyone' } } }, async () => {
    throw Object.assign(new Error('duplicate key'), { detail: 'Key (email)=(secret@example.org) exists', where: 'secret-where' })
  })
  await app.ready()
})
afterAll(async () => {
  await app.close()
  await listener.close()
  await database.close()
})

const lastLine = () => lines.findLast((line) => line.msg === 'request')

describe('the request log', () => {
  test('has request id, method, route pattern, status and duration, and nothing of the address, headers or body', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/auth/login?code=secret-query',
      headers: { authorization: 'Bearer secret-token', cookie: 'gradus_session=secret-cookie', origin: 'http://gradus.test' },
      payload: { email: 'secret-person@example.org', password: 'secret-password' },
    })
    expect(answer.statusCode).toBe(401)
    expect(lastLine()).toMatchObject({ method: 'POST', route: '/api/auth/login', status: 401, request_id: answer.headers['x-request-id'] })
    expect(lastLine()!.duration_ms).toBeTypeOf('number')
    await app.inject({ url: '/api/courses/secret-course' })
    expect(lastLine()).toMatchObject({ route: '/api/courses/:course_id' })
    expect(JSON.stringify(lines)).not.toContain('secret')
  })

  test('an error of ours is logged with its stack, without the values PostgreSQL quotes', async () => {
    const answer = await app.inject({ url: '/fails' })
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('duplicate')
    const logged = lines.findLast((line) => line.msg === 'unhandled error') as { err: { message: string; stack: string } }
    expect(logged.err).toMatchObject({ message: 'duplicate key', stack: expect.stringContaining('observe.test.ts') })
    expect(JSON.stringify(lines)).not.toContain('secret')
  })

  test('reads well in a terminal', () => {
    const line = JSON.stringify({ level: 40, time: '2026-01-02T03:04:05.678Z', name: 'server', code: 1, msg: 'the worker ended' })
    expect(readable(line)).toBe('03:04:05 warn server: the worker ended code=1\n')
    expect(
      readable(JSON.stringify({ level: 50, time: '2026-01-02T03:04:05.678Z', name: 'x', err: { stack: 'Error: no\n  at y' }, msg: 'failed' })),
    ).toBe('03:04:05 error x: failed\nError: no\n  at y\n')
  })
})

describe('metrics', () => {
  test('count requests by route pattern, show pool and queues, and the process', async () => {
    const text = (await app.inject({ url: '/metrics' })).body
    expect(text).toMatch(/gradus_http_request_duration_seconds_count\{method="POST",route="\/api\/auth\/login",status="401"\} 1/)
    expect(text).toMatch(/gradus_database_connections\{state="idle"\} \d/)
    expect(text).toContain('gradus_queue_jobs{queue="gradus",state="waiting"} 0')
    expect(text).toContain('gradus_queue_oldest_waiting_seconds{queue="gradus"} 0')
    expect(text).toContain('gradus_process_resident_memory_bytes')
    expect(text).not.toContain('secret')
  })

  test('are for this machine alone', async () => {
    expect((await app.inject({ url: '/metrics', remoteAddress: '203.0.113.9' })).statusCode).toBe(404)
    expect((await app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '203.0.113.9' } })).statusCode).toBe(404)
  })
})

describe('probes', () => {
  test('/healthz needs nothing, /readyz needs the database and its migrations', async () => {
    expect((await app.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' })
    expect((await app.inject({ url: '/readyz' })).json()).toEqual({ status: 'ready', database: 'ready' })
    await database.pool.query(`delete from migrations where name like '0001%'`)
    const behind = await app.inject({ url: '/readyz' })
    expect([behind.statusCode, behind.json()]).toEqual([503, { status: 'not_ready', database: 'migrations pending' }])
    await database.pool.query(`insert into migrations (name, sha256) values ('0001_identity__create.sql', '')`)
    expect((await app.inject({ url: '/readyz' })).statusCode).toBe(200)
  })

  test('/readyz says when the database cannot be reached', async () => {
    const pool = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/x' })
    const config = readConfig({ GRADUS_LOG: 'silent' })
    const other = await buildApp({
      config,
      db: database.db,
      pool,
      listener,
      log: pino({ level: 'silent' }),
      blobs,
      wakeCallbacks() {},
      draining: draining.signal,
    })
    const answer = await other.inject({ url: '/readyz' })
    expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'not_ready', database: 'unreachable' }])
    expect((await other.inject({ url: '/healthz' })).statusCode).toBe(200)
    await other.close()
    await pool.end()
  })

  test('while draining /readyz says so, and answers ask clients to come back on a new connection', async () => {
    draining.abort()
    expect((await app.inject({ url: '/readyz' })).json()).toEqual({ status: 'draining', database: 'not asked' })
    const answer = await app.inject({ url: '/api/system' })
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close'])
  })
})
