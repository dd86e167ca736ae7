import * as api from '@gradus/contract/courses'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { teaching } from '../../test/teaching.ts'

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
