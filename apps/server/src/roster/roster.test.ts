import type { Role } from '@gradus/contract/roster'
import * as api from '@gradus/contract/roster'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { enrol } from './enrol.ts'
import { touchEnrolment } from './touch-enrolment.ts'

let server: TestServer
let course_id: string
let owner: Person
beforeAll(async () => {
  server = await openTestServer({}, 20)
})
afterAll(() => server.close())
beforeEach(async () => {
  owner = await server.person({ display_name: 'Olga Owner' })
  course_id = await aCourse(owner)
})

const member = (course_id: string, who: Person, role: Role) =>
  transact(server.db, (tx) => enrol(tx, { course_id, user_id: who.id, role, how: 'added' }, { actor_id: null }))
async function aCourse(owner: Person): Promise<string> {
  const id = newId()
  await server.db
    .insertInto('courses')
    .values({ id, slug: `c-${id.slice(-12)}`, title: 'C', state: 'published', created_by: owner.id })
    .execute()
  await member(id, owner, 'owner')
  return id
}
const aCode = (body: Record<string, unknown> = {}, who = owner) => server.call(who, api.createJoinCode, { params: { course_id }, body })
const join = (who: Person, code: string) => server.send(who, 'POST', '/api/join', { code })
const people = async () => (await server.call(owner, api.listPeople, { params: { course_id } })).people
const enrolmentOf = async (who: Person) => (await people()).find((p) => p.user_id === who.id)!.id
const audits = async (object_id: string) =>
  (await server.db.selectFrom('audit_events').select(['action', 'actor_id']).where('object_id', '=', object_id).orderBy('id').execute()).map((a) => [
    a.action,
    a.actor_id,
  ])

test('a join code makes students only, once, however it is typed, and using it twice costs one use', async () => {
  const { code, id } = await aCode({ max_uses: 2 })
  expect(code).toMatch(/^[A-Z0-9]{6}$/)
  const ann = await server.person({ display_name: 'Ann' })
  const typed = `  ${code.slice(0, 3).toLowerCase()}-${code.slice(3).toLowerCase()} `
  expect((await join(ann, typed)).json()).toEqual({ course_id, role: 'student', already_enrolled: false })
  expect((await join(ann, code)).json()).toEqual({ course_id, role: 'student', already_enrolled: true })
  expect((await join(owner, code)).json()).toMatchObject({ role: 'owner', already_enrolled: true })
  const { join_codes } = await server.call(owner, api.listJoinCodes, { params: { course_id } })
  expect(join_codes).toMatchObject([{ id, uses: 1, max_uses: 2 }])
  expect(await audits(await enrolmentOf(ann))).toEqual([['enrolment.created', ann.id]])
})

test('fifty join at once with a code for ten: ten are in, forty are told that it is used up (R76)', async () => {
  const { code, id } = await aCode({ max_uses: 10 })
  const crowd = await Promise.all(Array.from({ length: 50 }, () => server.person()))
  const answers = await Promise.all(crowd.map((who) => join(who, code)))
  expect(answers.filter((a) => a.statusCode === 200)).toHaveLength(10)
  expect(answers.filter((a) => a.statusCode === 410 && a.json().code === 'join_code_closed')).toHaveLength(40)
  expect((await server.db.selectFrom('join_codes').select('uses').where('id', '=', id).executeTakeFirstOrThrow()).uses).toBe(10)
  expect((await people()).filter((p) => p.role === 'student')).toHaveLength(10)
})

test('one person joining thirty times at once by two codes is enrolled once and uses one up (R77)', async () => {
  const codes = [await aCode(), await aCode()]
  const ann = await server.person()
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => join(ann, codes[i % 2]!.code)))
  expect(answers.map((a) => a.statusCode)).toEqual(Array(30).fill(200))
  expect(answers.filter((a) => !a.json().already_enrolled)).toHaveLength(1)
  const rows = await server.db.selectFrom('join_codes').select('uses').where('course_id', '=', course_id).execute()
  expect(rows.reduce((sum, row) => sum + row.uses, 0)).toBe(1)
})

