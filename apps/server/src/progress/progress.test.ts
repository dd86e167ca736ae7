import { updateAssignment, updateStep } from '@gradus/contract/courses'
import { getProgress, resetProgress } from '@gradus/contract/progress'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aGrader, reportOf } from '../../test/grader.ts'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { aContent, teaching } from '../../test/teaching.ts'
import { newId } from '../db/id.ts'
import { rebuildScores } from '../submissions/rebuild-scores.ts'

let server: TestServer
let teacher: Person
beforeAll(async () => {
  server = await openTestServer({}, 16)
  teacher = await server.person({ is_creator: true })
})
afterAll(() => server.close())

/** A course of materials and assignments in the order named, and a learner in it. */
async function aScene(kinds: readonly ('material' | 'assignment')[], questions = 1, assignment: object = {}) {
  const teach = teaching(server, teacher)
  const course_id = await teach.course()
  const module_id = await teach.module(course_id)
  const steps: string[] = []
  const placed: string[][] = []
  for (const kind of kinds) {
    if (kind === 'material') {
      steps.push(await teach.material(module_id))
      placed.push([])
      continue
    }
    const made = await teach.assignment(module_id, assignment)
    steps.push(made.step_id)
    const own: string[] = []
    for (let i = 0; i < questions; i++) own.push((await teach.place(made.assignment_id, await teach.published(aContent(`Q${i}`)))).id)
    placed.push(own)
  }
  const learner = await server.person()
  await teach.enrol(course_id, learner)
  return { course_id, module_id, steps, placed, learner, teach }
}

const complete = (who: Person, step_id: unknown, more: object = {}, key?: string) =>
  server.send(who, 'POST', '/api/progress/complete', { step_id, ...more }, key === undefined ? {} : { 'idempotency-key': key })
const read = (who: Person, course_id: string) => server.call(who, getProgress, { params: { course_id } })
const handIn = async (who: Person, aq: string, key = newId()) => {
  const answer = await server.send(
    who,
    'POST',
    `/api/assignment-questions/${aq}/submissions`,
    { language: 'python', code: 'print(1)' },
    { 'idempotency-key': key },
  )
  expect(answer.statusCode, answer.body).toBe(201)
}
/** Grades what waits; the grader gives `share` of the tests, first ones first. */
async function grade(verdict: 'accepted' | 'wrong_answer', by_key: Record<string, 'accepted' | 'wrong_answer'> = {}) {
  const grader = await aGrader(server)
  for (const job of await grader.lease({ max_jobs: 8 })) expect((await grader.report(job, reportOf(job, verdict, by_key))).statusCode).toBe(200)
}

