import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCourse } from '../../test/course.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { aContent, teaching } from '../../test/teaching.ts'
import { newId } from '../db/id.ts'
import { sweepGuests } from './guests.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

async function anOpenCourse(options = {}) {
  const teacher = await server.person({ is_creator: true })
  const teach = teaching(server, teacher)
  const course_id = await teach.course()
  await server.send(teacher, 'PATCH', `/api/courses/${course_id}`, { is_open_to_guests: true })
  const module_id = await teach.module(course_id)
  const material = await teach.material(module_id)
  const { step_id, assignment_id } = await teach.assignment(module_id, options)
  const { id: aq } = await teach.place(assignment_id, await teach.published(aContent()))
  return { teacher, teach, course_id, module_id, material, step_id, aq }
}
const guests = () => server.db.selectFrom('guests').selectAll().execute()
const cookiesOf = (answer: { headers: Record<string, unknown> }): string[] =>
  [answer.headers['set-cookie'] ?? []].flat().filter((cookie) => String(cookie).startsWith('sll_anon')) as string[]

describe('the guest cookie', () => {
  test('R35: the first request to an open course issues one, the next none', async () => {
    const { course_id } = await anOpenCourse()
    const visitor = server.visitor()
    const answer = await visitor.send('GET', `/api/courses/${course_id}`)
    expect(answer.statusCode, answer.body).toBe(200)
    expect(cookiesOf(answer)).toEqual([expect.stringMatching(/^sll_anon=ga_[A-Za-z0-9_-]{43}; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/)])
    expect(cookiesOf(await visitor.send('GET', `/api/progress/${course_id}`))).toEqual([])
    const token = visitor.jar.get('sll_anon')!
    const found = await server.db.selectFrom('guests').selectAll().where('token_hash', '=', createHash('sha256').update(token).digest()).execute()
    expect(found).toMatchObject([{ has_worked: false, migrated_at: null }])
    expect((await visitor.send('GET', '/api/auth/me')).json()).toMatchObject({ user: null, guest_id: found[0]!.id })
  })

  test('R35: over https it is Secure', async () => {
    for (const [env, headers] of [
      [{ GRADUS_PUBLIC_URL: 'https://gradus.test' }, {}],
      [{ GRADUS_TRUST_PROXY: 'on' }, { 'x-forwarded-proto': 'https' }],
    ] as const) {
      const secure = await openTestServer(env as Record<string, string>)
      const { id } = await aCourse(secure)
      await secure.db.updateTable('courses').set({ is_open_to_guests: true }).execute()
      const answer = await secure.visitor().send('GET', `/api/courses/${id}`, undefined, headers as Record<string, string>)
      expect(cookiesOf(answer)).toEqual([expect.stringContaining('; Secure; ')])
      await secure.close()
    }
  })

  test('R35: signed-in users, machines, closed courses and other addresses issue none', async () => {
    const { course_id, teacher } = await anOpenCourse()
    const closed = await aCourse(server)
    const before = (await guests()).length
    const answers = [
      await server.send(teacher, 'GET', `/api/courses/${course_id}`),
      await server.send(await server.person(), 'GET', `/api/courses/${course_id}`),
      await server.send(await server.machine('user'), 'GET', `/api/courses/${course_id}`),
      await server.visitor().send('GET', `/api/courses/${closed.id}`),
      await server.visitor().send('GET', `/api/courses/${newId()}`),
      await server.visitor().send('GET', '/api/courses'),
      await server.visitor().send('GET', '/api/auth/me'),
      await server.visitor().send('GET', '/api/open-courses'),
      await server.visitor().send('GET', '/healthz'),
    ]
    expect(answers.flatMap(cookiesOf)).toEqual([])
    expect((await guests()).length).toBe(before)
  })

  test.each(['42', '', 'ga_', `ga_${'A'.repeat(43)}`, `gs_${'A'.repeat(43)}`, newId(), '%00', 'x'.repeat(4_000)])(
    'D2 R36: a forged or malformed value is replaced and reads nobody’s work: %.20s',
    async (value) => {
      const { course_id, material } = await anOpenCourse()
      const visitor = server.visitor({ sll_anon: value })
      const answer = await visitor.send('GET', `/api/progress/${course_id}`)
      expect(answer.statusCode, answer.body).toBe(200)
      expect(answer.json().steps.every((step: { completed: boolean; attempts: number }) => !step.completed && step.attempts === 0)).toBe(true)
      expect(cookiesOf(answer)).toHaveLength(1)
      expect((await visitor.send('POST', '/api/progress/complete', { step_id: material })).statusCode).toBe(200)
    },
  )

  test('many cookies of that name are one or none: no 5xx, at most one Set-Cookie, and nothing of the header is believed', async () => {
    const { course_id, material } = await anOpenCourse()
    const visitor = server.visitor()
    await visitor.send('POST', '/api/progress/complete', { step_id: material })
    const token = visitor.jar.get('sll_anon')!
    const read = (cookie: string) => server.send(null, 'GET', `/api/progress/${course_id}`, undefined, { cookie })
    const forged = Array.from({ length: 150 }, (_, i) => `sll_anon=ga_${String(i).padEnd(43, 'x')}`).join('; ')
    for (const cookie of [
      forged,
      `${forged}; sll_anon=${token}`,
      'sll_anon',
      '=; sll_anon=;;;',
      'sll_anon="ga_',
      `sll_anon=${token}\u00e4`,
      '; '.repeat(2_000),
    ]) {
      const answer = await read(cookie)
      expect([answer.statusCode, cookiesOf(answer).length], cookie.slice(0, 40)).toEqual([200, 1])
      expect(answer.json().steps[0].completed).toBe(false)
    }
    // The first of them counts, as browsers send the most specific first.
    const mine = await read(`sll_anon=${token}; ${forged}`)
    expect([mine.json().steps[0].completed, cookiesOf(mine)]).toEqual([true, []])
    for (const size of [8_000, 40_000]) {
      const huge = await read(`sll_anon=ga_${'A'.repeat(size)}`)
      expect([200, 431]).toContain(huge.statusCode)
    }
  })

  test('D2: a user’s id as the cookie is nobody', async () => {
    const { course_id, material, teach } = await anOpenCourse()
    const user = await server.person()
    await teach.enrol(course_id, user)
    await server.send(user, 'POST', '/api/progress/complete', { step_id: material })
    const forger = server.visitor({ sll_anon: user.id })
    const seen = (await forger.send('GET', `/api/progress/${course_id}`)).json()
    expect(seen.user_id).not.toBe(user.id)
    expect(seen.steps[0].completed).toBe(false)
  })

  test('R56: signing in sends one session cookie and no live guest cookie', async () => {
    const visitor = server.visitor()
    const answer = await visitor.send('POST', '/api/auth/register', { email: `${newId()}@example.org`, password: 'long enough', display_name: 'New' })
    expect(answer.statusCode, answer.body).toBe(201)
    const set = [answer.headers['set-cookie']].flat().map(String)
    expect(set.filter((cookie) => cookie.startsWith('gradus_session='))).toHaveLength(1)
    expect(visitor.jar.has('sll_anon')).toBe(false)
  })
})

