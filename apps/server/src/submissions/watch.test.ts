import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import * as api from '@gradus/contract/submissions'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createClient } from '../../../../packages/client/src/client.ts'
import { watch } from '../../../../packages/client/src/events.ts'
import { aCourse, type Course } from '../../test/course.ts'
import { aGrader, type Grader, reportOf } from '../../test/grader.ts'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'

let server: TestServer
let grader: Grader
let base_url: string
beforeAll(async () => {
  server = await openTestServer({}, 8)
  grader = await aGrader(server)
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  base_url = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}`
})
afterAll(() => server.close())
beforeEach(() => server.pool.query("update grading_jobs set status = 'retired', retired_at = now() where status <> 'retired'"))

const clientOf = (who: Person) => createClient({ base_url, token: who.token })
async function handIn(course: Course, who = course.students[0]!, code = randomUUID()): Promise<string> {
  const answer = await server.send(
    who,
    'POST',
    `/api/assignment-questions/${course.aq}/submissions`,
    { language: 'python', code },
    { 'idempotency-key': randomUUID() },
  )
  return answer.json().id
}
/** Everything a watcher is told, as it arrives. */
function following(who: Person, submission_id: string) {
  const seen: api.Progress[] = []
  const leave = new AbortController()
  const done = (async () => {
    for await (const progress of watch(clientOf(who), api.watchSubmission, { params: { submission_id }, signal: leave.signal })) seen.push(progress)
  })()
  done.catch(() => {})
  return { seen, done, leave: () => leave.abort() }
}
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo() && tries < 500; tries++) await sleep(20)
  expect(isSo()).toBe(true)
}

describe('a watcher is told', () => {
  test('queue, grading, each finished test, the outcome; then the stream ends', async () => {
    const course = await aCourse(server, { tests: [{ key: 'a' }, { key: 'b', is_hidden: true }] })
    const id = await handIn(course)
    const { seen, done } = following(course.students[0]!, id)
    await until(() => seen.length > 0)
    expect(seen[0]).toEqual({ state: 'queued', ahead: 0, has_grader: false, finished: [], outcome: null })
    const job = await grader.take()
    await until(() => seen.at(-1)?.state === 'grading')
    expect(seen.at(-1)).toMatchObject({ ahead: null, has_grader: true })
    await grader.heartbeat(job, [{ key: 'a', verdict: 'accepted' }])
    await until(() => seen.at(-1)?.finished.length === 1)
    await grader.report(job, reportOf(job))
    await done
    const last = seen.at(-1)!
    expect(last).toMatchObject({ state: 'graded', outcome: { verdict: 'accepted', points: 2 }, finished: [{ key: 'a' }, { key: 'b' }] })
    expect(last.outcome!.tests.map((t) => t.detail)).toEqual([{ stdout: 'out of a', exit_code: 0 }, {}])
    expect(seen.map((p) => p.state)).toEqual([...seen.map((p) => p.state)].sort((a, b) => order.indexOf(a) - order.indexOf(b)))
  })

  test('at once what is there, when it came too late to see it happen; staff see hidden tests whole', async () => {
    const course = await aCourse(server, { tests: [{ key: 'b', is_hidden: true }] })
    const id = await handIn(course)
    const job = await grader.take()
    await grader.report(job, reportOf(job))
    const { seen, done } = following(course.teacher, id)
    await done
    expect(seen).toHaveLength(1)
    expect(seen[0]!.outcome!.tests[0]!.detail).toMatchObject({ stdout: 'out of b' })
  })

  test('that it moves up in the line, at most once a second', async () => {
    const course = await aCourse(server, { students: 4 })
    for (const who of course.students.slice(1)) await handIn(course, who)
    const id = await handIn(course)
    const { seen, leave } = following(course.students[0]!, id)
    await until(() => seen.length > 0)
    expect(seen[0]).toMatchObject({ state: 'queued', ahead: 3 })
    await grader.lease({ max_jobs: 2 })
    await until(() => seen.at(-1)!.ahead === 1)
    leave()
  })

  test('of retries and of staff, and it goes on after staff put it back', async () => {
    const course = await aCourse(server)
    const id = await handIn(course)
    const { seen, done } = following(course.students[0]!, id)
    for (let i = 0; i < 3; i++) {
      await server.pool.query("update grading_jobs set available_at = now() - interval '1 second' where status = 'retry'")
      await grader.release(await grader.take(), 'failure')
    }
    await until(() => seen.at(-1)?.state === 'needs_staff')
    await server.send(course.teacher, 'POST', `/api/submissions/${id}/requeue`)
    const job = await grader.take()
    await grader.report(job, reportOf(job))
    await done
    expect(seen.map((p) => p.state)).toContain('retrying')
    expect(seen.at(-1)!.state).toBe('graded')
  })
})
const order = ['queued', 'grading', 'graded']

describe('the stream', () => {
  const open = (who: Person, id: string) =>
    new Promise<{ headers: Record<string, unknown>; text: () => string; ended: Promise<void>; cut(): void }>((resolve, reject) => {
      const call = request(`${base_url}/api/submissions/${id}/events`, { headers: { authorization: `Bearer ${who.token}` } }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece
        })
        resolve({
          headers: response.headers,
          text: () => text,
          ended: new Promise((end) => response.on('close', () => end())),
          cut: () => call.destroy(),
        })
      })
      call.on('error', reject)
      call.end()
    })

  test('is what browsers read, is not kept by caches, and tells when to come back', async () => {
    const course = await aCourse(server)
    const stream = await open(course.students[0]!, await handIn(course))
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    expect(stream.headers['x-request-id']).toBeDefined()
    await until(() => stream.text().includes('data: '))
    expect(stream.text()).toMatch(/^retry: 1000\n\ndata: \{"state":"queued".*\}\n\n$/)
    stream.cut()
  })

  test('of many watchers that go away none is left behind', async () => {
    const course = await aCourse(server)
    const id = await handIn(course)
    const streams = await Promise.all(Array.from({ length: 20 }, () => open(course.students[0]!, id)))
    await until(() => streams.every((stream) => stream.text().includes('queued')))
    for (const stream of streams) stream.cut()
    await until(() => openSockets() === 0)
  })

  test('of someone else’s work is not there', async () => {
    const course = await aCourse(server, { students: 2 })
    const id = await handIn(course)
    expect((await server.send(course.students[1]!, 'GET', `/api/submissions/${id}/events`)).statusCode).toBe(404)
  })
})

let sockets = 0
const openSockets = (): number => {
  server.app.server.getConnections((_, count) => {
    sockets = count
  })
  return sockets
}

test('a server that drains ends its streams, lets waiting workers go, and takes no new streams', async () => {
  const draining = new AbortController()
  const other = await openTestServer({}, 4, draining.signal)
  const course = await aCourse(other)
  const answer = await other.send(
    course.students[0]!,
    'POST',
    `/api/assignment-questions/${course.aq}/submissions`,
    { language: 'python', code: '1' },
    { 'idempotency-key': randomUUID() },
  )
  const stream = other.send(course.students[0]!, 'GET', `/api/submissions/${answer.json().id}/events`)
  const machine = await aGrader(other)
  const lease = machine.lease({ wait_seconds: 25, languages: ['c'] })
  await sleep(300)
  draining.abort()
  expect((await stream).body).toContain('"state":"queued"')
  expect(await lease).toEqual([])
  expect((await other.send(course.students[0]!, 'GET', `/api/submissions/${answer.json().id}/events`)).statusCode).toBe(200)
  await other.close()
})
