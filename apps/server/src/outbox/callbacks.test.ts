import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { eventually } from '../../test/process.ts'
import { newId } from '../db/id.ts'
import { pauseAfter, startCallbacks } from './deliver-callbacks.ts'
import { encodeBytes, lookupPublic, postForm } from './post-form.ts'
import { sendCallback } from './send-callback.ts'

let database: TestDatabase
const quiet = { info() {}, warn() {} }
const here = { allowed_hosts: ['127.0.0.1', 'localhost'] }
beforeAll(async () => {
  database = await openTestDatabase(8)
  return () => database.close()
})
const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
  await database.pool.query('delete from callbacks')
})

/** An LMS that answers as told; `at_once` is the most requests it had under way together. */
async function anLms(
  answer: (request: IncomingMessage, reply: ServerResponse, text: string) => void,
): Promise<{ url: string; host: string; got: string[]; most(): number }> {
  const got: string[] = []
  let under_way = 0
  let most = 0
  const server: Server = createServer((request, reply) => {
    most = Math.max(most, ++under_way)
    reply.on('close', () => under_way--)
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
    request.on('end', () => {
      got.push(text)
      answer(request, reply, text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  const host = `127.0.0.1:${(server.address() as { port: number }).port}`
  return { url: `http://${host}/back`, host, got, most: () => most }
}
const send = (lms: { url: string; host: string }, header = 'the header', body = 'the reply', is_notice = false, sent_for = newId()): Promise<void> =>
  sendCallback(database.db, {
    id: newId(),
    subject_id: newId(),
    url: lms.url,
    host: lms.host,
    sent_for,
    header: Buffer.from(header),
    body: Buffer.from(body),
    is_notice,
  })
function deliver(policy: { allowed_hosts: string[] | null } = here, basic: string | null = null): { gaveUp: string[]; wake(): void } {
  const gaveUp: string[] = []
  const callbacks = startCallbacks({ db: database.db, policy, basic, log: quiet }, async (_tx, _callback, error) => void gaveUp.push(error))
  open.push({ close: () => callbacks.stop() })
  return { gaveUp, wake: callbacks.wake }
}
const states = async (): Promise<{ state: string; tries: number; last_status: number | null; last_error: string | null }[]> =>
  (await database.pool.query('select state, tries, last_status, last_error from callbacks order by created_at')).rows
const comeDue = () => database.pool.query("update callbacks set available_at = now() where state = 'waiting'")

describe('an answer', () => {
  test('arrives as a form with header and reply byte for byte, and is noted', async () => {
    const lms = await anLms((_, reply) => reply.end())
    const header = '{"lms_key": "a&b=c+d", "x": "\u00e4\u{1f600} %41"}'
    await send(lms, header, ' <p>\u0000\r\n</p> ')
    deliver()
    await eventually('delivered', async () => (await states())[0]?.state === 'delivered')
    const fields = new URLSearchParams(lms.got[0])
    expect([fields.get('xqueue_header'), fields.get('xqueue_body')]).toEqual([header, ' <p>\u0000\r\n</p> '])
    expect(await states()).toMatchObject([{ tries: 1, last_status: 200, last_error: null }])
  })

  test('that is refused comes again later, and once more, until it is taken', async () => {
    const statuses = [500, 404, 302, 200]
    const lms = await anLms((_, reply) => reply.writeHead(statuses.shift()!, { location: '/elsewhere' }).end())
    await send(lms)
    const { wake } = deliver()
    for (const tries of [1, 2, 3]) {
      await eventually(`try ${tries}`, async () => (await states())[0]?.tries === tries && (await states())[0]?.last_status !== null)
      await sleep(50)
      await comeDue()
      wake()
    }
    await eventually('delivered', async () => (await states())[0]?.state === 'delivered')
    // A redirect is an answer like any other: it was not followed.
    expect(lms.got).toHaveLength(4)
  })

  test('that is never taken fails after its last try, once, and somebody hears of it', async () => {
    const lms = await anLms((_, reply) => reply.writeHead(503).end())
    await send(lms)
    await database.pool.query('update callbacks set tries = 29')
    const { gaveUp } = deliver()
    await eventually('failed', async () => (await states())[0]?.state === 'failed')
    await eventually('told', () => gaveUp.length > 0)
    expect([gaveUp, lms.got.length]).toEqual([['Answered 503.'], 1])
  })

  test('waits 1 s, 2 s, 4 s … at most an hour, and 19 hours in all', () => {
    const pauses = Array.from({ length: 30 }, (_, i) => pauseAfter(i + 1))
    expect(pauses.slice(0, 4)).toEqual([1, 2, 4, 8])
    expect(pauses.at(-1)).toBeNull()
    expect(Math.max(...pauses.map((pause) => pause ?? 0))).toBe(3_600)
    expect(Math.round(pauses.reduce<number>((sum, pause) => sum + (pause ?? 0), 0) / 3_600)).toBe(18)
  })

  test('is not held up by a host that hangs, and that host is asked by eight at once at most', async () => {
    const slow = await anLms(() => {})
    const fast = await anLms((_, reply) => reply.end())
    for (let i = 0; i < 30; i++) await send(slow)
    for (let i = 0; i < 30; i++) await send(fast)
    deliver()
    await eventually('the fast host has all of its own', () => fast.got.length === 30)
    expect(slow.most()).toBeLessThanOrEqual(8)
    expect(fast.most()).toBeLessThanOrEqual(8)
  })

  test('is brought by one of many servers', async () => {
    const lms = await anLms((_, reply) => setTimeout(() => reply.end(), 5))
    for (let i = 0; i < 60; i++) await send(lms, `h${i}`)
    for (let i = 0; i < 4; i++) deliver()
    await eventually('all delivered', async () => (await states()).every(({ state }) => state === 'delivered'))
    expect(lms.got).toHaveLength(60)
  })
})

describe('an answer goes nowhere else', () => {
  test('not to a name that points to this machine, where only public addresses pass', async () => {
    const ask = (...addresses: string[]) =>
      new Promise<unknown[]>((resolve) => {
        const lookup = lookupPublic(async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))
        lookup('lms.example', { all: true }, (error, found) => resolve([error?.message, found]))
      })
    expect(await ask('127.0.0.1', '::1', '10.0.0.1')).toEqual(['lms.example has no public address', []])
    expect(await ask('127.0.0.1', '8.8.8.8')).toEqual([undefined, [{ address: '8.8.8.8', family: 4 }]])
  })
  test('not to a host that is taken off the list after the hand-in', async () => {
    const lms = await anLms((_, reply) => reply.end())
    await send(lms)
    deliver({ allowed_hosts: ['other.example'] })
    await eventually('refused', async () => (await states())[0]?.last_error?.includes('GRADUS_CALLBACK_HOSTS') === true)
    expect(lms.got).toEqual([])
  })
  test('with the password of Basic authentication where one is set', async () => {
    let seen: string | undefined
    const lms = await anLms((request, reply) => {
      seen = request.headers.authorization
      reply.end()
    })
    await send(lms)
    deliver(here, 'lms:geheim')
    await eventually('delivered', async () => (await states())[0]?.state === 'delivered')
    expect(seen).toBe(`Basic ${Buffer.from('lms:geheim').toString('base64')}`)
  })
  test.skipIf(spawnSync('openssl', ['version']).status !== 0)('not over a certificate that nobody vouches for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gradus-tls-'))
    const file = (name: string): string => join(folder, name)
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-keyout', file('key'), '-out', file('cert')],
      {
        stdio: 'ignore',
      },
    )
    let asked = 0
    const server = createTlsServer({ key: readFileSync(file('key')), cert: readFileSync(file('cert')) }, (_, reply) => {
      asked++
      reply.end()
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    open.push({ close: () => server.close() }, { close: () => rmSync(folder, { recursive: true }) })
    const url = `https://localhost:${(server.address() as { port: number }).port}/`
    await expect(postForm({ url, fields: [], basic: null, timeout_ms: 5_000, signal: new AbortController().signal }, here)).rejects.toThrow(
      /self.signed/,
    )
    expect(asked).toBe(0)
  })
})

test('bytes are encoded so that any form reader gives them back', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      (text) => new URLSearchParams(`a=${encodeBytes(Buffer.from(text)).toString()}`).get('a') === Buffer.from(text).toString(),
    ),
  )
})
