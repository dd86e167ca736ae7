import { randomUUID } from 'node:crypto'
import * as submissions from '@gradus/contract/submissions'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aCourse, type Course, type CourseOptions } from '../../test/course.ts'
import { aGrader, type Grader, reportOf } from '../../test/grader.ts'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { rebuildScores } from '../submissions/rebuild-scores.ts'
import { rescue } from './take-failure.ts'

let server: TestServer
let grader: Grader
beforeAll(async () => {
  server = await openTestServer({}, 16)
  grader = await aGrader(server)
})
afterAll(() => server.close())
// Jobs of other tests are in the way of a lease.
beforeEach(() => server.pool.query("update grading_jobs set status = 'retired', retired_at = now() where status <> 'retired'"))

async function handIn(course: Course, code = 'print(1)', who: Person = course.students[0]!): Promise<string> {
  const answer = await server.send(
    who,
    'POST',
    `/api/assignment-questions/${course.aq}/submissions`,
    { language: 'python', code },
    { 'idempotency-key': randomUUID() },
  )
  expect(answer.statusCode).toBe(201)
  return answer.json().id
}
const read = (who: Person, submission_id: string) => server.call(who, submissions.getSubmission, { params: { submission_id } })
const scoreOf = (course: Course, who: Person = course.students[0]!) =>
  server.db
    .selectFrom('scores')
    .select(['submission_id', 'points', 'points_possible'])
    .where('assignment_question_id', '=', course.aq)
    .where('principal_id', '=', who.id)
    .executeTakeFirst()
const counts = async (submission_id: string) =>
  (
    await server.pool.query(
      `select (select count(*)::int from results where submission_id = $1) as results,
        (select count(*)::int from results where submission_id = $1 and is_current) as current,
        (select count(*)::int from test_results where submission_id = $1) as tests,
        (select count(*)::int from score_events where submission_id = $1) as events`,
      [submission_id],
    )
  ).rows[0]
const makeDue = () => server.pool.query("update grading_jobs set available_at = now() - interval '1 second' where status = 'retry'")
const graded = async (course: Course, verdicts: Record<string, 'accepted' | 'wrong_answer'>, code?: string): Promise<string> => {
  const id = await handIn(course, code)
  const job = await grader.take()
  expect((await grader.report(job, reportOf(job, 'accepted', verdicts))).statusCode).toBe(200)
  return id
}

const three: CourseOptions = {
  tests: [
    { key: 'a', points: 1 },
    { key: 'b', points: 2, is_hidden: true },
    { key: 'c', points: 0.5 },
  ],
}

describe('handing out', () => {
  test('exact bytes, only the language and the tests of the job, no starter and no reference', async () => {
    const course = await aCourse(server, { ...three, languages: ['python', 'c'] })
    await handIn(course, 'print("ä")\r\n')
    const job = await grader.take()
    expect(Buffer.from(job.code_base64, 'base64').toString()).toBe('print("ä")\r\n')
    expect(job).toMatchObject({ kind: 'submission', language: 'python', lease_seconds: 30 })
    expect(job.spec.languages).toEqual({ python: { starter: '', reference: '', compiler_flags: [] } })
    expect(job.spec.tests.map((t) => t.key)).toEqual(['a', 'b', 'c'])
    expect(job.spec).toMatchObject({ kind: 'io', comparator: { kind: 'exact' } })
    expect(job.spec.tests[1]).toMatchObject({ stdin: 'in b', expected_stdout: 'out b', points: 2, is_hidden: true, time_ms: 1000 })
  })

  test('a run of the visible tests brings those alone', async () => {
    const course = await aCourse(server, three)
    await server.call(course.students[0]!, submissions.createRun, {
      params: { assignment_question_id: course.aq },
      body: { language: 'python', code: 'x' },
    })
    const job = await grader.take()
    expect([job.kind, job.spec.tests.map((t) => t.key)]).toEqual(['run', ['a', 'c']])
  })

  test('waiting workers get each job as soon as it is handed in, and no job twice', async () => {
    const course = await aCourse(server)
    const waiting = Array.from({ length: 5 }, () => grader.lease({ wait_seconds: 20 }))
    await new Promise((resolve) => setTimeout(resolve, 200))
    await handIn(course)
    expect(await Promise.race(waiting)).toHaveLength(1)
    await Promise.all(Array.from({ length: 4 }, (_, i) => handIn(course, `print(${i})`)))
    const jobs = (await Promise.all(waiting)).flat()
    expect(new Set(jobs.map((job) => job.job_id)).size).toBe(5)
  })

  test('a worker whose languages do not fit waits on, and gets nothing when its time is over', async () => {
    const course = await aCourse(server)
    const waiting = grader.lease({ wait_seconds: 0.4, languages: ['c'] })
    await handIn(course)
    expect(await waiting).toEqual([])
    expect(await grader.lease({ languages: ['c', 'python'] })).toHaveLength(1)
  })

  test('machines are written down with what they can run', async () => {
    await grader.lease({ languages: ['java', 'c'] })
    const seen = await server.db.selectFrom('graders_seen').selectAll().where('name', '=', 'machine-1').executeTakeFirstOrThrow()
    expect(seen).toMatchObject({ slots: 4, languages: [{ language: 'java', sandbox: 'wasm', runtime: 'test' }, { language: 'c' }] })
  })
})

