import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createClient } from '@gradus/client/client'
import { sleep } from '@gradus/client/retry'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { type LeaseServer, leaseServer, spec } from '../test/lease-server.ts'
import { type Grade, type Loop, type LoopOptions, startLoop } from './loop.ts'

const languages: LoopOptions['languages'] = [{ language: 'python', sandbox: 'wasm', runtime: 'test' }]
let server: LeaseServer
let loops: Loop[] = []
afterEach(async () => {
  for (const loop of loops) loop.abandon()
  await Promise.allSettled(loops.map((loop) => loop.done))
  loops = []
  await server.goAway()
})

function work(grade: Grade, options: Partial<LoopOptions> = {}) {
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => lines.push(line) })
  const client = createClient({ base_url: server.url, token: server.key })
  const loop = startLoop({ client, name: 'w', slots: 2, languages, grade, log, ...options })
  loops.push(loop)
  loop.done.catch(() => undefined)
  return { ...loop, lines }
}

/** Each test takes `ms` by the clock and is accepted; the work stops with its signal. */
const taking =
  (ms: number): Grade =>
  async (job, finished, signal) => {
    for (const { key } of job.spec.tests) {
      await sleep(ms, signal)
      finished(key, 'accepted')
    }
    return reportOf(job)
  }
const reportOf = (job: Parameters<Grade>[0]) => ({
  compile_output: '',
  sandbox: 'wasm' as const,
  runtime: 'test',
  tests: job.spec.tests.map(({ key }) => ({ key, verdict: 'accepted' as const, time_ms: 1, memory_kb: null, detail: {} })),
})
/** Milliseconds by job id, as the log tells them. */
const gradedIn = (lines: string[]) =>
  new Map(lines.map((line) => JSON.parse(line)).flatMap(({ job_id, graded_ms }) => (graded_ms === undefined ? [] : [[job_id, graded_ms as number]])))
const settled = (job: { status: string }, status = 'retired') => expect.poll(() => job.status, { timeout: 20_000, interval: 20 }).toBe(status)

test('grades as many jobs at once as it has slots, and tells nothing of short ones before the result', async () => {
  server = await leaseServer()
  const jobs = Array.from({ length: 12 }, () => server.add({ spec: spec(2) }))
  let running = 0
  let most = 0
  const { lines } = work(
    async (job, finished, signal) => {
      most = Math.max(most, ++running)
      const report = await taking(20)(job, finished, signal)
      running--
      return report
    },
    { slots: 3 },
  )
  for (const job of jobs) await settled(job)
  expect(most).toBe(3)
  expect(jobs.map((job) => [job.tries, job.report?.tests.length])).toEqual(jobs.map(() => [1, 2]))
  await expect.poll(() => gradedIn(lines).size).toBe(jobs.length)
  const short = jobs.filter((job) => gradedIn(lines).get(job.id)! < 140)
  expect(short.length).toBeGreaterThan(0)
  expect(short.map((job) => job.heartbeats)).toEqual(short.map(() => 0))
  expect(server.refused).toEqual([])
})

test('tells finished tests while it works, each once, several together', async () => {
  server = await leaseServer()
  const job = server.add({ spec: spec(20) })
  const { lines } = work(taking(50))
  await settled(job)
  expect(job.told.length).toBeGreaterThan(5)
  expect(job.told).toEqual(job.spec.tests.map((one) => one.key).slice(0, job.told.length))
  await expect.poll(() => gradedIn(lines).size).toBe(1)
  expect(job.heartbeats).toBeLessThan(gradedIn(lines).get(job.id)! / 250 + 2)
})

test('keeps the lease of work that takes longer than a lease', async () => {
  server = await leaseServer({ lease_seconds: 1 })
  const job = server.add()
  work(taking(2_500))
  await settled(job)
  expect(job.tries).toBe(1)
})