describe('a step that its reader marks', () => {
  test('R33 R34: is done once marked; a mark never changes attempts', async () => {
    const { course_id, steps, learner } = await aScene(['material', 'material'])
    const answer = await complete(learner, steps[0])
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.json()).toMatchObject({
      status: 'ok',
      step_id: steps[0],
      completed: true,
      certificate_issued: false,
      certificate: null,
      attempts: 0,
      score: null,
    })
    const progress = await read(learner, course_id)
    expect(progress.steps.map((s) => [s.completed, s.attempts, s.is_self_marked])).toEqual([
      [true, 0, true],
      [false, 0, true],
    ])
    expect(progress).toMatchObject({ user_id: learner.id, is_guest: false, course_completion_pct: 50 })
    expect(progress.modules).toMatchObject([{ steps_total: 2, steps_completed: 1, completion_pct: 50 }])
  })

  test('R32 D5: the best score and the first date stay', async () => {
    const { course_id, steps, learner } = await aScene(['material', 'material'])
    const first = (await complete(learner, steps[0], { score: 85 })).json()
    expect(first.score).toBe(0.85)
    for (const score of [null, 0.2, '40', undefined]) {
      expect((await complete(learner, steps[0], { score })).json()).toMatchObject({ score: 0.85, completed_at: first.completed_at })
    }
    expect((await complete(learner, steps[0], { score: 0.9, score_scale: 'unit' })).json()).toMatchObject({
      score: 0.9,
      completed_at: first.completed_at,
    })
    expect((await read(learner, course_id)).steps[0]).toMatchObject({ score: 0.9, completed_at: first.completed_at })
  })

  test.each([
    [{ score: true }, 422],
    [{ score: 'nan' }, 422],
    [{ score: 'Infinity' }, 422],
    [{ score: -1 }, 422],
    [{ score: 85, score_scale: 'unit' }, 422],
    [{ score: 101, score_scale: 'percent' }, 422],
    [{ score: {} }, 422],
    [{ score_scale: 'points' }, 400],
  ])('D4: %j answers %i and changes nothing', async (more, status) => {
    const { course_id, steps, learner } = await aScene(['material'])
    const answer = await complete(learner, steps[0], more)
    expect(answer.statusCode, answer.body).toBe(status)
    if (status === 422) expect(answer.json().code).toBe('score_invalid')
    expect((await read(learner, course_id)).steps[0]!.completed).toBe(false)
  })

  test('D4: 1e999 in the body is refused', async () => {
    const { steps, learner } = await aScene(['material'])
    const answer = await server.send(learner, 'POST', '/api/progress/complete', `{"step_id":"${steps[0]}","score":1e999}`)
    expect([400, 422]).toContain(answer.statusCode)
  })

  test('an unknown, missing, foreign or hidden step is a clear error', async () => {
    const { steps, learner, teach, module_id } = await aScene(['material'])
    const elsewhere = await aScene(['material'])
    const hidden = await teach.material(module_id, 'x', 'draft')
    for (const step of [newId(), elsewhere.steps[0], hidden]) expect((await complete(learner, step)).statusCode).toBe(404)
    for (const step of [undefined, null, 7, 'x', '']) {
      const answer = await complete(learner, step)
      expect(answer.statusCode).toBe(400)
      expect(answer.json().details.fields).toMatchObject([{ path: 'step_id', message: expect.stringContaining('step_id is required') }])
    }
    expect((await server.send(null, 'POST', '/api/progress/complete', { step_id: steps[0] })).statusCode).toBe(401)
  })

  test('a replayed key answers the same; with another body it is refused, and nothing moves', async () => {
    const { course_id, steps, learner } = await aScene(['material', 'material'])
    const key = newId()
    expect((await complete(learner, steps[0], { score: 0.5 }, key)).json()).toMatchObject({ is_replay: false, score: 0.5 })
    expect((await complete(learner, steps[0], { score: 0.5 }, key)).json()).toMatchObject({ is_replay: true, score: 0.5 })
    for (const [step, more] of [
      [steps[0], { score: 0.9 }],
      [steps[1], { score: 0.5 }],
    ] as const) {
      const answer = await complete(learner, step, more, key)
      expect([answer.statusCode, answer.json().code]).toEqual([422, 'idempotency_key_reused'])
    }
    expect((await complete(learner, steps[0], {}, 'short')).json().code).toBe('idempotency_key_required')
    expect((await read(learner, course_id)).steps.map((s) => [s.completed, s.score])).toEqual([
      [true, 0.5],
      [false, null],
    ])
    // Another learner's same key is another key.
    const other = await server.person()
    await teaching(server, teacher).enrol(course_id, other)
    expect((await complete(other, steps[1], {}, key)).statusCode).toBe(200)
  })

  test('a staff reset takes it back, is audited, and a late replay does not undo it', async () => {
    const { course_id, steps, learner } = await aScene(['material'])
    const key = newId()
    await complete(learner, steps[0], { score: 1 }, key)
    const body = { user_id: learner.id, step_id: steps[0]!, reason: 'marked by mistake' }
    expect((await server.send(learner, 'POST', `/api/courses/${course_id}/progress/reset`, body)).statusCode).toBe(403)
    await server.call(teacher, resetProgress, { params: { course_id }, body })
    expect((await read(learner, course_id)).steps[0]).toMatchObject({ completed: false, score: null })
    expect((await complete(learner, steps[0], { score: 1 }, key)).json().code).toBe('step_not_done')
    const events = await server.db
      .selectFrom('audit_events')
      .selectAll()
      .where('action', '=', 'progress.reset')
      .where('course_id', '=', course_id)
      .execute()
    expect(events).toMatchObject([{ actor_id: teacher.id, reason: 'marked by mistake', before: { best_ratio: 1 } }])
    expect((await complete(learner, steps[0])).statusCode).toBe(200)
    const other = await aScene(['material'])
    expect((await server.send(teacher, 'POST', `/api/courses/${other.course_id}/progress/reset`, body)).statusCode).toBe(404)
  })
})

