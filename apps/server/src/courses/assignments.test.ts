import * as api from '@gradus/contract/courses'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { aContent, teaching } from '../../test/teaching.ts'
import { aWorld } from '../../test/world.ts'

let server: TestServer
let teacher: Person
let student: Person
let t: ReturnType<typeof teaching>
let course_id: string
beforeAll(async () => {
  server = await openTestServer({}, 20)
})
afterAll(() => server.close())
beforeEach(async () => {
  teacher = await server.person({ is_creator: true })
  student = await server.person()
  t = teaching(server, teacher)
  course_id = await t.course()
  await t.enrol(course_id, student)
})

const outline = async (who = teacher, id = course_id) => server.call(who, api.getCourse, { params: { course_id: id } })
const codeOf = (answer: { json(): { code: string } }) => answer.json().code
const actionsOn = async (object_id: string) =>
  (await server.db.selectFrom('audit_events').select('action').where('object_id', '=', object_id).orderBy('id').execute()).map((e) => e.action)

describe('assignments', () => {
  test('times must follow each other and lie in years that everything can write', async () => {
    const module_id = await t.module(course_id)
    const { assignment_id } = await t.assignment(module_id)
    const patch = (body: object) => server.send(teacher, 'PATCH', `/api/assignments/${assignment_id}`, body)
    const [one, two, three] = ['2030-01-01T10:00:00+02:00', '2030-01-01T09:00:00.1234Z', '2030-01-01T10:00:00Z']
    expect((await patch({ opens_at: one, due_at: two, closes_at: three })).json()).toMatchObject({
      opens_at: '2030-01-01T08:00:00.000Z',
      due_at: '2030-01-01T09:00:00.123Z',
      availability: 'not_open_yet',
    })
    for (const bad of [{ opens_at: three }, { due_at: one }, { closes_at: one }, { opens_at: two }])
      expect(codeOf(await patch(bad))).toBe('times_out_of_order')
    expect(codeOf(await patch({ due_at: '9999-12-31T23:59:59-23:00' }))).toBe('invalid_request')
    expect(codeOf(await patch({ due_at: '2030-02-30T00:00:00Z' }))).toBe('invalid_request')
    expect((await patch({ due_at: null, closes_at: null, opens_at: null })).json()).toMatchObject({ due_at: null, availability: 'open' })
    const body = { kind: 'assignment', title: 'x', assignment: { opens_at: two, due_at: one } }
    expect(codeOf(await server.send(teacher, 'POST', `/api/modules/${module_id}/steps`, body))).toBe('times_out_of_order')
    expect(await actionsOn(assignment_id)).toEqual(['assignment.changed', 'assignment.changed'])
  })

  test('before it opens learners see that it is there, not what it asks; staff see it', async () => {
    const opens_at = new Date(Date.now() + 3_600_000).toISOString()
    const { assignment_id, step_id } = await t.assignment(await t.module(course_id), { opens_at, instructions_markdown: 'Do this' })
    const placed = await t.place(assignment_id, await t.published())
    const read = (who: Person) => server.call(who, api.getAssignment, { params: { assignment_id } })
    expect(await read(student)).toMatchObject({ opens_at, availability: 'not_open_yet', instructions_markdown: '', questions: [] })
    expect((await server.call(student, api.getStep, { params: { step_id } })).assignment).toMatchObject({ questions: [] })
    const page = `/api/assignment-questions/${placed.id}`
    expect(codeOf(await server.send(student, 'GET', page))).toBe('not_open_yet')
    expect((await read(teacher)).questions).toHaveLength(1)
    expect((await server.send(teacher, 'GET', page)).statusCode).toBe(200)
    await server.call(teacher, api.updateAssignment, { params: { assignment_id }, body: { opens_at: null } })
    expect((await server.send(student, 'GET', page)).statusCode).toBe(200)
    await server.call(teacher, api.updateCourse, { params: { course_id }, body: { state: 'archived' } })
    expect((await read(student)).availability).toBe('closed')
  })

  test('the same question is number 1 with 10 points here and number 3 with 25 there (R68, R69)', async () => {
    const module_id = await t.module(course_id)
    const [x, y] = [await t.assignment(module_id), await t.assignment(module_id)]
    const [shared, p, q] = [await t.published(aContent('Shared')), await t.published(aContent('P')), await t.published(aContent('Q'))]
    await t.place(x.assignment_id, shared, { points_override: 10 })
    for (const id of [p, q]) await t.place(y.assignment_id, id)
    const third = await t.place(y.assignment_id, shared, { points_override: 25 })
    expect(third).toMatchObject({ position: 2, points_possible: 25, points_override: 25 })
    const steps = (await outline(student)).modules[0]!.steps
    expect(steps.map((s) => [s.question_count, s.points_possible, s.points, s.my_state])).toEqual([
      [1, 10, null, 'not_started'],
      [3, 31, null, 'not_started'],
    ])
    expect(
      await server.call(teacher, api.updatePlacement, { params: { assignment_question_id: third.id }, body: { points_override: null } }),
    ).toMatchObject({
      points_possible: 3,
      points_override: null,
    })
    expect((await server.call(student, api.listCourses)).courses[0]).toMatchObject({ points: 0, points_possible: 19 })
  })

  test('placing: only what is published and visible, once per assignment, in languages that the version has', async () => {
    const { assignment_id } = await t.assignment(await t.module(course_id))
    const place = (who: Person, body: object) => server.send(who, 'POST', `/api/assignments/${assignment_id}/questions`, body)
    const draft = await t.question()
    expect(codeOf(await place(teacher, { question_id: draft.id }))).toBe('version_not_published')
    const question_id = await t.published()
    for (const version_number of [2, 99]) expect(codeOf(await place(teacher, { question_id, version_number }))).toBe('version_not_published')
    expect(codeOf(await place(teacher, { question_id, config: { allowed_languages: ['java'] } }))).toBe('language_not_allowed')
    const answers = await Promise.all(Array.from({ length: 8 }, () => place(teacher, { question_id, config: { allowed_languages: ['c'] } })))
    expect(answers.map((a) => a.statusCode).toSorted()).toEqual([201, ...Array<number>(7).fill(409)])
    expect(answers.filter((a) => a.statusCode === 409).map(codeOf)).toEqual(Array(7).fill('question_placed_already'))
    const stranger = await server.person({ is_creator: true })
    const theirs = await teaching(server, stranger).published()
    expect(codeOf(await place(teacher, { question_id: theirs }))).toBe('not_found')
    const helper = await server.person()
    await t.enrol(course_id, helper, 'teacher')
    // A second teacher of the course may place what is placed in the course already, and nothing of the first one's own.
    const { assignment_id: second } = await t.assignment(await t.module(course_id))
    expect((await server.send(helper, 'POST', `/api/assignments/${second}/questions`, { question_id })).statusCode).toBe(201)
    expect(codeOf(await server.send(helper, 'POST', `/api/assignments/${second}/questions`, { question_id: await t.published() }))).toBe('not_found')
  })

  test('questions are ordered and taken out; what has work stays, its step too', async () => {
    const { assignment_id, step_id } = await t.assignment(await t.module(course_id))
    const placed = []
    for (const title of ['A', 'B', 'C']) placed.push(await t.place(assignment_id, await t.published(aContent(title))))
    const [a, b, c] = placed.map((p) => p.id)
    const order = (ids: (string | undefined)[]) =>
      server.send(teacher, 'PUT', `/api/assignments/${assignment_id}/order`, { assignment_question_ids: ids })
    expect((await order([c, a, b])).statusCode).toBe(204)
    for (const bad of [
      [c, a],
      [c, a, a],
      [c, a, b, b],
      [c, a, step_id],
    ])
      expect(codeOf(await order(bad))).toBe('order_mismatch')
    await server.call(teacher, api.removePlacement, { params: { assignment_question_id: c! } })
    const left = (await server.call(teacher, api.getAssignment, { params: { assignment_id } })).questions
    expect(left.map((q) => [q.title, q.position])).toEqual([
      ['A', 0],
      ['B', 1],
    ])
    expect((await server.send(teacher, 'DELETE', `/api/steps/${step_id}`)).statusCode).toBe(204)
    expect((await server.send(teacher, 'GET', `/api/assignments/${assignment_id}`)).statusCode).toBe(404)

    const world = await aWorld(server, teacher.id, student.id)
    await t.enrol(world.course, teacher, 'owner')
    for (const address of [`/api/assignment-questions/${world.assignment_question}`, `/api/steps/${world.step}`]) {
      const refused = await server.send(teacher, 'DELETE', address)
      expect([refused.statusCode, codeOf(refused)]).toEqual([409, 'step_has_work'])
    }
    expect((await server.send(student, 'GET', `/api/assignment-questions/${world.assignment_question}`)).statusCode).toBe(200)
  })
})

