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

describe('courses', () => {
  test('only who may create courses makes one; they own it, it starts as a draft that only staff see (D9)', async () => {
    const body = { slug: 'intro', title: 'Intro', time_zone: 'Europe/Berlin' }
    expect(codeOf(await server.send(student, 'POST', '/api/courses', body))).toBe('creator_required')
    const made = await server.call(teacher, api.createCourse, { body })
    expect(made).toMatchObject({ slug: 'intro', state: 'draft', my_role: 'owner', time_zone: 'Europe/Berlin', summary: '' })
    expect(codeOf(await server.send(teacher, 'POST', '/api/courses', body))).toBe('slug_taken')
    await t.enrol(made.id, student)
    for (const address of [made.id, 'intro']) expect((await server.send(student, 'GET', `/api/courses/${address}`)).statusCode).toBe(404)
    expect((await server.call(student, api.listCourses)).courses.map((c) => c.id)).toEqual([course_id])
    await server.call(teacher, api.updateCourse, { params: { course_id: made.id }, body: { state: 'published' } })
    expect((await outline(student, 'intro')).id).toBe(made.id)
    expect((await server.call(student, api.listCourses)).courses.map((c) => c.id).toSorted()).toEqual([course_id, made.id].toSorted())
    expect(await actionsOn(made.id)).toEqual(['course.created', 'course.changed'])
  })

  test('slugs in the form of an id and time zones that do not exist are refused', async () => {
    const make = (more: object) => server.send(teacher, 'POST', '/api/courses', { slug: 'fine', title: 'T', ...more })
    expect(codeOf(await make({ slug: '01900000-0000-7000-8000-000000000000' }))).toBe('invalid_request')
    for (const time_zone of ['Mars/Olympus', '+02:00', '', 'x'.repeat(64), 'UTC\u0000'])
      expect((await make({ time_zone })).statusCode, time_zone).toBe(400)
    expect(codeOf(await make({ time_zone: 'Mars/Olympus' }))).toBe('time_zone_unknown')
    expect(codeOf(await server.send(teacher, 'PATCH', `/api/courses/${course_id}`, { time_zone: 'Nowhere' }))).toBe('time_zone_unknown')
  })

  test('ten with one slug at once: one is made', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => server.send(teacher, 'POST', '/api/courses', { slug: 'race', title: 'R' })))
    expect(answers.map((a) => a.statusCode).toSorted()).toEqual([201, ...Array<number>(9).fill(409)])
  })

  test('the number of learners is for staff; a stranger sees no course, an administrator every one', async () => {
    const seen = async (who: Person) => (await server.call(who, api.listCourses)).courses.map((c) => c.student_count)
    expect([await seen(teacher), await seen(student), await seen(await server.person())]).toEqual([[1], [null], []])
    const admin = await server.person({ is_admin: true })
    expect((await outline(admin)).permissions).toContain('course.edit')
    expect((await outline(student)).permissions).toEqual(['course.read', 'work.submit'])
    expect((await server.send(await server.person(), 'GET', `/api/courses/${course_id}`)).statusCode).toBe(404)
  })
})