describe('taking back', () => {
  test('verdicts are the grader’s, points are ours; the learner sees them, of hidden tests no more than that', async () => {
    const course = await aCourse(server, three)
    const id = await handIn(course)
    const job = await grader.take()
    const answer = await grader.report(job, reportOf(job, 'accepted', { c: 'wrong_answer' }))
    expect([answer.statusCode, answer.json()]).toEqual([200, { is_replay: false }])
    const own = await read(course.students[0]!, id)
    expect(own).toMatchObject({ state: 'graded', verdict: 'wrong_answer', points: 3, points_possible: 3.5 })
    expect(own.progress).toMatchObject({
      state: 'graded',
      ahead: null,
      outcome: { verdict: 'wrong_answer', points: 3, points_possible: 3.5, sandbox: 'wasm' },
    })
    const [a, b, c] = own.progress.outcome!.tests
    expect(a).toMatchObject({
      key: 'a',
      name: 'test a',
      verdict: 'accepted',
      points: 1,
      points_possible: 1,
      time_ms: 7,
      memory_kb: 1000,
      detail: { stdout: 'out of a' },
    })
    expect(b).toEqual({
      key: 'b',
      name: 'test b',
      is_hidden: true,
      verdict: 'accepted',
      points: 2,
      points_possible: 2,
      time_ms: null,
      memory_kb: null,
      detail: {},
    })
    expect(c).toMatchObject({ verdict: 'wrong_answer', points: 0, points_possible: 0.5 })
    expect((await read(course.teacher, id)).progress.outcome!.tests[1]!.detail).toMatchObject({ stdout: 'out of b' })
    expect(await scoreOf(course)).toEqual({ submission_id: id, points: 3, points_possible: 3.5 })
  })

  test('an override scales what a test is worth, and the sum is exact', async () => {
    const course = await aCourse(server, { points_override: 10, tests: [{ key: 'a' }, { key: 'b' }, { key: 'c' }] })
    const id = await graded(course, { b: 'wrong_answer' })
    const { progress, points, points_possible } = await read(course.students[0]!, id)
    expect([points, points_possible]).toEqual([6.6667, 10])
    const worth = progress.outcome!.tests.map((t) => t.points_possible)
    expect(worth.reduce((sum, w) => sum + Math.round(w * 1e4), 0)).toBe(100_000)
  })

  test('row 15: the same report again gets the same answer, at once and later; another report under the same token does not', async () => {
    const course = await aCourse(server, three)
    const id = await handIn(course)
    const job = await grader.take()
    const answers = await Promise.all(Array.from({ length: 12 }, () => grader.report(job, reportOf(job))))
    expect(answers.map((a) => a.statusCode)).toEqual(Array(12).fill(200))
    expect(answers.filter((a) => a.json().is_replay === false)).toHaveLength(1)
    expect((await grader.report(job, reportOf(job))).json()).toEqual({ is_replay: true })
    expect((await grader.report(job, reportOf(job, 'wrong_answer'))).json().code).toBe('lease_lost')
    expect(await counts(id)).toEqual({ results: 1, current: 1, tests: 3, events: 1 })
    expect((await read(course.students[0]!, id)).verdict).toBe('accepted')
  })

  test('two machines race with different reports after a rescue: exactly one result (I4, I5)', async () => {
    const course = await aCourse(server)
    const id = await handIn(course)
    const first = await grader.take()
    await server.pool.query("update grading_jobs set lease_expires_at = now() - interval '1 second' where id = $1", [first.job_id])
    expect(await rescue(server.db)).toBe(1)
    expect((await read(course.students[0]!, id)).state).toBe('retrying')
    await makeDue()
    const second = await grader.take()
    expect([second.job_id, second.lease_token === first.lease_token]).toEqual([first.job_id, false])
    const answers = await Promise.all([grader.report(first, reportOf(first, 'wrong_answer')), grader.report(second, reportOf(second))])
    expect(answers.map((a) => a.statusCode)).toEqual([409, 200])
    expect(await counts(id)).toEqual({ results: 1, current: 1, tests: 1, events: 1 })
    expect((await read(course.students[0]!, id)).verdict).toBe('accepted')
  })

  test('a report that does not name exactly the tests changes nothing, and the right one is still taken', async () => {
    const course = await aCourse(server, three)
    const id = await handIn(course)
    const job = await grader.take()
    const whole = reportOf(job)
    const [a, b, c] = whole.tests
    for (const tests of [[], [a, b], [a, b, c, { ...c!, key: 'd' }], [a, b, b], [a, b, c, c], [a, b, { ...c!, key: 'C' }]]) {
      const answer = await grader.report(job, { ...whole, tests })
      expect([answer.statusCode, answer.json().code]).toEqual([422, 'result_mismatch'])
    }
    expect(await counts(id)).toEqual({ results: 0, current: 0, tests: 0, events: 0 })
    expect((await read(course.students[0]!, id)).state).toBe('grading')
    expect((await grader.report(job, whole)).statusCode).toBe(200)
  })

  test('what a grader says is bounded and cannot break the database or a terminal', async () => {
    const course = await aCourse(server)
    const id = await handIn(course)
    const job = await grader.take()
    const report = reportOf(job, 'wrong_answer')
    report.compile_output = 'a\u0000b'
    report.tests[0]!.detail = { stdout: `\u0000\u001b[31m${'x'.repeat(100_000)}`, stderr: '\ud83d\ude00', message: 'm' }
    expect((await grader.report(job, report)).statusCode).toBe(200)
    const { outcome } = (await read(course.students[0]!, id)).progress
    expect(outcome!.compile_output).toBe('a␀b')
    expect(outcome!.tests[0]!.detail.stdout).toHaveLength(4096)
    expect(outcome!.tests[0]!.detail.stdout!.startsWith('␀␛[31mx')).toBe(true)
    expect(outcome!.tests[0]!.detail).toMatchObject({ stderr: '😀', message: 'm', is_truncated: true })
  })

  test('a failed compilation is one verdict for the whole', async () => {
    const course = await aCourse(server, three)
    const id = await handIn(course)
    const job = await grader.take()
    await grader.report(job, { ...reportOf(job, 'skipped'), compile_output: 'line 1: no' })
    expect(await read(course.students[0]!, id)).toMatchObject({
      verdict: 'compile_error',
      points: 0,
      progress: { outcome: { compile_output: 'line 1: no' } },
    })
  })
})

