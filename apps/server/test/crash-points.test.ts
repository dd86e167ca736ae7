import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type CrashPoint, crashPoints } from '../src/db/crash-point.ts'
import { examining, multipart, multipartType } from './examining.ts'
import { openTestServer, type Person, type TestServer } from './server.ts'
import { aWorld, type World } from './world.ts'

/**
 * kill -9 at every named step of a hand-in and of a result, with a client that repeats and with one that has gone
 * (fault matrix rows 1 to 3). The server is a real process; the database survives, as it does when a process dies.
 */
let base: TestServer
beforeAll(async () => {
  base = await openTestServer()
})
afterAll(() => base.close())

const port = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as { port: number }
      probe.close(() => resolve(free))
    })
  })

interface Running {
  base_url: string
  child: ChildProcess
  died: Promise<string | null>
}

/** What is left when a test fails half-way. */
const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})

async function startServer(crash_point?: CrashPoint): Promise<Running> {
  const free = await port()
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts')], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: base.url,
      PORT: String(free),
      GRADUS_LOG: 'silent',
      GRADUS_DEMO: 'off',
      GRADUS_DB_POOL: '4',
      GRADUS_BLOBS: base.config.blobs_dir,
      ...(crash_point === undefined ? {} : { GRADUS_CRASH_POINT: crash_point }),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  running.add(child)
  const died = new Promise<string | null>((resolve) => child.once('exit', (_code, signal) => resolve(signal)))
  const base_url = `http://127.0.0.1:${free}`
  for (let tries = 0; tries < 200; tries++) {
    if ((await fetch(`${base_url}/readyz`).catch(() => null))?.ok) return { base_url, child, died }
    await sleep(50)
  }
  child.kill('SIGKILL')
  throw new Error('a server did not become ready')
}

async function stop({ child, died }: Running): Promise<void> {
  child.kill('SIGKILL')
  await died
}

type Answer = { status: number; body: Record<string, unknown> } | null

