import { endpoint } from '@gradus/contract/endpoint'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type Answer, type Answering, answering, drop, html, json, silence, stream } from '../test/answering.ts'
import { createClient } from './client.ts'
import { type WatchOptions, watch } from './events.ts'

const events = endpoint({
  method: 'GET',
  path: '/api/jobs/:job_id/events',
  summary: '',
  tag: '',
  access: { who: 'anyone' },
  params: z.object({ job_id: z.string() }),
  reply: z.object({ state: z.string(), outcome: z.string().nullable() }),
  streams: true,
})
const waiting = { state: 'queued', outcome: null }
const done = { state: 'graded', outcome: 'päss' }
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`

let server: Answering
afterEach(() => server.close())

async function start(answers: Answer[], options: WatchOptions = {}, signal?: AbortSignal) {
  server = await answering(...answers)
  const client = createClient({ base_url: server.url })
  return watch(client, events, { params: { job_id: 'j 1' }, signal }, { base_ms: 5, ...options })
}
async function collect<T>(watched: AsyncGenerator<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of watched) all.push(one)
  return all
}

test('yields each state and ends with the outcome, though the server keeps the line open', async () => {
  const watched = await start([stream([': hello\n\n', event(waiting), `id: 7\nevent: progress\n${event(done)}`], true)])
  expect(await collect(watched)).toEqual([waiting, done])
  expect(server.seen[0]).toMatchObject({ url: '/api/jobs/j%201/events', headers: { accept: 'text/event-stream' } })
})

test('reads CRLF, CR, several data lines, and characters split between pieces', async () => {
  const bytes = new TextEncoder().encode(`data: {"state":"graded",\r\ndata:"outcome":"päss"}\r\n\r\n`)
  const half = bytes.indexOf(0xc3) + 1
  const watched = await start([
    stream([`data: ${JSON.stringify(waiting)}\r\r`, 'data: {"state":"x","outcome":null}\r', '\n\r', '\n', bytes.slice(0, half), bytes.slice(half)]),
  ])
  expect(await collect(watched)).toEqual([waiting, { state: 'x', outcome: null }, done])
})

test('reconnects over an ended stream, a dropped line, a proxy page and silence', async () => {
  const breaks: number[] = []
  const watched = await start([stream([event(waiting)]), drop, html(502), stream([': hello\n\n'], true), stream([event(done)])], {
    silence_ms: 100,
    on_break: (failures) => breaks.push(failures),
  })
  expect(await collect(watched)).toEqual([waiting, done])
  expect(server.seen).toHaveLength(5)
  expect(breaks).toEqual([1, 2, 3, 4])
})

test.each([
  ['a refusal', json(404, { code: 'not_found', message: 'No.', details: {}, request_id: 'r' }), 'not_found'],
  ['an answer that is no stream', json(200, done), 'unreadable'],
  ['an event of another shape', stream([event({ state: 1 })]), 'unreadable'],
  ['an event that is not JSON', stream(['data: {\n\n']), 'unreadable'],
])('gives up at once on %s', async (_, answer, code) => {
  const watched = await start([answer])
  await expect(collect(watched)).rejects.toMatchObject({ name: 'ApiProblem', code })
  expect(server.seen).toHaveLength(1)
})

test.each([
  ['while it reads', stream([event(waiting)], true)],
  ['while it connects', silence],
  ['while it waits', drop],
])('throws the reason of the signal %s', async (_, answer) => {
  const stop = new AbortController()
  const watched = await start([answer], { base_ms: 60_000, max_ms: 60_000 }, stop.signal)
  const all = collect(watched)
  await expect.poll(() => server.seen.length).toBe(1)
  setTimeout(() => stop.abort(new Error('left the page')), 30)
  await expect(all).rejects.toThrow('left the page')
})

test('closes the connection when the caller stops listening', async () => {
  let closed = false
  const watched = await start([
    (response, seen) => {
      response.on('close', () => {
        closed = true
      })
      stream([event(waiting)], true)(response, seen)
    },
  ])
  for await (const _ of watched) break
  await expect.poll(() => closed).toBe(true)
})
