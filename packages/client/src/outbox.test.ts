import type { ServerResponse } from 'node:http'
import { endpoint } from '@gradus/contract/endpoint'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { answering } from '../test/answering.ts'
import { type Client, createClient } from './client.ts'
import { createOutbox } from './outbox.ts'
import { memoryLock, memoryStore, type OutboxStore, webLock, webStorageStore } from './outbox-store.ts'
import { ApiProblem } from './problem.ts'

const mark = endpoint({
  method: 'POST',
  path: '/api/mark',
  summary: '',
  tag: '',
  access: { who: 'signed_in' },
  body: z.strictObject({ n: z.int() }),
  reply: z.object({ n: z.int() }),
  keyed: 'optional',
})
const calls = { mark }

type Fate = 'ok' | 'answer_lost' | 'network' | 'unavailable' | 'internal' | 'busy' | 'captive' | 'refused' | 'signed_out' | 'tab_closed'
const refusal = (status: number, code: string, retry_after_ms?: number) => new ApiProblem({ code, status, message: code, retry_after_ms })
class TabClosed extends Error {}

/** A server that keeps what it was given once for each key, behind a network with moods. Entries named in `never` it refuses for good. */
function aServer(fates: Fate[], never: ReadonlySet<number> = new Set()) {
  const done = new Map<string, number>()
  let open = 0
  const seen = { most_at_once: 0, calls: 0, close: () => {} }
  const client = {
    async call(_endpoint: unknown, sent: { body: { n: number }; idempotency_key: string }) {
      seen.calls++
      seen.most_at_once = Math.max(seen.most_at_once, ++open)
      await Promise.resolve()
      open--
      const fate = fates.shift() ?? 'ok'
      const { n } = sent.body
      const keep = () => done.has(sent.idempotency_key) || done.set(sent.idempotency_key, n)
      if (fate === 'network') throw refusal(0, 'network')
      if (fate === 'unavailable') throw refusal(503, 'unavailable', 2_000)
      if (fate === 'internal') throw refusal(500, 'internal')
      if (fate === 'busy') throw refusal(429, 'rate_limited', 5_000)
      if (fate === 'captive') throw refusal(200, 'unreadable')
      if (fate === 'signed_out') throw refusal(401, 'sign_in_required')
      if (never.has(n) || fate === 'refused') {
        if (never.has(n)) throw refusal(409, 'step_not_done')
        throw refusal(502, 'unavailable')
      }
      keep()
      if (fate === 'answer_lost') throw refusal(0, 'network')
      if (fate === 'tab_closed') {
        seen.close()
        throw new TabClosed()
      }
      return { n }
    },
  } as unknown as Pick<Client, 'call'>
  return { client, done, seen }
}
const instantly = async () => {}
const open = (client: Pick<Client, 'call'>, store: OutboxStore, lock = memoryLock(), owner = 'ann') =>
  createOutbox({ client, owner, calls, store, lock, sleep: instantly })

