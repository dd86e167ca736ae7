import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { teaching } from '../../test/teaching.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

async function aScene(scores: readonly (number | null)[]) {
  const teacher = await server.person({ is_creator: true, display_name: 'Thea' })
  const teach = teaching(server, teacher)
  const course_id = await teach.course()
  const module_id = await teach.module(course_id)
  const steps: string[] = []
  for (const _ of scores) steps.push(await teach.material(module_id))
  const learner = await server.person({ display_name: 'Ada Łukasiewicz' })
  await teach.enrol(course_id, learner)
  let last: { certificate_issued: boolean; certificate: { serial: string } | null } | undefined
  for (const [i, score] of scores.entries()) {
    last = (await server.send(learner, 'POST', '/api/progress/complete', { step_id: steps[i], score, score_scale: 'unit' })).json()
  }
  return { teacher, teach, course_id, module_id, steps, learner, last }
}
const own = async (who: Person, course_id: string) => (await server.send(who, 'GET', `/api/certificates/${course_id}`)).json()
const verify = (serial: string) => server.send(null, 'GET', `/api/certificates/verify/${encodeURIComponent(serial)}`)

test.each([
  [[1, 1, 1], 1, 100],
  [[0.855, 0.855], 0.855, 85.5],
  [[0.9, 0.81], 0.855, 85.5],
  [[null, null], 1, 100],
  [[null, 0.92], 0.92, 92],
])('R52 R59 R32: steps scored %j give a certificate of %d, %d percent, the same to everybody', async (scores, ratio, percent) => {
  const { course_id, learner, last } = await aScene(scores)
  expect(last).toMatchObject({ certificate_issued: true, certificate: { score: expect.closeTo(ratio, 12), score_percent: percent } })
  const certificate = await own(learner, course_id)
  expect(certificate).toEqual({ has_certificate: true, ...last!.certificate })
  expect((await server.send(learner, 'GET', `/api/progress/${course_id}`)).json().certificate).toEqual(last!.certificate)
  const shown = (await verify(certificate.serial)).json()
  expect(shown).toMatchObject({
    score_percent: percent,
    learner_name: 'Ada Łukasiewicz',
    course_title: 'A course',
    is_valid: true,
    step_count: scores.length,
  })
})

test('R52: without every step there is none; completing again issues none', async () => {
  const { course_id, learner, steps, module_id, teach } = await aScene([1])
  expect((await server.send(learner, 'POST', '/api/progress/complete', { step_id: steps[0] })).json()).toMatchObject({ certificate_issued: false })
  expect((await own(learner, course_id)).has_certificate).toBe(true)
  const other = await server.person()
  await teach.enrol(course_id, other)
  await teach.material(module_id)
  await server.send(other, 'POST', '/api/progress/complete', { step_id: steps[0] })
  expect(await own(other, course_id)).toEqual({ has_certificate: false })
  const pdf = await server.send(other, 'GET', `/api/certificates/${course_id}/pdf`)
  expect([pdf.statusCode, pdf.json().code]).toEqual([404, 'no_certificate'])
})

test('a serial is read as people type it; a wrong one is not there', async () => {
  const { last } = await aScene([1])
  const { serial } = last!.certificate!
  expect((await verify(` ${serial.toLowerCase().replaceAll('-', ' ')}`)).json().serial).toBe(serial)
  for (const wrong of ['0000-0000-0000-0000', 'x', `${serial}0`]) expect((await verify(wrong)).statusCode).toBe(404)
})

test('revoking takes a reason, is audited, shows, and is for good', async () => {
  const { teacher, course_id, learner, last, steps } = await aScene([1])
  const { serial } = last!.certificate!
  const revoke = (who: Person, body: object, id = course_id) => server.send(who, 'POST', `/api/courses/${id}/certificates/${serial}/revoke`, body)
  expect((await revoke(learner, { reason: 'x' })).statusCode).toBe(403)
  expect((await revoke(teacher, {})).statusCode).toBe(400)
  const elsewhere = await aScene([1])
  expect((await revoke(elsewhere.teacher, { reason: 'x' }, elsewhere.course_id)).statusCode).toBe(404)
  expect((await revoke(teacher, { reason: 'Handed in for somebody else' })).statusCode).toBe(204)
  expect((await verify(serial)).json()).toMatchObject({
    is_valid: false,
    revoke_reason: 'Handed in for somebody else',
    revoked_at: expect.any(String),
  })
  expect((await revoke(teacher, { reason: 'again' })).statusCode).toBe(404)
  const events = await server.db.selectFrom('audit_events').select(['actor_id', 'reason']).where('action', '=', 'certificate.revoked').execute()
  expect(events).toEqual([{ actor_id: teacher.id, reason: 'Handed in for somebody else' }])
  await server.send(teacher, 'POST', `/api/courses/${course_id}/progress/reset`, { user_id: learner.id, step_id: steps[0], reason: 'redo' })
  expect((await server.send(learner, 'POST', '/api/progress/complete', { step_id: steps[0] })).json()).toMatchObject({ certificate_issued: false })
  expect((await own(learner, course_id)).revoked_at).not.toBeNull()
})

test('the PDF is tagged, names learner, course and score, and leads to the verification', async () => {
  const { course_id, learner } = await aScene([0.855])
  const answer = await server.send(learner, 'GET', `/api/certificates/${course_id}/pdf`)
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/pdf'])
  const text = answer.rawPayload.toString('latin1')
  expect(text.startsWith('%PDF-1.7')).toBe(true)
  for (const part of ['/MarkInfo', '/StructTreeRoot', '/Lang', '/Figure', '/H1']) expect(text, part).toContain(part)
  expect((text.match(/\/Type \/Page\b/g) ?? []).length).toBe(1)
})