test('R56: a clear wins over whatever the same response wants later: a stale cookie goes, also where a session is set anew', async () => {
  const visitor = server.visitor()
  const email = `${newId()}@example.org`
  await visitor.send('POST', '/api/auth/register', { email, password: 'long enough', display_name: 'New' })
  visitor.jar.set('sll_anon', `ga_${'A'.repeat(43)}`)
  const answer = await visitor.send('POST', '/api/auth/password', { present: 'long enough', next: 'long enough too' })
  expect(answer.statusCode, answer.body).toBe(204)
  expect(cookiesOf(answer)).toEqual([expect.stringMatching(/^sll_anon=; /)])
  expect(visitor.jar.has('sll_anon')).toBe(false)
})

describe('what a guest may', () => {
  test('read, run, hand in practice, complete; two guests never see each other (R36)', async () => {
    const { course_id, material, step_id, aq } = await anOpenCourse()
    const [one, two] = [server.visitor(), server.visitor()]
    for (const guest of [one, two])
      expect((await guest.send('GET', `/api/courses/${course_id}`)).json().permissions).toEqual(['course.read', 'work.submit'])
    expect((await one.send('GET', `/api/assignment-questions/${aq}`)).statusCode).toBe(200)
    expect((await one.send('POST', '/api/progress/complete', { step_id: material })).statusCode).toBe(200)
    const code = { language: 'python', code: 'print(3)' }
    const run = await one.send('POST', `/api/assignment-questions/${aq}/runs`, code)
    expect(run.statusCode, run.body).toBe(202)
    const submitted = await one.send('POST', `/api/assignment-questions/${aq}/submissions`, code, { 'idempotency-key': newId() })
    expect(submitted.statusCode, submitted.body).toBe(201)
    const validated = await one.send('POST', '/api/exercises/validate?wait_seconds=0', { step_id, response_data: code })
    expect(validated.json()).toMatchObject({ attempts: 2 })
    const mine = (await one.send('GET', `/api/progress/${course_id}`)).json()
    expect(mine).toMatchObject({ is_guest: true, steps: [{ completed: true }, { completed: false, attempts: 2 }] })
    const theirs = (await two.send('GET', `/api/progress/${course_id}`)).json()
    expect(theirs.steps).toMatchObject([{ completed: false }, { attempts: 0 }])
    expect((await one.send('GET', `/api/submissions/${submitted.json().id}`)).statusCode).toBe(200)
    expect((await one.send('GET', `/api/runs/${run.json().id}`)).statusCode).toBe(200)
    for (const path of [`/api/submissions/${submitted.json().id}`, `/api/submissions/${submitted.json().id}/code`, `/api/runs/${run.json().id}`]) {
      expect((await two.send('GET', path)).statusCode).toBe(401)
    }
    expect((await two.send('GET', `/api/assignment-questions/${aq}/submissions`)).json().submissions).toEqual([])
  })

  test('not what is limited, not what is hidden, nothing of staff; teachers do not see guests among hand-ins', async () => {
    const { course_id, module_id, teach, teacher } = await anOpenCourse()
    const limited = await anOpenCourse({ max_attempts: 3 })
    const guest = server.visitor()
    await guest.send('GET', `/api/courses/${limited.course_id}`)
    const code = { language: 'python', code: 'print(3)' }
    const refused = await guest.send('POST', `/api/assignment-questions/${limited.aq}/submissions`, code, { 'idempotency-key': newId() })
    expect([refused.statusCode, refused.json().code]).toEqual([403, 'guest_limited'])
    expect((await guest.send('POST', '/api/exercises/validate', { step_id: limited.step_id, response_data: code })).json().code).toBe('guest_limited')
    const draft = await teach.material(module_id, 'secret', 'draft')
    expect((await guest.send('GET', `/api/steps/${draft}`)).statusCode).toBe(401)
    expect((await guest.send('GET', `/api/courses/${course_id}/people`)).statusCode).toBe(401)
    expect((await guest.send('GET', '/api/auth/sessions')).statusCode).toBe(401)
    expect((await guest.send('POST', '/api/auth/cli_token', { label: 'x' })).statusCode).toBe(401)
    const open = await anOpenCourse()
    await guest.send('POST', `/api/assignment-questions/${open.aq}/submissions`, code, { 'idempotency-key': newId() })
    expect((await server.send(open.teacher, 'GET', `/api/courses/${open.course_id}/submissions`)).json().submissions).toEqual([])
    expect(teacher.id).toBeTruthy()
  })

  test('a call of a guest must come from our own pages', async () => {
    const { course_id, material } = await anOpenCourse()
    const guest = server.visitor()
    await guest.send('GET', `/api/courses/${course_id}`)
    expect((await guest.send('POST', '/api/progress/complete', { step_id: material }, { origin: 'https://evil.example' })).json().code).toBe(
      'foreign_origin',
    )
  })

  test('what a device kept for one learner is done for nobody else, and makes no guest', async () => {
    const { course_id, material, teach } = await anOpenCourse()
    const user = await server.person()
    await teach.enrol(course_id, user)
    const complete = (who: typeof user | null, learner_id: string) =>
      server.send(who, 'POST', '/api/progress/complete', { step_id: material }, { 'gradus-learner': learner_id, origin: server.config.public_url! })
    const before = (await guests()).length
    for (const answer of [await complete(null, user.id), await complete(await server.person(), user.id), await complete(user, 'nobody')])
      expect([answer.statusCode, answer.json().code]).toEqual([401, 'sign_in_required'])
    expect((await guests()).length).toBe(before)
    expect((await server.send(user, 'GET', `/api/progress/${course_id}`)).json().steps[0].completed).toBe(false)
    expect((await complete(user, user.id)).statusCode).toBe(200)
  })

  test('what a device kept for a guest and is not theirs to see any more is refused for good, not until a sign-in', async () => {
    const { course_id, material, teacher } = await anOpenCourse()
    const guest = server.visitor()
    const { user_id } = (await guest.send('GET', `/api/progress/${course_id}`)).json()
    await server.send(teacher, 'PATCH', `/api/steps/${material}`, { state: 'draft' })
    const complete = (headers = {}) => guest.send('POST', '/api/progress/complete', { step_id: material }, headers)
    expect((await complete()).json().code).toBe('sign_in_required')
    expect((await complete({ 'gradus-learner': user_id })).json().code).toBe('not_found')
  })

  test('R53: a user enrols in an open course, once, and in no other', async () => {
    const { course_id } = await anOpenCourse()
    const closed = await aCourse(server)
    const user = await server.person()
    const enrol = (id: string) => server.send(user, 'POST', `/api/auth/enroll/${id}`)
    expect((await server.visitor().send('POST', `/api/auth/enroll/${course_id}`)).statusCode).toBe(401)
    const answers = await Promise.all([enrol(course_id), enrol(course_id), enrol(course_id)])
    expect(answers.map((answer) => answer.json().already_enrolled).sort()).toEqual([false, true, true])
    expect(new Set(answers.map((answer) => answer.json().enrollment_id)).size).toBe(1)
    for (const id of [closed.id, newId()]) expect((await enrol(id)).statusCode).toBe(404)
    expect((await server.send(user, 'GET', '/api/courses')).json().courses).toMatchObject([{ id: course_id }])
  })

  test('a user who is not enrolled may go through an open course, and counts for nothing there', async () => {
    const { course_id, material, teacher } = await anOpenCourse()
    const user = await server.person()
    expect((await server.send(user, 'POST', '/api/progress/complete', { step_id: material })).statusCode).toBe(200)
    const stats = (await server.send(teacher, 'GET', `/api/auth/creator/courses/${course_id}/aggregate-stats`)).json()
    expect(stats.summary.enrolled).toBe(0)
    expect(stats.modules[0].reached_learners).toBe(0)
  })
})