test('stops at once when the lease is lost, and sends no result', async () => {
  server = await leaseServer({ lease_seconds: 1 })
  const job = server.add()
  let stopped: unknown
  const loop = work(async (leased, finished, signal) => {
    return await taking(30_000)(leased, finished, signal).catch((error: unknown) => {
      stopped = error
      throw error
    })
  })
  await settled(job, 'pulled')
  server.takeAway(job)
  await expect.poll(() => stopped, { timeout: 5_000 }).toMatchObject({ cause_of_end: 'lease_lost' })
  loop.abandon()
  await loop.done
  expect(server.refused.map((one) => one.code)).toEqual(['lease_lost'])
  expect(job.released).toEqual([])
})

test('drops a result that comes after its lease, and works on', async () => {
  server = await leaseServer()
  const late = server.add()
  const { lines } = work(async (job, finished, signal) => {
    // Held in a computation: neither heartbeat nor fence has run when the work ends.
    if (job.job_id === late.id) server.takeAway(late)
    return await taking(5)(job, finished, signal)
  })
  const next = server.add()
  await settled(next)
  await expect.poll(() => lines.some((line) => line.includes('came too late'))).toBe(true)
  expect(late.report).toBeUndefined()
})

test('survives two seconds without the server: the result arrives, and the next job is taken', async () => {
  server = await leaseServer({ lease_seconds: 6 })
  const job = server.add({ spec: spec(10) })
  work(taking(100))
  await settled(job, 'pulled')
  await server.goAway()
  await sleep(2_000)
  expect(job.status).toBe('pulled')
  await server.comeBack()
  await settled(job)
  expect(job.tries).toBe(1)
  const next = server.add()
  await settled(next)
})

test('stops before the lease has ended when the server is gone for longer, and the job is done again', async () => {
  server = await leaseServer({ lease_seconds: 4 })
  const job = server.add()
  const stops: { at: number; lease_end: number; reason: unknown }[] = []
  work(async (leased, finished, signal) => {
    signal.addEventListener('abort', () => stops.push({ at: server.now(), lease_end: job.lease_end, reason: signal.reason }))
    return await taking(stops.length === 0 ? 30_000 : 10)(leased, finished, signal)
  })
  await settled(job, 'pulled')
  await server.goAway()
  await expect.poll(() => stops.length, { timeout: 10_000 }).toBe(1)
  expect(stops[0]!.at).toBeLessThan(stops[0]!.lease_end)
  expect(stops[0]!.reason).toMatchObject({ cause_of_end: 'lease_ends' })
  await server.comeBack()
  await settled(job)
  expect(job.tries).toBe(2)
})

test('offers a result on after the lease, which counts where nobody else was given the job', async () => {
  server = await leaseServer({ lease_seconds: 1 })
  server.sweep(false)
  const job = server.add()
  work(taking(300))
  await settled(job, 'pulled')
  await server.goAway()
  await expect.poll(() => job.lease_end < server.now() - 500, { timeout: 5_000 }).toBe(true)
  await server.comeBack()
  await settled(job)
  expect(job.tries).toBe(1)
})

test('a connection that takes everything and answers nothing does not hold the work beyond its lease', async () => {
  server = await leaseServer({ lease_seconds: 4 })
  const job = server.add()
  let stopped = 0
  work(async (leased, finished, signal) => {
    signal.addEventListener('abort', () => (stopped = server.now()))
    return await taking(stopped === 0 ? 30_000 : 10)(leased, finished, signal)
  })
  await settled(job, 'pulled')
  server.mute(true)
  await expect.poll(() => stopped, { timeout: 10_000 }).not.toBe(0)
  expect(stopped).toBeLessThan(job.lease_end)
})

