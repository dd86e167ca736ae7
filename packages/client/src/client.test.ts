import { endpoint } from '@gradus/contract/endpoint'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type Answer, type Answering, answering, breakOff, drop, html, json, silence } from '../test/answering.ts'
import { type ClientOptions, createClient, newIdempotencyKey } from './client.ts'
import type { ApiProblem } from './problem.ts'

const head = { summary: '', tag: '', access: { who: 'anyone' } } as const
const reply = z.object({ n: z.number() })
const get = endpoint({
  ...head,
  method: 'GET',
  path: '/api/things/:thing_id/parts/:part',
  params: z.object({ thing_id: z.string(), part: z.string() }),
  query: z.object({ search: z.string().optional(), limit: z.coerce.number().optional() }),
  reply,
})
const post = endpoint({ ...head, method: 'POST', path: '/api/things', body: z.strictObject({ name: z.string() }), reply })
const keyed = endpoint({ ...head, method: 'POST', path: '/api/keyed', body: z.strictObject({ name: z.string() }), reply, keyed: true })
const remove = endpoint({ ...head, method: 'DELETE', path: '/api/things/:thing_id', params: z.object({ thing_id: z.string() }) })
const at = { params: { thing_id: 'a', part: 'b' } }

let open: Answering[] = []
afterEach(async () => {
  await Promise.all(open.map((server) => server.close()))
  open = []
})
async function against(answers: Answer[], options: Partial<ClientOptions> = {}) {
  const server = await answering(...answers)
  open.push(server)
  const client = createClient({ base_url: server.url, retry: { base_ms: 5 }, ...options })
  return { client, seen: server.seen }
}
const problemOf = async (call: Promise<unknown>): Promise<ApiProblem> => {
  const outcome = await call.then(
    () => 'no problem',
    (error: unknown) => error,
  )
  expect(outcome).toMatchObject({ name: 'ApiProblem' })
  return outcome as ApiProblem
}
const refusal = { code: 'closed', message: 'It is closed.', details: { since: 1 }, request_id: 'r-1' }

test('fills in path and query, sends the token and reads the reply by its schema', async () => {
  const { client, seen } = await against([json(200, { n: 1, more: true })], { token: 'secret' })
  expect(await client.call(get, { params: { thing_id: 'a/b?c', part: 'ü d' }, query: { search: 'x&y', limit: 3 } })).toEqual({ n: 1 })
  expect(seen[0]).toMatchObject({
    method: 'GET',
    url: '/api/things/a%2Fb%3Fc/parts/%C3%BC%20d?search=x%26y&limit=3',
    headers: { authorization: 'Bearer secret' },
  })
})

test('names the learner for whom it calls', async () => {
  const { client, seen } = await against([json(200, { n: 1 })], { learner_id: 'ann' })
  await client.call(get, at)
  expect(seen[0]!.headers['gradus-learner']).toBe('ann')
})

test('sends a body as JSON, and reads an answer without one', async () => {
  const { client, seen } = await against([json(201, { n: 2 }), (response) => response.writeHead(204).end()])
  await client.call(post, { body: { name: 'über\u2028' } })
  expect(seen[0]!.headers['content-type']).toBe('application/json')
  expect(JSON.parse(seen[0]!.body)).toEqual({ name: 'über\u2028' })
  expect(await client.call(remove, { params: { thing_id: 'a' } })).toBeUndefined()
  expect(seen[1]!.headers['content-type']).toBeUndefined()
})

test.each(['', '.', '..'])('refuses %j as an id, which a URL would fold away', async (thing_id) => {
  const { client, seen } = await against([json(200, { n: 1 })])
  expect((await problemOf(client.call(get, { params: { thing_id, part: 'b' } }))).code).toBe('not_found')
  expect(seen).toEqual([])
})

test('throws the refusal with its code, details and request id', async () => {
  const { client, seen } = await against([json(409, refusal)])
  const problem = await problemOf(client.call(get, at))
  expect(problem).toMatchObject({ code: 'closed', status: 409, message: 'It is closed.', details: { since: 1 }, request_id: 'r-1' })
  expect(seen).toHaveLength(1)
})

