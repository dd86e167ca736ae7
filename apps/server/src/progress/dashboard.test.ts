import { updateStep } from '@gradus/contract/courses'
import { getAggregateStats, listEnrolledLearners } from '@gradus/contract/progress'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { teaching } from '../../test/teaching.ts'
import { newId } from '../db/id.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const address = (course_id: string, page = 'aggregate-stats') => `/api/auth/creator/courses/${course_id}/${page}`
const stats = (who: Person, course_id: string) => server.call(who, getAggregateStats, { params: { course_id } })

async function aScene(modules: readonly number[] = [2, 1]) {
  const teacher = await server.person({ is_creator: true })
  const teach = teaching(server, teacher)
  const course_id = await teach.course()
  const steps: string[][] = []
  for (const size of modules) {
    const module_id = await teach.module(course_id)
    steps.push([])
    for (let i = 0; i < size; i++) steps.at(-1)!.push(await teach.material(module_id))
  }
  const learner = async (): Promise<Person> => {
    const person = await server.person({ display_name: 'A learner' })
    await teach.enrol(course_id, person)
    return person
  }
  const put = (
    principal_id: string,
    step_id: string,
    row: { attempts?: number; best_ratio?: number; completed_at?: string; active_at?: string } = {},
  ) =>
    server.db
      .insertInto('progress')
      .values({ principal_id, step_id, ...row })
      .execute()
  return { teacher, teach, course_id, steps, learner, put }
}
const now = () => new Date().toISOString()

describe('R41: who may look', () => {
  test.each(['aggregate-stats', 'enrolled-learners'])('%s', async (page) => {
    const { teacher, teach, course_id, learner } = await aScene()
    const ta = await server.person()
    await teach.enrol(course_id, ta, 'ta')
    const asked = async (who: Person | null, id = course_id) => (await server.send(who, 'GET', address(id, page))).statusCode
    expect(await asked(null)).toBe(401)
    expect(await asked(await learner())).toBe(403)
    expect(await asked(ta)).toBe(403)
    expect(await asked(await server.person({ is_creator: true }))).toBe(403)
    expect(await asked(await server.person())).toBe(403)
    expect(await asked(teacher, newId())).toBe(404)
    expect(await asked(teacher)).toBe(200)
    expect(await asked(await server.person({ is_admin: true }))).toBe(200)
  })
})

test('R55 F1: guests, strangers, staff and who was removed change no number, attempts included', async () => {
  const { teacher, teach, course_id, steps, learner, put } = await aScene()
  const enrolled = await learner()
  const removed = await learner()
  const people = [removed.id, (await server.person()).id, teacher.id]
  for (let i = 0; i < 3; i++) {
    const id = newId()
    await server.db.insertInto('principals').values({ id, kind: 'guest' }).execute()
    people.push(id)
  }
  await server.db.updateTable('enrolments').set({ state: 'removed' }).where('user_id', '=', removed.id).execute()
  for (const id of people) for (const step of steps[0]!) await put(id, step, { attempts: 5, best_ratio: 1, completed_at: now() })
  const nobody = await stats(teacher, course_id)
  expect(nobody.summary).toMatchObject({ enrolled: 1, completed_course: 0, avg_progress_percent: 0, median_progress_percent: 0 })
  expect(nobody.summary.last_active_distribution).toEqual({ day: 0, week: 0, month: 0, older: 0, never: 1 })
  expect(nobody.modules[0]).toMatchObject({ reached_learners: 0, completed_learners: 0, total_attempts: 0, total_step_completions: 0 })
  expect(nobody.modules[0]!.steps[0]).toMatchObject({ learners: 0, attempts: 0, completed: 0, avg_score: null, pass_rate: null })
  // Whoever comes back to the course counts again, with all they did.
  await teach.enrol(course_id, removed)
  expect((await stats(teacher, course_id)).modules[0]).toMatchObject({ reached_learners: 1, completed_learners: 1, total_attempts: 10 })
  expect(enrolled.id).toBeTruthy()
})