describe('an entry', () => {
  test('R29: is written down before it is sent and removed on acknowledgement', async () => {
    const store = memoryStore()
    const { client, done } = aServer([])
    const kept: number[] = []
    const looking = {
      call: async (...args: never[]) => {
        kept.push((await store.keys('gradus.outbox.waiting.ann.')).length)
        return (client.call as (...all: never[]) => Promise<unknown>)(...args)
      },
    } as unknown as Pick<Client, 'call'>
    const outbox = open(looking, store)
    await outbox.add('mark', { body: { n: 1 } })
    await outbox.drain()
    expect(kept).toEqual([1])
    expect([...done.values()]).toEqual([1])
    expect(await outbox.waiting()).toEqual([])
  })

  test('R28: what one visit could not send, the next one does, under the same key', async () => {
    const store = memoryStore()
    const { client, done, seen } = aServer(['tab_closed'])
    const first = open(client, store)
    seen.close = () => first.stop()
    const entry = await first.add('mark', { body: { n: 7 } })
    await first.drain()
    expect(await open(client, store).waiting()).toEqual([entry])
    const second = open(client, store)
    await second.drain()
    expect([...done]).toEqual([[entry.idempotency_key, 7]])
    expect(await second.waiting()).toEqual([])
  })

  test('R27: a store that keeps nothing more says so, and nothing is dropped to make room (D1)', async () => {
    const store = memoryStore()
    const full: OutboxStore = { ...store, set: async () => Promise.reject(new Error('QuotaExceededError')) }
    const { client } = aServer([])
    await expect(open(client, full).add('mark', { body: { n: 1 } })).rejects.toThrow('QuotaExceededError')
    expect(await store.keys('')).toEqual([])
  })

  test('D1: what is refused for good is set aside with its reason, and holds nothing up', async () => {
    const { client, done } = aServer([], new Set([2]))
    const outbox = open(client, memoryStore())
    for (const n of [1, 2, 3]) await outbox.add('mark', { body: { n } })
    await outbox.drain()
    expect([...done.values()]).toEqual([1, 3])
    const [aside] = await outbox.setAside()
    expect(aside).toMatchObject({ name: 'mark', sent: { body: { n: 2 } }, refusal: { code: 'step_not_done', status: 409 } })
    await outbox.again(aside!.id)
    await outbox.drain()
    const [twice] = await outbox.setAside()
    expect(twice!.idempotency_key).toBe(aside!.idempotency_key)
    await outbox.forget(twice!.id)
    expect([await outbox.setAside(), await outbox.waiting()]).toEqual([[], []])
  })

  test('a name that this version does not know is set aside, not lost', async () => {
    const store = memoryStore()
    const { client } = aServer([])
    await store.set('gradus.outbox.waiting.ann.1', JSON.stringify({ id: '1', name: 'newer', sent: {}, idempotency_key: 'k'.repeat(8), made_at: '' }))
    const outbox = open(client, store)
    await outbox.drain()
    expect(await outbox.setAside()).toMatchObject([{ name: 'newer', refusal: { code: 'unknown_call' } }])
  })

  test.each(['', '{"id":', 'null', '[]', '"text"', '{"id":7}'])('what is no entry is set aside as it is and holds nothing up: %s', async (text) => {
    const store = memoryStore()
    await store.set('gradus.outbox.waiting.ann.000000000000000-torn', text)
    const { client, done } = aServer([])
    const outbox = open(client, store)
    expect(await outbox.waiting()).toMatchObject([{ name: 'unreadable', sent: { body: text } }])
    await outbox.add('mark', { body: { n: 1 } })
    await outbox.drain()
    expect([...done.values()]).toEqual([1])
    expect(await outbox.setAside()).toMatchObject([{ id: '000000000000000-torn', sent: { body: text }, refusal: { code: 'unknown_call' } }])
    expect(await outbox.waiting()).toEqual([])
  })

  test('signed out: it stays in the line, and goes after signing in', async () => {
    const { client, done } = aServer(['signed_out'])
    const outbox = open(client, memoryStore())
    const events: string[] = []
    outbox.subscribe(({ kind }) => events.push(kind))
    await outbox.add('mark', { body: { n: 1 } })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(events).toContain('signed_out')
    expect(await outbox.waiting()).toHaveLength(1)
    await outbox.drain()
    expect([...done.values()]).toEqual([1])
  })

  test('Retry-After is waited for, else longer each time up to a limit; coming back online cuts it short', async () => {
    const { client } = aServer(['busy', 'network', 'network', 'network', 'network', 'network', 'network', 'network'])
    const waits: number[] = []
    const outbox = createOutbox({
      client,
      owner: 'ann',
      calls,
      store: memoryStore(),
      lock: memoryLock(),
      retry: { base_ms: 100, max_ms: 800 },
      sleep: async (ms) => void waits.push(ms),
    })
    await outbox.add('mark', { body: { n: 1 } })
    await outbox.drain()
    expect(waits[0]).toBe(5_000)
    waits.slice(1).forEach((ms, i) => {
      const most = Math.min(800, 100 * 2 ** (i + 1))
      expect(ms).toBeGreaterThanOrEqual(most / 2)
      expect(ms).toBeLessThanOrEqual(most)
    })
    const offline = aServer(['network'])
    const patient = createOutbox({
      client: offline.client,
      owner: 'ann',
      calls,
      store: memoryStore(),
      lock: memoryLock(),
      retry: { base_ms: 3_600_000, max_ms: 3_600_000 },
    })
    await patient.add('mark', { body: { n: 2 } })
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(offline.done.size).toBe(0)
    patient.wake()
    await patient.drain()
    expect([...offline.done.values()]).toEqual([2])
  })
})

describe('owners', () => {
  test('see only their own; a guest’s entries become the user’s with their keys', async () => {
    const store = memoryStore()
    const down = aServer(Array(50).fill('network') as Fate[])
    const guest = createOutbox({ client: down.client, owner: 'guest', calls, store, lock: memoryLock() })
    const first = await guest.add('mark', { body: { n: 1 } })
    const { client, done } = aServer([])
    const ann = open(client, store)
    await ann.drain()
    expect([done.size, await ann.waiting()]).toEqual([0, []])
    guest.stop()
    await ann.takeFrom('guest')
    await ann.drain()
    expect([...done.keys()]).toEqual([first.idempotency_key])
    expect(await store.keys('gradus.outbox.')).toEqual([])
  })
})

describe('the client under it', () => {
  test('a whole line over a real client: the key travels, a lost answer is asked for again', async () => {
    const answer = (status: number, body: string) => (response: ServerResponse) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    const server = await answering(answer(503, '{}'), answer(200, '{"n":1}'))
    const client = createClient({ base_url: server.url, retry: { tries: 1 } })
    const outbox = open(client, memoryStore())
    const entry = await outbox.add('mark', { body: { n: 1 } })
    await outbox.drain()
    expect(server.seen.map((one) => one.headers['idempotency-key'])).toEqual([entry.idempotency_key, entry.idempotency_key])
    await server.close()
  })
})

