import * as questions from '@gradus/contract/questions'
import * as api from '@gradus/contract/submissions'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aCourse, type Course } from '../../test/course.ts'
import { aGrader, type Grader, reportOf } from '../../test/grader.ts'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { sweepRuns } from './sweep-runs.ts'

let server: TestServer
let grader: Grader
beforeAll(async () => {
  server = await openTestServer({}, 12)
  grader = await aGrader(server)
})
afterAll(() => server.close())
beforeEach(() => server.pool.query("update grading_jobs set status = 'retired', retired_at = now() where status <> 'retired'"))

const run = (who: Person, course: Course, code = 'print(1)', language = 'python') =>
  server.send(who, 'POST', `/api/assignment-questions/${course.aq}/runs`, { language, code })
const read = (who: Person, run_id: string) => server.call(who, api.getRun, { params: { run_id } })

describe('a run of the visible tests', () => {
  test('uses no attempt, moves no score, and shows everything of what it ran', async () => {
    const course = await aCourse(server, { max_attempts: 1, points_override: 8, tests: [{ key: 'a' }, { key: 'b', is_hidden: true }, { key: 'c' }] })
    const who = course.students[0]!
    const answer = await run(who, course)
    expect(answer.statusCode).toBe(202)
    const { id } = answer.json()
    expect(await read(who, id)).toMatchObject({ kind: 'visible_tests', progress: { state: 'queued', outcome: null } })
    const job = await grader.take()
    expect((await grader.report(job, reportOf(job, 'accepted', { c: 'wrong_answer' }))).json()).toEqual({ is_replay: false })
    expect((await grader.report(job, reportOf(job, 'accepted', { c: 'wrong_answer' }))).json()).toEqual({ is_replay: true })
    const { progress } = await read(who, id)
    expect(progress).toMatchObject({ state: 'graded', outcome: { verdict: 'wrong_answer', points: 4, points_possible: 8 } })
    expect(progress.outcome!.tests.map((t) => [t.key, t.verdict, t.detail.stdout])).toEqual([
      ['a', 'accepted', 'out of a'],
      ['c', 'wrong_answer', 'out of c'],
    ])
    for (const table of ['attempt_counters', 'scores', 'score_events'] as const) {
      expect(await server.db.selectFrom(table).selectAll().where('principal_id', '=', who.id).execute()).toEqual([])
    }
  })

  test('three may wait at once, whatever the number of tabs; one that finished makes room', async () => {
    const course = await aCourse(server, { students: 2 })
    const [who, other] = [course.students[0]!, course.students[1]!]
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => run(who, course, `print(${i})`)))
    expect(answers.filter((a) => a.statusCode === 202)).toHaveLength(3)
    expect(new Set(answers.filter((a) => a.statusCode !== 202).map((a) => `${a.statusCode} ${a.json().code}`))).toEqual(
      new Set(['429 too_many_runs']),
    )
    const waiting = await server.db.selectFrom('runs').select('id').where('principal_id', '=', who.id).where('finished_at', 'is', null).execute()
    expect(waiting).toHaveLength(3)
    expect((await run(other, course)).statusCode).toBe(202)
    const job = await grader.take()
    await grader.report(job, reportOf(job))
    expect((await run(who, course)).statusCode).toBe(202)
    expect((await run(who, course)).statusCode).toBe(429)
  })

  test('one whose grading failed for good ends without an outcome and makes room', async () => {
    const course = await aCourse(server)
    const { id } = (await run(course.students[0]!, course)).json()
    for (let i = 0; i < 3; i++) {
      await server.pool.query("update grading_jobs set available_at = now() - interval '1 second' where status = 'retry'")
      await grader.release(await grader.take(), 'failure')
    }
    expect(await read(course.students[0]!, id)).toMatchObject({ progress: { state: 'needs_staff', outcome: null } })
    for (let i = 0; i < 3; i++) expect((await run(course.students[0]!, course)).statusCode).toBe(202)
  })

  test.each([
    ['not open yet', { opens_at: new Date(Date.now() + 60_000).toISOString() }, 'not_open_yet'],
    ['another language', { languages: ['c'] }, 'language_not_allowed'],
    ['only hidden tests', { tests: [{ key: 'a', is_hidden: true }] }, 'no_visible_tests'],
  ] as const)('is refused: %s', async (_, options, code) => {
    const course = await aCourse(server, options as never)
    expect((await run(course.students[0]!, course)).json().code).toBe(code)
  })

  test('goes on after closing, because practice harms nobody', async () => {
    const course = await aCourse(server, { closes_at: new Date(Date.now() - 1000).toISOString() })
    expect((await run(course.students[0]!, course)).statusCode).toBe(202)
  })

  test('is there for nobody else, and is swept a week after it finished, with its job', async () => {
    const course = await aCourse(server)
    const [old, kept] = [(await run(course.students[0]!, course)).json().id, (await run(course.students[0]!, course)).json().id]
    expect((await server.send(course.teacher, 'GET', `/api/runs/${old}`)).statusCode).toBe(404)
    for (const job of await grader.lease({ max_jobs: 2 })) await grader.report(job, reportOf(job))
    await server.pool.query("update runs set finished_at = now() - interval '8 days' where id = $1", [old])
    expect(await sweepRuns(server.db)).toBe(1)
    expect((await server.send(course.students[0]!, 'GET', `/api/runs/${old}`)).statusCode).toBe(404)
    expect((await read(course.students[0]!, kept)).progress.state).toBe('graded')
    expect(await server.db.selectFrom('grading_jobs').select('id').where('subject_id', '=', old).execute()).toEqual([])
  })
})

