import { request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/database.ts'
import { runProcess, startServer, stopProcess, temporaryFolder } from '../test/process.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase(2)
})
afterAll(() => database.close())

describe('a configuration that cannot work ends the server with one sentence and code 2', () => {
  test.each([
    [{ PORT: 'http' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ PORT: '70000' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ DATABASE_URL: 'mysql://localhost/x' }, 'DATABASE_URL must be an address such as postgres://user:password@localhost:5432/gradus.'],
    [{ GRADUS_ADMIN_EMAIL: 'a@b.example' }, 'GRADUS_ADMIN_EMAIL and GRADUS_ADMIN_PASSWORD belong together: set both or neither.'],
    [{ GRADUS_ADMIN_EMAIL: 'a@b.example', GRADUS_ADMIN_PASSWORD: 'short' }, 'GRADUS_ADMIN_PASSWORD must have at least 8 characters.'],
    [{ GRADUS_DEMO: 'yes' }, 'GRADUS_DEMO must be on or off.'],
    [{ GRADUS_WORKERS: '-1' }, 'GRADUS_WORKERS must be a whole number from 0 to 256.'],
    [{ GRADUS_PUBLIC_URL: 'gradus' }, 'GRADUS_PUBLIC_URL must be an address such as https://gradus.example.org.'],
    [{ GRADUS_CALLBACK_HOSTS: 'https://lms.example' }, 'GRADUS_CALLBACK_HOSTS must be hosts such as lms.example.org,10.0.0.5:8000.'],
    [
      { GRADUS_CALLBACK_BASIC: 'a:b' },
      'GRADUS_CALLBACK_BASIC needs GRADUS_CALLBACK_HOSTS: a password is sent to hosts that you name and to no others.',
    ],
    [{ NODE_ENV: 'production', GRADUS_DEMO_TOKEN: 'on' }, 'GRADUS_DEMO_TOKEN gives an examiner’s key to anybody and must not be on in production.'],
    [{ GRADUS_LOG: 'loud' }, 'GRADUS_LOG must be trace, debug, info, warn, error or silent.'],
    [
      { DATABASE_URL: 'postgres://someone:geheim@127.0.0.1:1/x' },
      'The PostgreSQL server of DATABASE_URL (127.0.0.1:1/x) cannot be used: nothing listens there. Start it, or correct the address.',
    ],
  ])('%j', async (env, sentence) => {
    const server = runProcess('apps/server/src/main.ts', env as Record<string, string>)
    expect(await server.ended).toMatchObject({ code: 2 })
    expect(server.stderr()).toBe(`gradus: ${sentence}\n`)
    expect(server.stdout()).toBe('')
  })

  test('a port that is taken, and an address that is not of this machine', async () => {
    const first = await startServer({ DATABASE_URL: database.url })
    const { port } = new URL(first.address)
    const second = runProcess('apps/server/src/main.ts', { DATABASE_URL: database.url, PORT: port })
    expect(await second.ended).toMatchObject({ code: 2 })
    expect(second.stderr()).toBe(`gradus: Port ${port} is taken by another program. Stop that program, or set PORT to a free port.\n`)
    const third = runProcess('apps/server/src/main.ts', { DATABASE_URL: database.url, PORT: '0', HOST: '203.0.113.7' })
    expect(await third.ended).toMatchObject({ code: 2 })
    expect(third.stderr()).toBe('gradus: HOST 203.0.113.7 is no address of this machine. Use 127.0.0.1 or 0.0.0.0.\n')
    await stopProcess(first)
  })

  test('a folder for the data that cannot be made', async () => {
    const server = runProcess('apps/server/src/main.ts', { GRADUS_DATA: '/etc/hostname/gradus', PORT: '0' })
    expect(await server.ended).toMatchObject({ code: 2 })
    expect(server.stderr()).toMatch(/^gradus: GRADUS_DATA \/etc\/hostname\/gradus cannot be used: .*\n$/)
  })
})

