import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type Job, type LeaseServer, leaseServer, spec } from '../test/lease-server.ts'

let server: LeaseServer | undefined
let workers: ChildProcess[] = []
afterEach(async () => {
  for (const worker of workers) worker.kill('SIGKILL')
  workers = []
  await server?.goAway()
  server = undefined
})

/** The worker as people start it, as a process of its own. */
function startWorker(env: Record<string, string> = {}) {
  const worker = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      GRADUS_SERVER: server?.url,
      GRADUS_GRADER_TOKEN: server?.key,
      GRADUS_WORKERS: '2',
      ...env,
    },
  })
  workers.push(worker)
  const said = { err: '' }
  worker.stderr.on('data', (data) => {
    said.err += data
  })
  const exit = once(worker, 'exit').then(([code]) => code as number | null)
  return { worker, said, exit }
}
const settled = (job: Job, status = 'retired') => expect.poll(() => job.status, { timeout: 40_000, interval: 20 }).toBe(status)
const sleeping = 'import time\ntime.sleep(1.5)\nprint(input())\n'

test('grades Python in a sandbox: right, wrong and broken programs', async () => {
  server = await leaseServer()
  const right = server.add({ code: 'print(input())', spec: spec(3) })
  const wrong = server.add({ code: 'print("no")' })
  const broken = server.add({ code: 'raise ValueError("no")' })
  const unreadable = server.add({ code: 'print(' })
  startWorker()
  for (const job of [right, wrong, broken, unreadable]) await settled(job)
  const verdicts = (job: Job) => job.report!.tests.map((one) => [one.key, one.verdict])
  expect(verdicts(right)).toEqual([
    ['t0', 'accepted'],
    ['t1', 'accepted'],
    ['t2', 'accepted'],
  ])
  expect(verdicts(wrong)).toEqual([['t0', 'wrong_answer']])
  expect(verdicts(broken)).toEqual([['t0', 'runtime_error']])
  expect(unreadable.report!.compile_output).toContain('SyntaxError')
  expect(right.report!.runtime).toMatch(/3\.\d+/)
})

test('on SIGTERM it finishes what it can, takes nothing new and ends with exit code 0', async () => {
  server = await leaseServer()
  const job = server.add({ code: sleeping })
  const { worker, exit, said } = startWorker()
  await settled(job, 'pulled')
  worker.kill('SIGTERM')
  await expect.poll(() => said.err).toContain('stopping')
  const never = server.add()
  expect(await exit).toBe(0)
  expect(job.report?.tests[0]?.verdict).toBe('accepted')
  expect(never.tries).toBe(0)
  const levels = said.err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).level)
  expect(Math.max(...levels)).toBeLessThan(40)
})

test('a second SIGTERM hands the work back at once', async () => {
  server = await leaseServer()
  const job = server.add({ code: sleeping, spec: spec(50) })
  const { worker, exit } = startWorker()
  await settled(job, 'pulled')
  worker.kill('SIGTERM')
  await new Promise((resolve) => setTimeout(resolve, 300))
  worker.kill('SIGTERM')
  expect(await exit).toBe(0)
  expect([job.status, job.tries, job.released]).toEqual(['pending', 0, [{ cause: 'shutdown', detail: '' }]])
})

test('when it is killed, another worker does its job once the lease has ended', async () => {
  server = await leaseServer({ lease_seconds: 2 })
  const job = server.add({ code: sleeping, spec: spec(2) })
  const first = startWorker({ GRADUS_WORKER_NAME: 'first' })
  await settled(job, 'pulled')
  first.worker.kill('SIGKILL')
  startWorker({ GRADUS_WORKER_NAME: 'second' })
  await settled(job)
  expect(job.leased_by).toEqual(['first', 'second'])
  expect(job.report?.tests.map((one) => one.verdict)).toEqual(['accepted', 'accepted'])
})

test('stopped past its lease and woken again, it sends nothing that counts', async () => {
  server = await leaseServer({ lease_seconds: 1 })
  const job = server.add({ code: sleeping })
  const first = startWorker({ GRADUS_WORKER_NAME: 'first' })
  await settled(job, 'pulled')
  first.worker.kill('SIGSTOP')
  startWorker({ GRADUS_WORKER_NAME: 'second' })
  await settled(job)
  const report = job.report
  first.worker.kill('SIGCONT')
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  expect(job.leased_by).toEqual(['first', 'second'])
  expect(job.report).toBe(report)
})

test.each([
  ['a missing key', { GRADUS_GRADER_TOKEN: '' }, 'GRADUS_GRADER_TOKEN is missing'],
  ['a wrong address', { GRADUS_SERVER: 'nowhere' }, 'GRADUS_SERVER must be an address'],
  ['a key the server does not know', { GRADUS_GRADER_TOKEN: 'gk_0123456789012345678901234567890' }, 'does not take GRADUS_GRADER_TOKEN'],
])('ends with one sentence and exit code 2 on %s', async (_, env, sentence) => {
  server = await leaseServer()
  const { exit, said } = startWorker({ GRADUS_LOG: 'silent', ...env })
  expect(await exit).toBe(2)
  expect(said.err).toContain(sentence)
  expect(said.err.trim().split('\n')).toHaveLength(1)
})