describe('modules and steps', () => {
  test('they are added at the end, also by many at once, and positions have no gaps after a deletion', async () => {
    const modules = await Promise.all(Array.from({ length: 10 }, (_, i) => t.module(course_id, `M${i}`)))
    expect((await outline()).modules.map((m) => m.position)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    const [first] = (await outline()).modules
    await Promise.all(Array.from({ length: 8 }, () => t.material(first!.id)))
    const steps = (await outline()).modules[0]!.steps
    expect(steps.map((s) => s.position)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    await server.call(teacher, api.deleteStep, { params: { step_id: steps[2]!.id } })
    await server.call(teacher, api.deleteModule, { params: { module_id: modules.find((id) => id !== first!.id)! } })
    const after = await outline()
    expect(after.modules.map((m) => m.position)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(after.modules[0]!.steps.map((s) => s.position)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test('a module with steps is not deleted; one that is gone is not there', async () => {
    const module_id = await t.module(course_id)
    const step_id = await t.material(module_id)
    const remove = () => server.send(teacher, 'DELETE', `/api/modules/${module_id}`)
    expect(codeOf(await remove())).toBe('module_not_empty')
    await server.call(teacher, api.deleteStep, { params: { step_id } })
    const answers = await Promise.all(Array.from({ length: 5 }, remove))
    expect(answers.map((a) => a.statusCode).toSorted()).toEqual([204, 404, 404, 404, 404])
    expect((await server.send(teacher, 'POST', `/api/modules/${module_id}/steps`, { kind: 'material', title: 'x' })).statusCode).toBe(404)
  })

  test('the whole order is set at once, steps move between modules, and an order that is not whole changes nothing', async () => {
    const [a, b] = [await t.module(course_id, 'A'), await t.module(course_id, 'B')]
    const [a1, a2, b1] = [await t.material(a), await t.material(a), await t.material(b)]
    const order = (modules: { id: string; step_ids: string[] }[]) => server.send(teacher, 'PUT', `/api/courses/${course_id}/order`, { modules })
    const shape = async () => (await outline()).modules.map((m) => [m.id, m.steps.map((s) => s.id)])
    const good = [
      { id: b, step_ids: [a2, b1, a1] },
      { id: a, step_ids: [] },
    ]
    expect((await order(good)).statusCode).toBe(204)
    expect(await shape()).toEqual([
      [b, [a2, b1, a1]],
      [a, []],
    ])
    const foreign = await t.module(await t.course())
    for (const bad of [
      [
        { id: b, step_ids: [a2, b1] },
        { id: a, step_ids: [] },
      ],
      [{ id: b, step_ids: [a2, b1, a1] }],
      [
        { id: b, step_ids: [a2, b1, a1] },
        { id: a, step_ids: [a1] },
      ],
      [
        { id: b, step_ids: [a2, b1, a1] },
        { id: foreign, step_ids: [] },
      ],
      [
        { id: b, step_ids: [a2, b1, a1] },
        { id: a, step_ids: [] },
        { id: foreign, step_ids: [] },
      ],
      [],
    ]) {
      expect(codeOf(await order(bad))).toBe('order_mismatch')
    }
    expect(await shape()).toEqual([
      [b, [a2, b1, a1]],
      [a, []],
    ])
  })

  test('students see published steps only, in the outline and by address', async () => {
    const module_id = await t.module(course_id)
    const hidden = await t.material(module_id, 'Secret', 'draft')
    const shown = await t.material(module_id, '**Hello**')
    expect((await outline(student)).modules[0]!.steps.map((s) => s.id)).toEqual([shown])
    expect((await server.send(student, 'GET', `/api/steps/${hidden}`)).statusCode).toBe(404)
    expect((await server.call(student, api.getStep, { params: { step_id: shown } })).body_markdown).toBe('**Hello**')
    const change = (body: object) => server.send(teacher, 'PATCH', `/api/steps/${hidden}`, body)
    expect((await change({ state: 'published', body_markdown: 'Open', title: 'New' })).json()).toMatchObject({ state: 'published', title: 'New' })
    expect((await server.call(student, api.getStep, { params: { step_id: hidden } })).body_markdown).toBe('Open')
    expect((await server.send(student, 'PATCH', `/api/steps/${hidden}`, { title: 'x' })).statusCode).toBe(403)
    const { step_id } = await t.assignment(module_id)
    expect(codeOf(await server.send(teacher, 'PATCH', `/api/steps/${step_id}`, { body_markdown: 'x' }))).toBe('invalid_request')
  })

  test('a text of the greatest allowed length in wide characters is kept', async () => {
    const text = '€'.repeat(300_000)
    const step_id = await t.material(await t.module(course_id), text)
    expect((await server.call(student, api.getStep, { params: { step_id } })).body_markdown).toBe(text)
  })
})

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