describe('a try of a draft', () => {
  const content = (reference = 'print(input())'): questions.QuestionContent => ({
    title: 'Echo',
    statement_markdown: 'Say it again.',
    spec: {
      kind: 'io',
      comparator: { kind: 'exact' },
      languages: { python: { starter: '# begin', reference, compiler_flags: [] }, c: { starter: '', reference: 'int main(){}', compiler_flags: [] } },
      tests: ['a', 'b'].map((key) => ({
        ...{ key, name: key, points: 1, is_hidden: key === 'b', time_ms: 500, memory_mb: 64, output_kb: 64, stdin: key, expected_stdout: key },
      })),
    },
  })
  async function aDraft(): Promise<{ who: Person; question_id: string; sha: string }> {
    const who = await server.person({ is_creator: true })
    const made = await server.call(who, questions.createQuestion, { body: { slug: `echo-${crypto.randomUUID().slice(0, 8)}`, content: content() } })
    return { who, question_id: made.id, sha: made.draft.content_sha256 }
  }
  /** Grades what waits: references pass, starters fail, but for what is said otherwise. */
  async function gradeAll(verdictOf: (code: string) => 'accepted' | 'wrong_answer'): Promise<number> {
    const jobs = await grader.lease({ max_jobs: 16, languages: ['python', 'c'] })
    for (const job of jobs) await grader.report(job, reportOf(job, verdictOf(Buffer.from(job.code_base64, 'base64').toString())))
    return jobs.length
  }
  const asItShould = (code: string) => (code === '' || code === '# begin' ? 'wrong_answer' : 'accepted')

  test('runs reference and starter of every language on all tests; when both came out as they must, it can be published', async () => {
    const { who, question_id, sha } = await aDraft()
    const params = { question_id }
    expect((await server.send(who, 'POST', `/api/questions/${question_id}/publish`, { content_sha256: sha })).json().code).toBe('try_required')
    const started = await server.call(who, questions.tryDraft, { params })
    expect(started).toMatchObject({ content_sha256: sha, is_ready: false })
    expect(started.languages.map((l) => [l.language, l.reference?.is_finished, l.starter?.is_finished])).toEqual([
      ['python', false, false],
      ['c', false, false],
    ])
    // Again while it waits: nothing new.
    const again = await server.call(who, questions.tryDraft, { params })
    expect(again).toEqual(started)
    expect(await gradeAll(asItShould)).toBe(4)
    const state = await server.call(who, questions.getTrial, { params })
    expect(state).toMatchObject({ is_ready: true, languages: [{ reference: { passes: true }, starter: { passes: false, is_finished: true } }, {}] })
    const whole = await read(who, state.languages[0]!.reference!.run_id)
    expect(whole.progress.outcome!.tests.map((t) => [t.is_hidden, t.detail.stdout])).toEqual([
      [false, 'out of a'],
      [true, 'out of b'],
    ])
    const published = await server.call(who, questions.publishQuestion, { params, body: { content_sha256: sha } })
    expect(published).toMatchObject({ state: 'published', number: 1, content_sha256: sha })
    // A repeat after a lost answer.
    expect(await server.call(who, questions.publishQuestion, { params, body: { content_sha256: sha } })).toEqual(published)
  })

  test.each<[string, (code: string) => 'accepted' | 'wrong_answer']>([
    ['a starter passes', () => 'accepted'],
    ['a reference fails', () => 'wrong_answer'],
    ['one language’s reference fails', (code) => (code.startsWith('int') ? 'wrong_answer' : asItShould(code))],
  ])('is not enough when %s; what went wrong is run again, what was right is not', async (_, verdictOf) => {
    const { who, question_id, sha } = await aDraft()
    await server.call(who, questions.tryDraft, { params: { question_id } })
    await gradeAll(verdictOf)
    expect((await server.call(who, questions.getTrial, { params: { question_id } })).is_ready).toBe(false)
    expect((await server.send(who, 'POST', `/api/questions/${question_id}/publish`, { content_sha256: sha })).json().code).toBe('try_required')
    await server.call(who, questions.tryDraft, { params: { question_id } })
    const rerun = await gradeAll(asItShould)
    expect(rerun).toBeGreaterThan(0)
    expect(rerun).toBeLessThan(4)
    expect((await server.call(who, questions.getTrial, { params: { question_id } })).is_ready).toBe(true)
  })

  test('a try of a draft that changed proves nothing, whether it waited, was being graded or comes back later', async () => {
    const { who, question_id, sha } = await aDraft()
    await server.call(who, questions.tryDraft, { params: { question_id } })
    const [held] = await grader.lease({ languages: ['python', 'c'] })
    const saved = await server.call(who, questions.saveDraft, {
      params: { question_id },
      body: { content: content('print("other")'), base_sha256: sha },
    })
    expect(await grader.lease({ max_jobs: 8, languages: ['python', 'c'] })).toEqual([])
    expect((await grader.report(held!, reportOf(held!))).json()).toEqual({ is_replay: false })
    expect(await server.call(who, questions.getTrial, { params: { question_id } })).toMatchObject({
      content_sha256: saved.content_sha256,
      is_ready: false,
      languages: [
        { reference: null, starter: null },
        { reference: null, starter: null },
      ],
    })
    expect((await server.send(who, 'POST', `/api/questions/${question_id}/publish`, { content_sha256: sha })).json().code).toBe('draft_changed')
    // The old text again: the dropped runs do not come back to life.
    await server.call(who, questions.saveDraft, { params: { question_id }, body: { content: content(), base_sha256: saved.content_sha256 } })
    expect((await server.call(who, questions.getTrial, { params: { question_id } })).languages[0]).toMatchObject({ reference: null })
    expect((await server.send(who, 'POST', `/api/questions/${question_id}/publish`, { content_sha256: sha })).json().code).toBe('try_required')
  })

  test('ten tries at once start each run once', async () => {
    const { who, question_id } = await aDraft()
    await Promise.all(Array.from({ length: 10 }, () => server.call(who, questions.tryDraft, { params: { question_id } })))
    expect(await grader.lease({ max_jobs: 16, languages: ['python', 'c'] })).toHaveLength(4)
  })
})