describe('the question page', () => {
  test('shows visible tests whole and hidden ones without input and outcome; nothing else of the version leaks', async () => {
    const { assignment_id } = await t.assignment(await t.module(course_id), { max_attempts: 3 })
    const placed = await t.place(assignment_id, await t.published(), { config: { allowed_languages: ['python'] } })
    const answer = await server.send(student, 'GET', `/api/assignment-questions/${placed.id}`)
    const page = answer.json()
    expect(page).toMatchObject({
      title: 'Sum',
      kind: 'io',
      function_name: null,
      attempts_used: 0,
      attempts_left: 3,
      my_points: null,
      points_possible: 3,
    })
    expect(page.languages).toEqual([{ language: 'python', starter: 'pass', has_grader: false }])
    expect(page.tests).toMatchObject([
      { key: 't1', is_hidden: false, input: 'secret-in-0', expected: 'secret-out-0' },
      { key: 't2', is_hidden: true, points: 2, input: null, expected: null },
    ])
    for (const secret of ['secret-in-1', 'secret-out-1', 'print(3)', 'int main']) expect(answer.body).not.toContain(secret)
  })

  test('shows the test of each kind in its own form', async () => {
    const { assignment_id } = await t.assignment(await t.module(course_id))
    const base = { name: 'n', points: 1 }
    const kinds = [
      { kind: 'function', function_name: 'add', languages: { python: {} }, tests: [{ key: 'a', ...base, args: [1, [null]], expected: { x: 1 } }] },
      { kind: 'unit', languages: { python: { test_file: 'TEACHERS OWN' } }, tests: [{ key: 'a', ...base, test_name: 'test_add' }] },
    ]
    const pages = []
    for (const spec of kinds) {
      const id = await t.published({ title: spec.kind, statement_markdown: '', spec } as never)
      pages.push(await server.send(student, 'GET', `/api/assignment-questions/${(await t.place(assignment_id, id)).id}`))
    }
    expect(pages[0]!.json()).toMatchObject({ function_name: 'add', tests: [{ input: [1, [null]], expected: { x: 1 } }] })
    expect(pages[1]!.json()).toMatchObject({ function_name: null, tests: [{ input: 'test_add', expected: null }] })
    expect(pages[1]!.body).not.toContain('TEACHERS OWN')
    expect(pages[1]!.json().siblings.map((s: { title: string; position: number }) => [s.position, s.title])).toEqual([
      [0, 'function'],
      [1, 'unit'],
    ])
  })

  test('draft steps and foreign courses are not there; deleting while it is read is no failure of ours', async () => {
    const { assignment_id } = await t.assignment(await t.module(course_id), {}, 'draft')
    const placed = await t.place(assignment_id, await t.published())
    const page = `/api/assignment-questions/${placed.id}`
    expect((await server.send(student, 'GET', page)).statusCode).toBe(404)
    expect((await server.send(await server.person(), 'GET', page)).statusCode).toBe(404)
    const [gone, ...reads] = await Promise.all([
      server.send(teacher, 'DELETE', page),
      ...Array.from({ length: 20 }, () => server.send(teacher, 'GET', page)),
      ...Array.from({ length: 5 }, () => server.send(teacher, 'PATCH', page, { points_override: 1 })),
    ])
    expect(gone!.statusCode).toBe(204)
    for (const read of reads) expect([200, 404]).toContain(read.statusCode)
  })
})

test('standing comes in from hand-ins: points, attempts and waiting in outline, list and page', async () => {
  const world = await aWorld(server, teacher.id, student.id)
  const { db } = server
  const step = async () => (await outline(student, world.course_slug)).modules[0]!.steps[0]!
  expect(await step()).toMatchObject({ my_state: 'waiting', points: null, points_possible: 1 })
  await db
    .updateTable('grading_jobs')
    .set({ status: 'retired', retired_at: new Date().toISOString() })
    .where('subject_id', '=', world.submission)
    .execute()
  await db
    .insertInto('scores')
    .values({
      principal_id: student.id,
      assignment_question_id: world.assignment_question,
      submission_id: world.submission,
      points: 1,
      points_possible: 1,
    })
    .execute()
  expect(await step()).toMatchObject({ my_state: 'full', points: 1, points_possible: 1 })
  const page = await server.call(student, api.getAssignmentQuestion, { params: { assignment_question_id: world.assignment_question } })
  expect(page).toMatchObject({ attempts_used: 1, attempts_left: null, my_points: 1 })
  const mine = (await server.call(student, api.listCourses)).courses.find((c) => c.id === world.course)
  expect(mine).toMatchObject({ points: 1, points_possible: 1, due_next: null })
})