test.each([
  ['a proxy that finds no server', html(502), 'unavailable', 502],
  ['a proxy with a smaller limit', html(413), 'body_too_large', 413],
  ['another program at this address', html(404), 'unreadable', 404],
  ['a page where JSON should be', html(200), 'unreadable', 200],
  ['a reply of another version', json(200, { n: 'one' }), 'unreadable', 200],
])('names %s', async (_, answer, code, status) => {
  const { client } = await against([answer], { retry: { tries: 1 } })
  expect(await problemOf(client.call(get, at))).toMatchObject({ code, status })
})

test('calls nothing there a network problem', async () => {
  const gone = await answering(silence)
  await gone.close()
  const client = createClient({ base_url: gone.url, retry: { tries: 2, base_ms: 1 } })
  const problem = await problemOf(client.call(get, at))
  expect(problem).toMatchObject({ code: 'network', status: 0 })
  expect(problem.details.reason).toContain('ECONNREFUSED')
})

test('repeats a read over 503, 429, a dropped and a broken-off answer', async () => {
  const { client, seen } = await against([html(503), drop, breakOff, json(429, { ...refusal, code: 'rate_limited' }), json(200, { n: 5 })], {
    retry: { tries: 5, base_ms: 5 },
  })
  expect(await client.call(get, at)).toEqual({ n: 5 })
  expect(seen).toHaveLength(5)
})

test('stops after its tries with the last problem', async () => {
  const { client, seen } = await against([html(503)], { retry: { tries: 3, base_ms: 1 } })
  expect((await problemOf(client.call(get, at))).code).toBe('unavailable')
  expect(seen).toHaveLength(3)
})

test.each([html(503), drop])('never repeats a POST without a key', async (answer) => {
  const { client, seen } = await against([answer, json(201, { n: 1 })])
  await problemOf(client.call(post, { body: { name: 'x' } }))
  expect(seen).toHaveLength(1)
})

test('repeats a keyed POST with the same key and the same bytes', async () => {
  const { client, seen } = await against([drop, html(504), json(201, { n: 1 })])
  const idempotency_key = newIdempotencyKey()
  expect(await client.call(keyed, { body: { name: 'x' }, idempotency_key })).toEqual({ n: 1 })
  expect(seen.map((one) => [one.headers['idempotency-key'], one.body])).toEqual(Array(3).fill([idempotency_key, '{"name":"x"}']))
})

test('refuses a keyed call without a key before it is sent', async () => {
  const { client, seen } = await against([json(201, { n: 1 })])
  await expect(client.call(keyed, { body: { name: 'x' } })).rejects.toThrow(TypeError)
  expect(seen).toEqual([])
})

test('waits as long as Retry-After says', async () => {
  const { client } = await against([json(503, refusal, { 'retry-after': '1' }), json(200, { n: 1 })])
  const began = performance.now()
  await client.call(get, at)
  expect(performance.now() - began).toBeGreaterThan(990)
})

test('does not wait where Retry-After asks for longer than its longest wait', async () => {
  const { client, seen } = await against([json(503, refusal, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() })])
  expect((await problemOf(client.call(get, at))).retry_after_ms).toBeGreaterThan(3_500_000)
  expect(seen).toHaveLength(1)
})

test('takes silence beyond its timeout for a network problem', async () => {
  const { client } = await against([silence], { timeout_ms: 50, retry: { tries: 1 } })
  expect(await problemOf(client.call(get, at))).toMatchObject({ code: 'network', details: { reason: 'no answer within 50 ms' } })
})

test('throws the reason of the signal, under way and between tries', async () => {
  for (const [answer, retry] of [
    [silence, {}],
    [html(503), { base_ms: 60_000, max_ms: 60_000 }],
  ] as const) {
    const { client, seen } = await against([answer], { retry })
    const stop = new AbortController()
    const call = client.call(get, { ...at, signal: stop.signal })
    await expect.poll(() => seen.length).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 30))
    stop.abort(new Error('left the page'))
    await expect(call).rejects.toThrow('left the page')
  }
})

test('makes keys that the server takes and that differ', () => {
  const keys = new Set(Array.from({ length: 100 }, newIdempotencyKey))
  expect(keys.size).toBe(100)
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/)
})

test('knows by type what a call takes', () => {
  const client = createClient({ base_url: 'http://127.0.0.1:1' })
  const never = () => {
    // @ts-expect-error: the path needs its parameters
    void client.call(get)
    // @ts-expect-error: the body is required
    void client.call(post, {})
    // @ts-expect-error: and has a name
    void client.call(post, { body: { nam: 'x' } })
  }
  expect(never).toBeTypeOf('function')
})