describe('scores are a fold of events and policy (I10)', () => {
  test.each([
    ['best', 3.5],
    ['latest', 0.5],
    ['first', 1],
  ] as const)('%s attempt counts', async (graded_attempt, points) => {
    const course = await aCourse(server, { ...three, graded_attempt })
    await graded(course, { b: 'wrong_answer', c: 'wrong_answer' })
    await graded(course, {})
    await graded(course, { a: 'wrong_answer', b: 'wrong_answer' })
    expect(await scoreOf(course)).toMatchObject({ points, points_possible: 3.5 })
    expect(await rebuildScores(server.db, course.assignment_id)).toEqual({ checked: 1, changed: 0 })
  })

  test('results that come in at once and out of order leave the right score', async () => {
    const course = await aCourse(server, { tests: Array.from({ length: 8 }, (_, i) => ({ key: `t${i}` })) })
    for (let i = 0; i < 8; i++) await handIn(course, `print(${i})`)
    const jobs = await grader.lease({ max_jobs: 8 })
    const right = (n: number) => Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`t${i}`, i <= n ? 'accepted' : 'wrong_answer'] as const))
    await Promise.all(jobs.map((job, i) => grader.report(job, reportOf(job, 'accepted', right(i)))))
    expect(await scoreOf(course)).toMatchObject({ points: 8 })
    expect(await rebuildScores(server.db, course.assignment_id)).toEqual({ checked: 1, changed: 0 })
  })

  test('a rebuild finds and mends a cache that is wrong, and follows a changed policy', async () => {
    const course = await aCourse(server, three)
    await graded(course, {})
    await graded(course, { b: 'wrong_answer' })
    await server.db.updateTable('scores').set({ points: 99 }).where('assignment_question_id', '=', course.aq).execute()
    expect(await rebuildScores(server.db, course.assignment_id)).toEqual({ checked: 1, changed: 1 })
    expect(await scoreOf(course)).toMatchObject({ points: 3.5 })
    await server.db.updateTable('assignments').set({ graded_attempt: 'latest' }).where('id', '=', course.assignment_id).execute()
    expect(await rebuildScores(server.db, course.assignment_id)).toEqual({ checked: 1, changed: 1 })
    expect(await scoreOf(course)).toMatchObject({ points: 1.5 })
  })
})