describe('a step with questions', () => {
  test('D3: a client cannot complete or score it', async () => {
    const { course_id, steps, learner } = await aScene(['assignment'])
    const answer = await complete(learner, steps[0], { score: 1 })
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'step_not_done'])
    expect((await read(learner, course_id)).steps[0]).toMatchObject({ completed: false, score: null, attempts: 0, is_self_marked: false })
  })

  test('R34: attempts alone never complete it; all points of every question do', async () => {
    const { course_id, steps, placed, learner } = await aScene(['assignment', 'material'], 2)
    const [a, b] = placed[0]!
    await handIn(learner, a!)
    expect((await read(learner, course_id)).steps[0]).toMatchObject({ attempts: 1, completed: false, score: null })
    await grade('wrong_answer', { t1: 'accepted' })
    // One of three points of the first of two questions with as many points.
    expect((await read(learner, course_id)).steps[0]).toMatchObject({ attempts: 1, completed: false, score: expect.closeTo(1 / 6, 9) })
    await handIn(learner, a!)
    await grade('accepted')
    expect((await read(learner, course_id)).steps[0]).toMatchObject({ attempts: 2, completed: false, score: 0.5 })
    await handIn(learner, b!)
    await grade('accepted')
    const done = (await read(learner, course_id)).steps[0]!
    expect(done).toMatchObject({ attempts: 3, completed: true, score: 1 })
    expect((await complete(learner, steps[0], { score: 0.1 })).json()).toMatchObject({
      completed: true,
      score: 1,
      attempts: 3,
      completed_at: done.completed_at,
    })
  })

  test('D5: under the policy of the latest attempt a worse one later takes nothing back', async () => {
    const { course_id, placed, learner } = await aScene(['assignment', 'material'], 1, { graded_attempt: 'latest' })
    await handIn(learner, placed[0]![0]!)
    await grade('accepted')
    const done = (await read(learner, course_id)).steps[0]!
    await handIn(learner, placed[0]![0]!)
    await grade('wrong_answer')
    expect((await read(learner, course_id)).steps[0]).toEqual({ ...done, attempts: 2 })
  })

  test('a replayed hand-in is no attempt', async () => {
    const { course_id, placed, learner } = await aScene(['assignment'])
    const key = newId()
    await handIn(learner, placed[0]![0]!, key)
    await handIn(learner, placed[0]![0]!, key)
    expect((await read(learner, course_id)).steps[0]!.attempts).toBe(1)
    await grade('wrong_answer')
  })

  test('completion_ratio decides, and lowering it completes what has that much already', async () => {
    const { course_id, placed, learner, steps } = await aScene(['assignment', 'material'], 1, { completion_ratio: 0.5 })
    await handIn(learner, placed[0]![0]!)
    await grade('wrong_answer', { t1: 'accepted' })
    expect((await read(learner, course_id)).steps[0]).toMatchObject({ completed: false, score: expect.closeTo(1 / 3, 9) })
    const { assignment_id } = await server.db
      .selectFrom('assignments')
      .select('id as assignment_id')
      .where('step_id', '=', steps[0]!)
      .executeTakeFirstOrThrow()
    await server.call(teacher, updateAssignment, { params: { assignment_id }, body: { completion_ratio: 0 } })
    await rebuildScores(server.db, assignment_id)
    expect((await read(learner, course_id)).steps[0]).toMatchObject({ completed: true, score: expect.closeTo(1 / 3, 9) })
  })
})

describe('many at once', () => {
  test('R58 F4: 50 completions and 50 hand-ins of one step make one row with 50 attempts', async () => {
    const { course_id, steps, placed, learner } = await aScene(['assignment', 'material'])
    await Promise.all([
      ...Array.from({ length: 50 }, () => handIn(learner, placed[0]![0]!)),
      ...Array.from({ length: 50 }, (_, i) => complete(learner, steps[1], { score: i / 49 })),
      ...Array.from({ length: 50 }, () => complete(learner, steps[0], { score: 1 })),
    ])
    const rows = await server.db.selectFrom('progress').selectAll().where('principal_id', '=', learner.id).execute()
    expect(rows).toHaveLength(2)
    expect((await read(learner, course_id)).steps).toMatchObject([
      { attempts: 50, completed: false, score: null },
      { attempts: 0, completed: true, score: 1 },
    ])
  })

  test('R52 D8: of two last steps at the same instant one issues the certificate, every time', async () => {
    for (let round = 0; round < 10; round++) {
      const { course_id, steps, learner } = await aScene(['material', 'material', 'material'])
      const answers = await Promise.all(steps.flatMap((step) => [complete(learner, step), complete(learner, step)]))
      expect(answers.filter((answer) => answer.json().certificate_issued)).toHaveLength(1)
      const issued = await server.db.selectFrom('certificates').selectAll().where('course_id', '=', course_id).execute()
      expect(issued).toMatchObject([{ principal_id: learner.id, ratio: 1, step_count: 3 }])
    }
  })
})

describe('the set of steps', () => {
  test('R61 F7: only published steps count, an empty module is never complete, and a step added later shows', async () => {
    const { course_id, module_id, steps, learner, teach } = await aScene(['material'])
    await teach.module(course_id, 'Empty')
    const draft = await teach.material(module_id, 'later', 'draft')
    expect((await complete(learner, steps[0])).json()).toMatchObject({ certificate_issued: true, certificate: { score: 1, score_percent: 100 } })
    const before = await read(learner, course_id)
    expect(before.modules).toMatchObject([
      { steps_total: 1, completion_pct: 100 },
      { steps_total: 0, steps_completed: 0, completion_pct: 0 },
    ])
    expect(before.course_completion_pct).toBe(100)
    await server.call(teacher, updateStep, { params: { step_id: draft }, body: { state: 'published' } })
    const after = await read(learner, course_id)
    expect(after.course_completion_pct).toBe(50)
    expect(after.certificate).toEqual(before.certificate)
    expect((await complete(learner, draft)).json()).toMatchObject({ certificate_issued: false, certificate: before.certificate })
  })

  test('a course without steps gives no certificate', async () => {
    const { course_id, learner } = await aScene([])
    expect(await read(learner, course_id)).toMatchObject({ steps: [], course_completion_pct: 0, certificate: null })
  })
})