describe('stopping', () => {
  test('a request that has begun is answered, also when its body comes after the signal', async () => {
    const server = await startServer({ DATABASE_URL: database.url })
    const { port } = new URL(server.address)
    const body = JSON.stringify({ email: 'nobody@example.org', password: 'some password' })
    const answer = new Promise<{ status: number; connection: string | undefined }>((resolve, reject) => {
      const slow = request({
        port,
        path: '/api/auth/login',
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      })
      slow.on('response', (response) => {
        response.resume().on('end', () => resolve({ status: response.statusCode!, connection: response.headers.connection }))
      })
      slow.on('error', reject)
      slow.write(body.slice(0, 10))
      setTimeout(() => {
        server.child.kill('SIGTERM')
        setTimeout(() => slow.end(body.slice(10)), 300)
      }, 200)
    })
    expect(await answer).toEqual({ status: 401, connection: 'close' })
    expect(await server.ended).toMatchObject({ code: 0 })
  })

  test('under load no answer is an error and none is cut off', async () => {
    const server = await startServer({ DATABASE_URL: database.url })
    const seen: string[] = []
    let isOver = false
    const caller = async (): Promise<void> => {
      while (!isOver) {
        try {
          const response = await fetch(`${server.address}/api/system`)
          await response.json()
          seen.push(String(response.status))
        } catch (error) {
          const { code } = (error as { cause?: { code?: string } }).cause ?? {}
          // Refused, or closed before anything was sent back: the client knows that it may simply ask again.
          seen.push(code ?? String(error))
          isOver = true
        }
      }
    }
    const callers = Array.from({ length: 8 }, caller)
    await sleep(400)
    server.child.kill('SIGTERM')
    expect(await server.ended).toMatchObject({ code: 0 })
    isOver = true
    await Promise.all(callers)
    const counts = Object.fromEntries([...new Set(seen)].map((kind) => [kind, seen.filter((one) => one === kind).length]))
    expect(counts['200']).toBeGreaterThan(8)
    expect(Object.keys(counts).filter((kind) => !['200', 'ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(kind))).toEqual([])
  })

  test('while it drains /readyz says so and requests are still answered', async () => {
    const server = await startServer({ DATABASE_URL: database.url, GRADUS_DRAIN_SECONDS: '2' })
    expect(await (await fetch(`${server.address}/readyz`)).json()).toEqual({ status: 'ready', database: 'ready' })
    server.child.kill('SIGTERM')
    await sleep(300)
    const ready = await fetch(`${server.address}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining', database: 'not asked' }])
    expect((await fetch(`${server.address}/api/system`)).status).toBe(200)
    expect(await server.ended).toMatchObject({ code: 0 })
  })

  test('a connection that nobody uses does not hold it up', async () => {
    const server = await startServer({ DATABASE_URL: database.url })
    const socket = connect(Number(new URL(server.address).port), '127.0.0.1')
    await new Promise((resolve) => socket.once('connect', resolve))
    await stopProcess(server)
    expect(server.stderr()).not.toContain('cutting connections')
    socket.destroy()
  })

  test('a second signal ends it at once, and a signal during the start stops it after the start', async () => {
    const server = await startServer({ DATABASE_URL: database.url, GRADUS_DRAIN_SECONDS: '60' })
    const pressing = setInterval(() => server.child.kill('SIGTERM'), 700)
    expect(await server.ended).toMatchObject({ code: 1 })
    clearInterval(pressing)
    const folder = temporaryFolder()
    const early = runProcess('apps/server/src/main.ts', { GRADUS_DATA: folder.path, PORT: '0' })
    await sleep(700)
    early.child.kill('SIGINT')
    const { code, signal } = await early.ended
    expect(signal === 'SIGINT' || code === 0, `${code} ${signal}`).toBe(true)
    folder.remove()
  })
})