test('unknown and closed are told apart; rotation closes the old code; an expired one is closed', async () => {
  const ann = await server.person()
  expect((await join(ann, 'ZZZZZZ')).json().code).toBe('join_code_unknown')
  expect((await join(ann, '💥')).json().code).toBe('join_code_unknown')
  const old = await aCode()
  const next = await aCode({ replace: true })
  expect([(await join(ann, old.code)).statusCode, (await join(ann, old.code)).json().code]).toEqual([410, 'join_code_closed'])
  const expired = await aCode({ expires_at: '2024-05-01T10:00:00+02:00' })
  expect((await join(ann, expired.code)).json().code).toBe('join_code_closed')
  await server.call(owner, api.disableJoinCode, { params: { join_code_id: next.id } })
  await server.call(owner, api.disableJoinCode, { params: { join_code_id: next.id } })
  expect((await join(ann, next.code)).json().code).toBe('join_code_closed')
  expect(await audits(next.id)).toEqual([
    ['join_code.created', owner.id],
    ['join_code.disabled', owner.id],
  ])
})

test('whoever tries codes at random is stopped; a class joining from one address is not', async () => {
  const mallory = await server.person()
  const answers = []
  for (let i = 0; i < 32; i++) answers.push((await join(mallory, `X${i}`)).statusCode)
  expect(answers.slice(0, 30)).toEqual(Array(30).fill(404))
  expect(answers.slice(30)).toEqual([429, 429])
  const { code } = await aCode()
  expect((await join(await server.person(), code)).statusCode).toBe(200)
})

test('people are added by address in any case, listed by role and name, and removed; coming back they find their enrolment', async () => {
  const [zoe, ann] = [await server.person({ display_name: 'zoe' }), await server.person({ display_name: 'Ann' })]
  const add = (email: string, role: Role) => server.send(owner, 'POST', `/api/courses/${course_id}/people`, { email, role })
  expect((await add(zoe.email.toUpperCase(), 'student')).statusCode).toBe(201)
  expect((await add(ann.email, 'student')).statusCode).toBe(201)
  expect((await add(ann.email, 'ta')).json().code).toBe('already_enrolled')
  expect((await add('nobody@example.org', 'ta')).json().code).toBe('user_unknown')
  expect((await people()).map((p) => [p.display_name, p.role])).toEqual([
    ['Olga Owner', 'owner'],
    ['Ann', 'student'],
    ['zoe', 'student'],
  ])
  const id = await enrolmentOf(ann)
  await server.call(owner, api.removePerson, { params: { enrolment_id: id } })
  expect((await server.send(owner, 'DELETE', `/api/enrolments/${id}`)).statusCode).toBe(404)
  expect((await people()).map((p) => p.display_name)).not.toContain('Ann')
  expect((await add(ann.email, 'ta')).json()).toMatchObject({ id, role: 'ta' })
  expect((await audits(id)).map(([action]) => action)).toEqual(['enrolment.created', 'enrolment.removed', 'enrolment.created'])
})

test('a role change is effective with the next request and recorded with before and after (R81)', async () => {
  const ann = await server.person()
  await member(course_id, ann, 'ta')
  expect((await server.send(ann, 'GET', `/api/courses/${course_id}/people`)).statusCode).toBe(200)
  const enrolment_id = await enrolmentOf(ann)
  await server.call(owner, api.updatePerson, { params: { enrolment_id }, body: { role: 'student' } })
  expect((await server.send(ann, 'GET', `/api/courses/${course_id}/people`)).json().code).toBe('forbidden')
  const event = await server.db
    .selectFrom('audit_events')
    .selectAll()
    .where('object_id', '=', enrolment_id)
    .where('action', '=', 'enrolment.role_changed')
    .executeTakeFirstOrThrow()
  expect(event).toMatchObject({
    actor_id: owner.id,
    course_id,
    before: { user_id: ann.id, role: 'ta' },
    after: { user_id: ann.id, role: 'student' },
  })
  expect(event.request_id).not.toBe('')
})