async function post(at: Running, who: Person, path: string, body: unknown, key?: string): Promise<Answer> {
  try {
    const response = await fetch(at.base_url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
  } catch {
    return null
  }
}

interface Scene {
  world: World
  learner: Person
  machine: Person
  key: string
}

async function aScene(): Promise<Scene> {
  const teacher = await base.person({ is_creator: true })
  const learner = await base.person()
  const world = await aWorld(base, teacher.id, learner.id)
  // The world's own hand-in is out of the way: this scene is about the next one.
  await base.db.deleteFrom('grading_jobs').where('status', 'in', ['pending', 'retry', 'pulled']).execute()
  return { world, learner, machine: await base.machine('grade'), key: `crash-${world.course_slug}` }
}

const code = '# \u00e4\u{1f600}\r\nprint(1)\n'
const handIn = (at: Running, { world, learner, key }: Scene): Promise<Answer> =>
  post(at, learner, `/api/assignment-questions/${world.assignment_question}/submissions`, { language: 'python', code }, key)
const lease = (at: Running, { machine }: Scene): Promise<Answer> =>
  post(at, machine, '/api/grading/lease', {
    worker: 'crash',
    slots: 1,
    languages: [{ language: 'python', sandbox: 'wasm', runtime: 'crash' }],
    max_jobs: 1,
  })

interface Job {
  job_id: string
  lease_token: string
  spec: { tests: { key: string }[] }
}
const jobOf = (answer: Answer): Job | undefined => (answer?.body.jobs as Job[] | undefined)?.[0]
const report = (at: Running, { machine }: Scene, job: Job): Promise<Answer> =>
  post(at, machine, `/api/grading/jobs/${job.job_id}/result`, {
    lease_token: job.lease_token,
    report: {
      compile_output: '',
      sandbox: 'wasm',
      runtime: 'crash',
      tests: job.spec.tests.map((t) => ({ key: t.key, verdict: 'accepted', time_ms: 1, memory_kb: null, detail: {} })),
    },
  })

/** What must hold of the scene's hand-in whatever happened: all of it or nothing (I1, I2, I6). */
async function stored({ learner, world, key }: Scene) {
  const rows = await base.db.selectFrom('submissions').selectAll().where('principal_id', '=', learner.id).where('idempotency_key', '=', key).execute()
  expect(rows.length).toBeLessThanOrEqual(1)
  const counter = await base.db
    .selectFrom('attempt_counters')
    .select('attempts')
    .where('principal_id', '=', learner.id)
    .where('assignment_question_id', '=', world.assignment_question)
    .executeTakeFirstOrThrow()
  expect(counter.attempts).toBe(1 + rows.length)
  const [row] = rows
  if (row === undefined) return null
  expect(row.content!.equals(Buffer.from(code))).toBe(true)
  expect(row.content_sha256.equals(createHash('sha256').update(code).digest())).toBe(true)
  const jobs = await base.db.selectFrom('grading_jobs').selectAll().where('subject_id', '=', row.id).execute()
  expect(jobs).toHaveLength(1)
  return { submission: row, job: jobs[0]! }
}

async function results(submission_id: string) {
  const all = await base.db.selectFrom('results').selectAll().where('submission_id', '=', submission_id).execute()
  const events = await base.db.selectFrom('score_events').selectAll().where('submission_id', '=', submission_id).execute()
  const tests = await base.db.selectFrom('test_results').selectAll().where('submission_id', '=', submission_id).execute()
  expect(events).toHaveLength(all.length)
  expect(tests).toHaveLength(all.length)
  return all
}

/** Lets the lease run out, as the time of a real one would. */
const expireLeases = (): Promise<unknown> =>
  base.db
    .updateTable('grading_jobs')
    .set({ lease_expires_at: new Date(Date.now() - 1_000).toISOString(), available_at: new Date(Date.now() - 1_000).toISOString() })
    .where('status', '=', 'pulled')
    .execute()

/** Leases until the job is handed out again: the rescue waits its turn. */
async function leaseAgain(at: Running, scene: Scene): Promise<Job> {
  for (let tries = 0; tries < 100; tries++) {
    await base.db
      .updateTable('grading_jobs')
      .set({ available_at: new Date(Date.now() - 1_000).toISOString() })
      .where('status', '=', 'retry')
      .execute()
    const job = jobOf(await lease(at, scene))
    if (job !== undefined) return job
    await sleep(200)
  }
  throw new Error('the job was not handed out again')
}

const submitPoints = crashPoints.filter((name) => name.startsWith('s'))
const uploadPoints = crashPoints.filter((name) => name.startsWith('u'))
const workPoints = crashPoints.filter((name) => name.startsWith('w'))
/** Reached only by a hand-in whose key is known already. */
const afterFirst: CrashPoint[] = ['s5_submit_refused', 's6_submit_replayed']

describe.each(['repeats', 'has gone'] as const)('the client %s', (client) => {
  test.each(submitPoints)('killed at %s: all of the hand-in or nothing', async (name) => {
    const scene = await aScene()
    if (afterFirst.includes(name)) {
      const before = await startServer()
      expect((await handIn(before, scene))?.status).toBe(201)
      await stop(before)
    }
    const armed = await startServer(name)
    const first = await handIn(armed, scene)
    expect(await Promise.race([armed.died, sleep(5_000)]), 'the armed server must have died').toBe('SIGKILL')
    const acknowledged = first?.status === 201
    const left = await stored(scene)
    if (acknowledged || afterFirst.includes(name)) expect(left).not.toBeNull()
    if (client === 'has gone') return
    const again = await startServer()
    try {
      const second = await handIn(again, scene)
      expect(second?.status).toBe(201)
      const kept = await stored(scene)
      expect(kept?.submission.id).toBe(second?.body.id)
      if (acknowledged) expect(second?.body.id).toBe(first.body.id)
      if (left !== null) expect(kept?.submission.id).toBe(left.submission.id)
      expect(kept?.submission.attempt_number).toBe(2)
    } finally {
      await stop(again)
    }
  })

  test.each(uploadPoints)('killed at %s: all of a candidate’s file or nothing', async (name) => {
    const exam = await examining(base).exam()
    const { id, code: upload_code } = await exam.candidate()
    const [earlier, bytes] = [randomBytes(300_000), randomBytes(400_000)]
    // A first file is one statement, in which there is no such place.
    const before = name === 'u3_upload_written' ? 1 : 0
    if (before === 1) expect((await exam.upload(upload_code, earlier)).status).toBe(201)
    const send = async (at: Running): Promise<Answer> => {
      const response = await fetch(`${at.base_url}/api/hand-in/${upload_code}/files`, {
        method: 'POST',
        headers: { 'content-type': multipartType, 'idempotency-key': `upload-${id}` },
        body: new Uint8Array(multipart(bytes)),
        signal: AbortSignal.timeout(10_000),
      }).catch(() => null)
      const text = await response?.text().catch(() => null)
      return response === null || text == null ? null : { status: response.status, body: JSON.parse(text) as Record<string, unknown> }
    }
    const kept = async () => {
      const rows = await base.db.selectFrom('submissions').select(['id', 'attempt_number']).where('principal_id', '=', id).execute()
      const files = await base.db
        .selectFrom('submission_files')
        .selectAll()
        .where('submission_id', 'in', [id, ...rows.map((row) => row.id)])
        .execute()
      const receipts = await base.db
        .selectFrom('receipts')
        .select(['code', 'log_seq'])
        .where('candidate_id', '=', id)
        .orderBy('log_seq', 'desc')
        .execute()
      const log = await base.db.selectFrom('exam_log_entries').select('seq').where('exam_id', '=', exam.id).where('seq', '>', 1).execute()
      const counters = await base.db.selectFrom('attempt_counters').select('attempts').where('principal_id', '=', id).execute()
      // No part without the others.
      expect([files.length, receipts.length, log.length, counters[0]?.attempts ?? 0]).toEqual(Array<number>(4).fill(rows.length))
      expect([before, before + 1]).toContain(rows.length)
      // One counts, and its bytes are there, whole.
      const counting = files.filter((file) => file.superseded_at === null)
      expect(counting).toHaveLength(Math.min(1, rows.length))
      const right = rows.length === before ? earlier : bytes
      for (const { object_key } of counting) {
        const { stream } = await base.blobs.read(object_key)
        expect(Buffer.concat(await stream.toArray()).equals(right)).toBe(true)
      }
      return rows.length === before ? null : receipts[0]!.code
    }
    const armed = await startServer(name)
    const first = await send(armed)
    expect(await Promise.race([armed.died, sleep(5_000)]), 'the armed server must have died').toBe('SIGKILL')
    const left = await kept()
    if (first?.status === 201) expect(left).toBe(first.body.verification_code)
    if (client === 'has gone') return
    const again = await startServer()
    try {
      const second = await send(again)
      expect(second?.status).toBe(201)
      expect(await kept()).toBe(second?.body.verification_code)
      if (left !== null) expect(second?.body.verification_code).toBe(left)
    } finally {
      await stop(again)
    }
  })

  test.each(workPoints)('killed at %s: graded once, and not lost', async (name) => {
    const scene = await aScene()
    const calm = await startServer()
    expect((await handIn(calm, scene))?.status).toBe(201)
    const held = name === 'w1_lease_committed' ? undefined : jobOf(await lease(calm, scene))
    await stop(calm)
    const armed = await startServer(name)
    const answer = held === undefined ? await lease(armed, scene) : await report(armed, scene, held)
    expect(await Promise.race([armed.died, sleep(5_000)]), 'the armed server must have died').toBe('SIGKILL')
    const { submission } = (await stored(scene))!
    const acknowledged = held !== undefined && answer?.status === 200
    if (acknowledged) expect(await results(submission.id)).toHaveLength(1)

    const again = await startServer()
    try {
      if (held !== undefined && client === 'repeats') {
        expect((await report(again, scene, held))?.status).toBe(200)
        expect(await results(submission.id)).toHaveLength(1)
      } else if ((await results(submission.id)).length === 0) {
        await expireLeases()
        const next = await leaseAgain(again, scene)
        expect(next.job_id).toBe(held?.job_id ?? next.job_id)
        expect(next.lease_token).not.toBe(held?.lease_token)
        expect((await report(again, scene, next))?.status).toBe(200)
        // The dead worker's report comes at last: nothing changes.
        if (held !== undefined) expect((await report(again, scene, held))?.status).toBe(409)
      }
      const all = await results(submission.id)
      expect(all.filter((r) => r.is_current)).toHaveLength(1)
      expect(all).toHaveLength(1)
      expect((await stored(scene))?.job.status).toBe('retired')
    } finally {
      await stop(again)
    }
  })
})
