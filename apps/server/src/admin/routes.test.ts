import { leaseJobs } from '@gradus/contract/grading'
import { createApiKey } from '@gradus/contract/identity'
import { submit } from '@gradus/contract/submissions'
import { getAdminSystem, getSystem, listAudit } from '@gradus/contract/system'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCourse } from '../../test/course.ts'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { version } from '../http/version.ts'

let server: TestServer
let admin: Person
beforeAll(async () => {
  server = await openTestServer()
  admin = await server.person({ display_name: 'Ada', is_admin: true })
})
afterAll(() => server.close())

const languages = [{ language: 'python' as const, sandbox: 'wasm' as const, runtime: 'CPython 3.12' }]

describe('the state of the system', () => {
  test('anyone sees version, time and what can be graded right now', async () => {
    const before = await server.call(null, getSystem)
    expect(before).toMatchObject({ version, languages: [] })
    expect(Math.abs(Date.parse(before.now) - Date.now())).toBeLessThan(60_000)
    const grader = await server.machine('grade')
    await server.call(grader, leaseJobs, { body: { worker: 'lab-1', slots: 2, languages } })
    expect((await server.call(null, getSystem)).languages).toEqual(languages)
    await server.db
      .updateTable('graders_seen')
      .set({ last_seen_at: new Date(Date.now() - 300_000).toISOString() })
      .execute()
    expect((await server.call(null, getSystem)).languages).toEqual([])
  })

  test('administrators see queues, graders and errors; others do not', async () => {
    const course = await aCourse(server)
    const body = { language: 'python' as const, code: 'print(1)' }
    await server.call(course.students[0]!, submit, { params: { assignment_question_id: course.aq }, body, idempotency_key: 'a-key-of-mine' })
    const seen = await server.call(admin, getAdminSystem)
    expect(seen.queues).toMatchObject([{ name: 'gradus', waiting: 1, pulled: 0, failed: 0 }])
    expect(seen.queues[0]!.oldest_waiting_seconds).toBeGreaterThanOrEqual(0)
    expect(seen.graders).toMatchObject([{ name: 'lab-1', slots: 2, languages }])
    expect(seen.errors).toEqual([])
    for (const who of [course.teacher, course.students[0]!, null]) {
      expect((await server.send(who, 'GET', getAdminSystem.path)).statusCode).toBe(who === null ? 401 : 403)
    }
    expect((await server.send(await server.machine('admin'), 'GET', getAdminSystem.path)).statusCode).toBe(200)
  })

  test('the audit log is read newest first, by object or by actor', async () => {
    await server.call(admin, createApiKey, { body: { name: 'first', scopes: ['user'] } })
    const second = await server.call(admin, createApiKey, { body: { name: 'second', scopes: ['user'] } })
    const { events } = await server.call(admin, listAudit, { query: { actor_id: admin.id, limit: 10 } })
    expect(events.map((event) => [event.action, event.actor_name, (event.after as { name: string }).name])).toEqual([
      ['api_key.created', 'Ada', 'second'],
      ['api_key.created', 'Ada', 'first'],
    ])
    const of = await server.call(admin, listAudit, { query: { object_id: second.id } })
    expect(of.events).toHaveLength(1)
    expect(of.events[0]!.request_id).toMatch(/^[0-9a-f-]{36}$/)
    expect(JSON.stringify(events)).not.toContain(second.key)
    expect((await server.call(admin, listAudit, { query: { limit: 1 } })).events).toHaveLength(1)
    expect((await server.send(await server.person(), 'GET', listAudit.path)).statusCode).toBe(403)
  })
})