test('a course keeps an owner, also when two owners remove each other at once', async () => {
  const mine = await enrolmentOf(owner)
  expect((await server.send(owner, 'PATCH', `/api/enrolments/${mine}`, { role: 'teacher' })).json().code).toBe('last_owner')
  expect((await server.send(owner, 'DELETE', `/api/enrolments/${mine}`)).json().code).toBe('last_owner')
  for (let round = 0; round < 10; round++) {
    const [a, b] = [await server.person(), await server.person()]
    course_id = await aCourse(a)
    await member(course_id, b, 'owner')
    const list = (await server.call(a, api.listPeople, { params: { course_id } })).people
    const of = (who: Person) => list.find((p) => p.user_id === who.id)!.id
    const answers = await Promise.all([
      server.send(a, 'PATCH', `/api/enrolments/${of(b)}`, { role: 'student' }),
      server.send(b, 'DELETE', `/api/enrolments/${of(a)}`),
    ])
    const left = await server.db
      .selectFrom('enrolments')
      .select('id')
      .where('course_id', '=', course_id)
      .where('role', '=', 'owner')
      .where('state', '=', 'active')
      .execute()
    expect(left).toHaveLength(1)
    expect(answers.filter((x) => x.statusCode < 300)).toHaveLength(1)
  }
})

test('a teacher manages people but neither makes nor unmakes owners; students and strangers see nothing', async () => {
  const [teacher, ann, stranger] = [await server.person(), await server.person(), await server.person()]
  await member(course_id, teacher, 'teacher')
  await member(course_id, ann, 'student')
  const [mine, hers, owners] = [await enrolmentOf(teacher), await enrolmentOf(ann), await enrolmentOf(owner)]
  const patch = async (who: Person, id: string, role: Role) => (await server.send(who, 'PATCH', `/api/enrolments/${id}`, { role })).statusCode
  expect(await patch(teacher, hers, 'ta')).toBe(200)
  expect(await patch(teacher, mine, 'owner')).toBe(403)
  expect(await patch(teacher, owners, 'student')).toBe(403)
  expect((await server.send(teacher, 'DELETE', `/api/enrolments/${owners}`)).statusCode).toBe(403)
  expect((await server.send(teacher, 'POST', `/api/courses/${course_id}/people`, { email: stranger.email, role: 'owner' })).statusCode).toBe(403)
  expect(await patch(owner, mine, 'owner')).toBe(200)
  expect(await patch(ann, hers, 'teacher')).toBe(403)
  expect(await patch(stranger, hers, 'student')).toBe(404)
  const admin = await server.person({ is_admin: true })
  expect(await patch(admin, mine, 'teacher')).toBe(200)
})

test('a machine with the scope admin may do what an administrator may, and one with grade may not', async () => {
  const machine = await server.machine('admin')
  expect((await server.call(machine, api.createJoinCode, { params: { course_id }, body: {} })).uses).toBe(0)
  const answer = await server.send(await server.machine('grade'), 'GET', `/api/courses/${course_id}/people`)
  expect(answer.json().code).toBe('scope_missing')
})

test('activity is noted at most once a minute', async () => {
  const ann = await server.person()
  await member(course_id, ann, 'student')
  const seen = async () => (await people()).find((p) => p.user_id === ann.id)!.last_active_at
  expect(await seen()).toBeNull()
  await touchEnrolment(server.db, { course_id, user_id: ann.id })
  const first = await seen()
  expect(first).not.toBeNull()
  await touchEnrolment(server.db, { course_id, user_id: ann.id })
  expect(await seen()).toBe(first)
})