test('R42 R43 R44 R45: the numbers of a small course', async () => {
  const { teacher, teach, course_id, steps, learner, put } = await aScene([2, 1, 0])
  const [a, b, c, d] = [await learner(), await learner(), await learner(), await learner()]
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString()
  const all = steps.flat()
  for (const step of all) await put(a!.id, step, { attempts: 1, best_ratio: 1, completed_at: now() })
  await put(b!.id, all[0]!, { attempts: 3, best_ratio: 0.5, completed_at: now(), active_at: ago(3 * 86_400) })
  // Tried and not scored: it makes no mean smaller.
  await put(b!.id, all[1]!, { attempts: 1, active_at: ago(4 * 86_400) })
  await put(c!.id, all[0]!, { attempts: 4, best_ratio: 0, active_at: ago(40 * 86_400) })
  const draft = await teach.material(
    (await server.db.selectFrom('steps').select('module_id').where('id', '=', all[0]!).executeTakeFirstOrThrow()).module_id,
    'x',
    'draft',
  )
  await put(a!.id, draft, { attempts: 9, completed_at: now() })
  const found = await stats(teacher, course_id)
  expect(found).toMatchObject({ course_id, course_title: 'A course', total_steps: 3, module_count: 3 })
  expect(found.summary).toMatchObject({
    ...{ enrolled: 4, completed_course: 1, avg_progress_percent: expect.closeTo(100 / 3, 9), median_progress_percent: expect.closeTo(100 / 6, 9) },
    last_active_distribution: { day: 1, week: 1, month: 0, older: 1, never: 1 },
  })
  expect(found.modules.map((m) => [m.step_count, m.reached_learners, m.completed_learners, m.total_attempts, m.total_step_completions])).toEqual([
    [2, 3, 1, 10, 3],
    [1, 1, 1, 1, 1],
    [0, 0, 0, 0, 0],
  ])
  expect(found.modules[0]!.steps[0]).toMatchObject({
    attempts: 8,
    completed: 2,
    learners: 3,
    avg_score: 0.5,
    pass_rate: 0.25,
    exercise_type: 'material',
  })
  expect(found.modules[0]!.steps[1]).toMatchObject({ attempts: 2, completed: 1, learners: 2, avg_score: 1, pass_rate: 0.5 })
  const { learners, total_steps, steps: named } = await server.call(teacher, listEnrolledLearners, { params: { course_id } })
  expect(total_steps).toBe(3)
  expect(named.map((step) => step.step_id)).toEqual(all)
  const of = (person: Person) => learners.find((line) => line.user_id === person.id)!
  expect(of(a!)).toMatchObject({ email: a!.email, role: 'student', progress_percent: 100, completed_steps: 3, completed_at: expect.any(String) })
  expect(of(a!).per_module.map((m) => [m.completed, m.total])).toEqual([
    [2, 2],
    [1, 1],
    [0, 0],
  ])
  expect(of(b!)).toMatchObject({
    progress_percent: expect.closeTo(100 / 3, 9),
    computed_progress_percent: expect.closeTo(100 / 3, 9),
    completed_at: null,
  })
  expect(of(d!)).toMatchObject({ progress_percent: 0, last_active_at: null, completed_at: null, certificate_issued_at: null })
  expect([a, b, c, d].map((person) => [of(person!).touched_steps, of(person!).done_steps])).toEqual([
    ['111', '111'],
    ['110', '100'],
    ['100', '000'],
    ['000', '000'],
  ])
  // A step added later: nobody is through any more (G21).
  await server.call(teacher, updateStep, { params: { step_id: draft }, body: { state: 'published' } })
  expect((await stats(teacher, course_id)).summary.completed_course).toBe(1)
  await server.db.deleteFrom('progress').where('step_id', '=', draft).execute()
  expect((await stats(teacher, course_id)).summary.completed_course).toBe(0)
})

test('one learner, step by step: who is no learner of the course is not there', async () => {
  const { teacher, teach, course_id, steps, learner, put } = await aScene([2])
  const enrolled = await learner()
  await put(enrolled.id, steps[0]![0]!, { attempts: 3, best_ratio: 0.5, completed_at: now() })
  const look = (who: Person | null, id: string) => server.send(who, 'GET', `${address(course_id, 'enrolled-learners')}/${id}`)
  expect((await look(teacher, enrolled.id)).json()).toMatchObject({
    ...{ user_id: enrolled.id, is_guest: false, course_completion_pct: 50, certificate: null },
    steps: [
      { step_id: steps[0]![0], attempts: 3, score: 0.5, completed: true },
      { step_id: steps[0]![1], attempts: 0, score: null, completed: false },
    ],
  })
  const removed = await learner()
  await server.db.updateTable('enrolments').set({ state: 'removed' }).where('user_id', '=', removed.id).execute()
  const ta = await server.person()
  await teach.enrol(course_id, ta, 'ta')
  const guest = newId()
  await server.db.insertInto('principals').values({ id: guest, kind: 'guest' }).execute()
  for (const id of [removed.id, ta.id, teacher.id, guest, (await server.person()).id, newId()]) expect((await look(teacher, id)).statusCode).toBe(404)
  expect((await look(enrolled, enrolled.id)).statusCode).toBe(403)
  expect((await look(ta, enrolled.id)).statusCode).toBe(403)
  expect((await look(await server.person({ is_creator: true }), enrolled.id)).statusCode).toBe(403)
})

test('R51: the number of statements is the same at 5 and at 50 modules', async () => {
  const counted = async (modules: number): Promise<number> => {
    const { teacher, course_id } = await aScene(Array(modules).fill(1))
    const query = server.pool.query
    let sent = 0
    const client = await server.pool.connect()
    const proto = Object.getPrototypeOf(client) as { query: (...args: unknown[]) => unknown }
    const original = proto.query
    client.release()
    proto.query = function (this: unknown, ...args: unknown[]) {
      sent++
      return original.apply(this, args)
    }
    try {
      await stats(teacher, course_id)
      await server.call(teacher, listEnrolledLearners, { params: { course_id } })
    } finally {
      proto.query = original
    }
    expect(query).toBe(server.pool.query)
    return sent
  }
  const few = await counted(5)
  expect(few).toBeGreaterThan(5)
  expect(await counted(50)).toBe(few)
})