test('knows the hard cap on its own clock, two hours off the server’s, when heartbeats fail', async () => {
  server = await leaseServer({ lease_seconds: 5, hard_cap_ms: 7_500, skew_ms: 7_200_000 })
  const job = server.add()
  const stops: { at: number; reason: unknown }[] = []
  work(async (leased, finished, signal) => {
    signal.addEventListener('abort', () => stops.push({ at: server.now(), reason: signal.reason }))
    return await taking(stops.length === 0 ? 60_000 : 10)(leased, finished, signal)
  })
  await expect.poll(() => job.heartbeats, { timeout: 10_000, interval: 10 }).toBe(2)
  const cap = job.hard_cap
  await server.goAway()
  await expect.poll(() => stops.length, { timeout: 10_000 }).toBe(1)
  expect(stops[0]!.reason).toMatchObject({ cause_of_end: 'hard_cap' })
  expect(stops[0]!.at).toBeLessThan(cap)
  await server.comeBack()
})

test('a job whose runner is killed every time is handed back three times, while others flow', async () => {
  server = await leaseServer()
  const poison = server.add({ code: 'poison' })
  const others = Array.from({ length: 6 }, () => server.add())
  work(async (job, finished, signal) => {
    const isPoison = Buffer.from(job.code_base64, 'base64').toString() === 'poison'
    const runner = spawn(process.execPath, ['-e', isPoison ? 'process.kill(process.pid, "SIGKILL")' : ''])
    const [code, killed_by] = await once(runner, 'exit')
    if (code !== 0) throw new Error(`the runner was killed by ${killed_by}`)
    return await taking(1)(job, finished, signal)
  })
  await settled(poison, 'failed')
  for (const job of others) await settled(job)
  expect(poison.released).toEqual(Array(3).fill({ cause: 'failure', detail: 'Error: the runner was killed by SIGKILL' }))
  expect(poison.report).toBeUndefined()
})

test('hands back a job whose report the server does not take, with the reason', async () => {
  server = await leaseServer()
  const job = server.add()
  work(async (leased) => ({ ...reportOf(leased), runtime: 'x'.repeat(500) }))
  await settled(job, 'failed')
  expect(job.released[0]).toMatchObject({ cause: 'failure', detail: expect.stringContaining('ApiProblem') })
})

test('when stopped it takes nothing new, finishes what it can and hands the rest back free of charge', async () => {
  server = await leaseServer()
  const short = server.add({ spec: spec(3) })
  const long = server.add({ spec: spec(100) })
  const loop = work(taking(200), { grace_ms: 1_500 })
  await settled(short, 'pulled')
  await settled(long, 'pulled')
  loop.stop()
  const never = server.add()
  await loop.done
  expect(short.status).toBe('retired')
  expect([long.status, long.tries, long.released]).toEqual(['pending', 0, [{ cause: 'shutdown', detail: '' }]])
  expect([never.status, never.tries]).toEqual(['pending', 0])
})

test('stops while the server is away, without waiting for it', async () => {
  server = await leaseServer()
  const job = server.add()
  const loop = work(taking(60_000), { grace_ms: 100 })
  await settled(job, 'pulled')
  await server.goAway()
  loop.stop()
  await loop.done
  await server.comeBack()
})

test('gives up when the server refuses its key', async () => {
  server = await leaseServer()
  const client = createClient({ base_url: server.url, token: 'gk_another_key_that_is_unknown' })
  await expect(work(taking(1), { client }).done).rejects.toMatchObject({ name: 'ApiProblem', status: 401 })
})

test('logs neither code nor tokens', async () => {
  server = await leaseServer({ lease_seconds: 1 })
  const good = server.add({ code: 'print("secret code")' })
  const bad = server.add({ code: 'print("secret code")' })
  const { lines } = work(async (job, finished, signal) => {
    if (job.job_id === bad.id) throw new Error('broken')
    return await taking(600)(job, finished, signal)
  })
  await settled(good)
  await settled(bad, 'failed')
  const text = lines.join('')
  expect(text).toContain(good.id)
  for (const secret of ['secret code', Buffer.from(good.code).toString('base64'), server.key, good.token, bad.token])
    expect(text).not.toContain(secret)
})