test('D1 R28 R29: over any network, with tabs that close and several at once, everything is done exactly once, in order, or set aside', async () => {
  const fate = fc.constantFrom<Fate>(
    'ok',
    'ok',
    'answer_lost',
    'network',
    'unavailable',
    'internal',
    'busy',
    'captive',
    'refused',
    'signed_out',
    'tab_closed',
  )
  const act = fc.oneof(
    { weight: 5, arbitrary: fc.constant('add' as const) },
    { weight: 2, arbitrary: fc.constant('drain' as const) },
    { weight: 1, arbitrary: fc.constant('close' as const) },
    { weight: 1, arbitrary: fc.constant('breathe' as const) },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: 2 }), act), { maxLength: 40 }),
      fc.array(fate, { maxLength: 60 }),
      fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 5 }),
      async (acts, fates, never) => {
        const entries = new Map<string, string>()
        const store = memoryStore(entries)
        const lock = memoryLock()
        const refused = new Set(never)
        const server = aServer([...fates], refused)
        const tabs = Array.from({ length: 3 }, () => open(server.client, store, lock))
        // A closed tab stops where it stands; the browser gives its lock away.
        server.seen.close = () => {
          for (const tab of tabs) tab.stop()
          tabs.forEach((_, i) => {
            tabs[i] = open(server.client, store, lock)
          })
        }
        const added: number[] = []
        for (const [i, one] of acts) {
          if (one === 'add') {
            const n = added.length
            added.push(n)
            await tabs[i]!.add('mark', { body: { n } })
            // Tabs order by the clock: what is made later is made in a later millisecond.
            for (const now = Date.now(); Date.now() === now; ) await new Promise((resolve) => setTimeout(resolve, 1))
          } else if (one === 'drain') void tabs[i]!.drain().catch(() => {})
          else if (one === 'close') {
            tabs[i]!.stop()
            tabs[i] = open(server.client, store, lock)
          } else await new Promise((resolve) => setTimeout(resolve, 0))
        }
        // In the end somebody comes back and is signed in.
        for (let visit = 0; visit < 80 && (await tabs[0]!.waiting()).length > 0; visit++) await tabs[0]!.drain().catch(() => {})
        expect([...server.done.values()]).toEqual(added.filter((n) => !refused.has(n)))
        const aside = await tabs[0]!.setAside()
        expect(aside.map((entry) => (entry.sent.body as { n: number }).n)).toEqual(added.filter((n) => refused.has(n)))
        expect(server.seen.most_at_once).toBeLessThanOrEqual(1)
        expect([...entries.keys()].every((key) => key.includes('.aside.'))).toBe(true)
      },
    ),
    { numRuns: 150 },
  )
}, 120_000)

test('10,000 entries made while away: none lost, none doubled, in order', async () => {
  const entries = new Map<string, string>()
  const store = webStorageStore(storageOf(entries))
  const { client, done, seen } = aServer(Array.from({ length: 500 }, (_, i) => (['network', 'answer_lost', 'unavailable'] as const)[i % 3]!))
  let isOnline = false
  const network = {
    call: (...args: never[]) => (isOnline ? (client.call as (...all: never[]) => Promise<unknown>)(...args) : Promise.reject(refusal(0, 'network'))),
  }
  const outbox = createOutbox({
    client: network as never,
    owner: 'ann',
    calls,
    store,
    lock: memoryLock(),
    sleep: (_ms, signal) =>
      isOnline ? instantly() : new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('woken')), { once: true })),
  })
  for (let n = 0; n < 10_000; n++) await outbox.add('mark', { body: { n } })
  expect(await outbox.waiting()).toHaveLength(10_000)
  isOnline = true
  outbox.wake()
  await outbox.drain()
  expect([...done.values()]).toEqual(Array.from({ length: 10_000 }, (_, n) => n))
  expect([entries.size, seen.most_at_once]).toEqual([0, 1])
}, 60_000)

test('the lock of a browser lets one tab work at a time', async () => {
  const queue = memoryLock()
  const lock = webLock({ request: (name, work) => queue.run(name, work) })
  const order: string[] = []
  const work = (name: string) => async () => {
    order.push(`${name} begins`)
    await new Promise((resolve) => setTimeout(resolve, 2))
    order.push(`${name} ends`)
  }
  await Promise.all([lock.run('x', work('one')), lock.run('x', work('two'))])
  expect(order).toEqual(['one begins', 'one ends', 'two begins', 'two ends'])
})

/** The Storage of a browser over a map. */
function storageOf(entries: Map<string, string>): Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'> {
  // A listing asks for the length first, then key by key: a fresh array for each would be 10,000 times 10,000.
  let keys: string[] = []
  return {
    get length() {
      keys = [...entries.keys()]
      return keys.length
    },
    key: (i) => keys[i] ?? null,
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
  }
}