describe('a guest is a cookie, and cookies are free', () => {
  /** As if so much had been done in this window. */
  const spend = (bucket: string, failures: number) =>
    server.db
      .insertInto('failure_counts')
      .values({ bucket, failures })
      .onConflict((on) => on.column('bucket').doUpdateSet({ failures }))
      .execute()
  const code = { language: 'python', code: 'print(3)' }

  test.each([
    ['of one guest', (id: string) => `guest_work:${id}`, 200],
    ['of one network', () => 'guest_work:127.0.0.0/24', 3_000],
  ])('what the graders do for guests is limited: %s; an account goes on at once and keeps what was done', async (_, bucketOf, limit) => {
    const { course_id, material, step_id, aq } = await anOpenCourse()
    const guest = server.visitor()
    const submit = () => guest.send('POST', `/api/assignment-questions/${aq}/submissions`, code, { 'idempotency-key': newId() })
    expect((await submit()).statusCode).toBe(201)
    const { guest_id } = (await guest.send('GET', '/api/auth/me')).json()
    await spend(bucketOf(guest_id), limit - 1)
    expect((await submit()).statusCode).toBe(201)
    const answers = [
      await submit(),
      await guest.send('POST', `/api/assignment-questions/${aq}/runs`, code),
      await guest.send('POST', '/api/exercises/validate', { step_id, response_data: code }),
    ]
    for (const answer of answers) {
      expect([answer.statusCode, answer.json().code]).toEqual([429, 'guests_throttled'])
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    }
    // Reading and marking cost the graders nothing.
    expect((await guest.send('POST', '/api/progress/complete', { step_id: material })).statusCode).toBe(200)
    await guest.send('POST', '/api/auth/register', { email: `${newId()}@example.org`, password: 'long enough', display_name: 'New' })
    expect((await submit()).statusCode).toBe(201)
    expect((await guest.send('GET', `/api/progress/${course_id}`)).json().steps).toMatchObject([{ completed: true }, { attempts: 3 }])
    await server.db.deleteFrom('failure_counts').execute()
  })

  test('one network makes so many guests and no more', async () => {
    const { course_id } = await anOpenCourse()
    await spend('guests:127.0.0.0/24', 2_000)
    const answer = await server.visitor().send('GET', `/api/courses/${course_id}`)
    expect([answer.statusCode, answer.json().code, cookiesOf(answer)]).toEqual([429, 'guests_throttled', []])
    await server.db.deleteFrom('failure_counts').execute()
    expect((await server.visitor().send('GET', `/api/courses/${course_id}`)).statusCode).toBe(200)
  })
})

test('who only looked around is forgotten after a day; who worked is not', async () => {
  const { course_id, material } = await anOpenCourse()
  const [idle, busy] = [server.visitor(), server.visitor()]
  for (const guest of [idle, busy]) await guest.send('GET', `/api/courses/${course_id}`)
  await busy.send('POST', '/api/progress/complete', { step_id: material })
  await server.db
    .updateTable('guests')
    .set({ last_seen_at: new Date(Date.now() - 25 * 3_600_000).toISOString() })
    .execute()
  await sweepGuests(server.db)
  expect((await guests()).every((guest) => guest.has_worked)).toBe(true)
  expect(cookiesOf(await busy.send('GET', `/api/courses/${course_id}`))).toEqual([])
  expect(cookiesOf(await idle.send('GET', `/api/courses/${course_id}`))).toHaveLength(1)
})