describe('I6: our failure never costs the student an attempt', () => {
  test('three failures: needs staff, the attempt is given back once, staff are told; requeued and graded it counts', async () => {
    const course = await aCourse(server, { max_attempts: 1 })
    const who = course.students[0]!
    const id = await handIn(course)
    for (let i = 0; i < 3; i++) {
      await makeDue()
      const job = await grader.take()
      if (i === 1) expect((await grader.report(job, reportOf(job, 'internal_error'))).statusCode).toBe(200)
      else expect((await grader.release(job, 'failure', 'the box did not start\u0000')).statusCode).toBe(204)
      expect((await grader.report(job, reportOf(job))).json().code).toBe('lease_lost')
    }
    expect(await read(who, id)).toMatchObject({ state: 'needs_staff', verdict: null, points: null, progress: { outcome: null } })
    expect(await counts(id)).toEqual({ results: 0, current: 0, tests: 0, events: 0 })
    const job = await server.db.selectFrom('grading_jobs').selectAll().where('subject_id', '=', id).executeTakeFirstOrThrow()
    expect(job).toMatchObject({ status: 'failed', failure: 'the box did not start␀', tries: 3 })
    const audit = await server.db.selectFrom('audit_events').select(['action', 'after', 'reason']).where('object_id', '=', id).execute()
    expect(audit).toEqual([
      { action: 'submission.needs_staff', after: { job_id: job.id, tries: 3, attempt_given_back: true }, reason: 'the box did not start␀' },
    ])
    const { rows } = await server.pool.query(
      "select p.payload from graphile_worker._private_jobs p join graphile_worker._private_tasks t on t.id = p.task_id where t.identifier = 'job_failed' and p.payload->>'subject_id' = $1",
      [id],
    )
    expect(rows).toHaveLength(1)

    // The attempt is free again.
    const second = await handIn(course, 'print(2)')
    expect((await server.send(course.students[0]!, 'POST', `/api/submissions/${id}/requeue`)).statusCode).toBe(403)
    expect((await server.send(course.teacher, 'POST', `/api/submissions/${id}/requeue`)).json()).toEqual({ state: 'queued' })
    expect((await server.send(course.teacher, 'POST', `/api/submissions/${id}/requeue`)).json().code).toBe('job_not_failed')
    for (const again of await grader.lease({ max_jobs: 2 })) await grader.report(again, reportOf(again))
    expect((await read(who, id)).verdict).toBe('accepted')
    expect((await read(who, second)).verdict).toBe('accepted')
    const counter = await server.db
      .selectFrom('attempt_counters')
      .select(['attempts', 'forgiven'])
      .where('assignment_question_id', '=', course.aq)
      .executeTakeFirstOrThrow()
    expect(counter).toEqual({ attempts: 2, forgiven: 1 })
  })

  test('a hand-in that fails for good twice is forgiven once', async () => {
    const course = await aCourse(server, { max_attempts: 2 })
    const id = await handIn(course)
    for (let life = 0; life < 2; life++) {
      for (let i = 0; i < 3; i++) {
        await makeDue()
        await grader.release(await grader.take(), 'failure')
      }
      if (life === 0) await server.send(course.teacher, 'POST', `/api/submissions/${id}/requeue`)
    }
    const counter = await server.db
      .selectFrom('attempt_counters')
      .select(['attempts', 'forgiven'])
      .where('assignment_question_id', '=', course.aq)
      .executeTakeFirstOrThrow()
    expect(counter).toEqual({ attempts: 1, forgiven: 1 })
  })

  test('row 14: a submission that kills every worker reaches staff, and its neighbours are graded', async () => {
    const course = await aCourse(server, { students: 2 })
    const poison = await handIn(course, 'boom')
    const neighbours = [await handIn(course, 'fine', course.students[1]!), await handIn(course, 'fine too', course.students[1]!)]
    for (let i = 0; i < 5; i++) {
      await makeDue()
      for (const job of await grader.lease({ max_jobs: 4 })) {
        if (Buffer.from(job.code_base64, 'base64').toString() !== 'boom') await grader.report(job, reportOf(job))
        else await server.pool.query("update grading_jobs set lease_expires_at = now() - interval '1 second' where id = $1", [job.job_id])
      }
      await rescue(server.db)
    }
    expect((await read(course.students[0]!, poison)).state).toBe('needs_staff')
    for (const id of neighbours) expect((await read(course.students[1]!, id)).state).toBe('graded')
  })

  test('row 25: a worker that is shut down hands back, no try is lost, and a waiting worker takes over', async () => {
    const course = await aCourse(server)
    const id = await handIn(course)
    const job = await grader.take()
    const next = grader.lease({ wait_seconds: 20 })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect((await grader.release(job, 'shutdown')).statusCode).toBe(204)
    const [again] = await next
    expect(again!.job_id).toBe(job.job_id)
    const row = await server.db.selectFrom('grading_jobs').select('tries').where('subject_id', '=', id).executeTakeFirstOrThrow()
    expect(row.tries).toBe(1)
  })
})

test('only graders reach the interface, and nobody learns of jobs by guessing', async () => {
  const course = await aCourse(server)
  await handIn(course)
  const job = await grader.take()
  for (const who of [course.teacher, course.students[0]!, await server.machine('user'), await server.machine('admin')]) {
    expect((await server.send(who, 'POST', '/api/grading/lease', { worker: 'w', slots: 1, languages: [] })).json().code).toBe('scope_missing')
  }
  expect((await grader.report({ job_id: randomUUID(), lease_token: job.lease_token }, reportOf(job))).json().code).toBe('lease_lost')
  expect((await grader.heartbeat({ ...job, lease_token: `1.${'B'.repeat(43)}` })).json().code).toBe('lease_lost')
})
