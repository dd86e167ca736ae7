import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { guestWork } from '../test/guest-work.ts'
import { openTestServer, type TestServer, type Visitor } from '../test/server.ts'
import { adoption } from './adoption.ts'
import { newId } from './db/id.ts'
import { adoptGuest } from './identity/adopt-guest.ts'
import { adoptLate } from './submissions/adopt-late.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer({}, 16)
})
afterAll(() => server.close())

const { aScene, aGuest, complete, handIn, grade, register, login, stepsOf, rowsOf } = guestWork(() => server)

describe('at registration', () => {
  test('R37 R39 R40 J3: everything moves, the cookie goes, nothing stays, and the reply says what was merged', async () => {
    const scene = await aScene()
    const guest = await aGuest(scene)
    await complete(guest, scene.steps[0]!, 0.5)
    await handIn(guest, scene.aq)
    await grade('wrong_answer')
    const { id: submission_id } = await handIn(guest, scene.aq)
    await grade('accepted')
    const run = await guest.send('POST', `/api/assignment-questions/${scene.aq}/runs`, { language: 'python', code: 'print(1)' })
    await grade('accepted')
    const before = await stepsOf(guest, scene.course_id)
    const user = await register(guest)
    expect(user.guest_work).toEqual({
      state: 'merged',
      courses: [{ course_id: scene.course_id, title: 'A course', steps_completed: 2, attempts: 2 }],
      certificates_issued: [],
    })
    expect(user.cookies.filter((cookie) => cookie.name === 'sll_anon')).toMatchObject([{ value: '' }])
    expect(guest.jar.has('sll_anon')).toBe(false)
    expect(await stepsOf(guest, scene.course_id)).toEqual(before)
    expect(await rowsOf(guest.id)).toBe(0)
    const attempts = (await guest.send('GET', `/api/assignment-questions/${scene.aq}/submissions`)).json().submissions
    expect(attempts.map((a: { attempt_number: number; verdict: string }) => [a.attempt_number, a.verdict])).toEqual([
      [2, 'accepted'],
      [1, 'wrong_answer'],
    ])
    expect((await guest.send('GET', `/api/submissions/${submission_id}`)).json()).toMatchObject({ learner: { id: user.id }, code: 'print(1)' })
    expect((await guest.send('GET', `/api/runs/${run.json().id}`)).statusCode).toBe(200)
    expect((await guest.send('GET', `/api/assignment-questions/${scene.aq}`)).json()).toMatchObject({ attempts_used: 2, my_points: 3 })
  })

  test('R56: with an empty jar nothing is merged and no guest cookie is set', async () => {
    const visitor = server.visitor()
    const user = await register(visitor)
    expect(user.guest_work).toEqual({ state: 'none', courses: [], certificates_issued: [] })
    expect(user.cookies.filter((cookie) => cookie.name === 'sll_anon' && cookie.value !== '')).toEqual([])
  })

  test.each(['42', `ga_${'A'.repeat(43)}`])('D2: a forged cookie %s takes over nothing and is cleared', async (value) => {
    const scene = await aScene()
    const other = await aGuest(scene)
    await complete(other, scene.steps[0]!)
    const forger = server.visitor({ sll_anon: value })
    const user = await register(forger)
    expect(user.guest_work.state).toBe('none')
    expect(forger.jar.has('sll_anon')).toBe(false)
    expect(await rowsOf(user.id)).toBe(0)
  })

  test('D2: another user’s id or a session’s token as the cookie takes over nothing', async () => {
    const scene = await aScene()
    const victim = await server.person()
    await scene.teach.enrol(scene.course_id, victim)
    await server.send(victim, 'POST', '/api/progress/complete', { step_id: scene.steps[0] })
    for (const value of [victim.id, victim.token]) {
      const forger = server.visitor({ sll_anon: value })
      expect((await register(forger)).guest_work.state).toBe('none')
    }
    expect(await rowsOf(victim.id)).toBe(2)
  })
})

describe('at login', () => {
  test('R38: best score, sum of attempts, completed if either, earliest date', async () => {
    const scene = await aScene()
    const home = server.visitor()
    const { email, id } = await register(home)
    await complete(home, scene.steps[0]!, 0.9)
    await handIn(home, scene.aq)
    await grade('wrong_answer', 'accepted')
    const guest = await aGuest(scene)
    const first = (await complete(guest, scene.steps[0]!, 0.4)).json().completed_at
    await complete(guest, scene.steps[1]!, 0.7)
    for (const verdict of ['wrong_answer', 'accepted'] as const) {
      await handIn(guest, scene.aq)
      await grade(verdict)
    }
    await server.db
      .updateTable('progress')
      .set({ completed_at: '2024-01-01T00:00:00.000Z' })
      .where('principal_id', '=', id)
      .where('step_id', '=', scene.steps[0]!)
      .execute()
    const answer = await login(guest, email)
    expect(answer.json().guest_work).toMatchObject({ state: 'merged', certificates_issued: [] })
    expect(await stepsOf(guest, scene.course_id)).toMatchObject([
      { completed: true, score: 0.9, attempts: 0, completed_at: '2024-01-01T00:00:00.000Z' },
      { completed: true, score: 0.7, attempts: 0 },
      { completed: true, score: 1, attempts: 3 },
    ])
    expect(first > '2024').toBe(true)
    const numbers = await server.db
      .selectFrom('submissions')
      .select('attempt_number')
      .where('principal_id', '=', id)
      .orderBy('attempt_number')
      .execute()
    expect(numbers.map((row) => row.attempt_number)).toEqual([1, 2, 3])
    expect((await guest.send('GET', `/api/certificates/${scene.course_id}`)).json()).toMatchObject({ has_certificate: true, score_percent: 70 })
  })

  test('D6: what neither had alone completes the course, once', async () => {
    const scene = await aScene()
    const home = server.visitor()
    const { email } = await register(home)
    await complete(home, scene.steps[0]!)
    const guest = await aGuest(scene)
    await complete(guest, scene.steps[1]!)
    await handIn(guest, scene.aq)
    await grade('accepted')
    const { guest_work } = (await login(guest, email)).json()
    expect(guest_work.certificates_issued).toMatchObject([{ course_id: scene.course_id, score_percent: 100 }])
    expect(await server.db.selectFrom('certificates').selectAll().where('course_id', '=', scene.course_id).execute()).toHaveLength(1)
  })

  test('R37 D6: a certificate moves, also where it is all there is; of two the earliest stands and the other says so', async () => {
    const scene = await aScene()
    const finish = async (who: Visitor) => {
      for (const step of scene.steps.slice(0, 2)) await complete(who, step, 0.5)
      await handIn(who, scene.aq)
      await grade('accepted')
      return (await who.send('GET', `/api/certificates/${scene.course_id}`)).json() as { serial: string; issued_at: string }
    }
    const guest = await aGuest(scene)
    const earlier = await finish(guest)
    await server.db.deleteFrom('progress').where('principal_id', '=', guest.id).execute()
    const home = server.visitor()
    const { email } = await register(home)
    const later = await finish(home)
    expect((await login(guest, email)).json().guest_work).toMatchObject({ state: 'merged', certificates_issued: [] })
    expect((await home.send('GET', `/api/certificates/${scene.course_id}`)).json()).toMatchObject({
      serial: earlier.serial,
      issued_at: earlier.issued_at,
    })
    expect((await server.send(null, 'GET', `/api/certificates/verify/${earlier.serial}`)).json()).toMatchObject({
      is_valid: true,
      learner_name: 'New',
    })
    const replaced = (await server.send(null, 'GET', `/api/certificates/verify/${later.serial}`)).json()
    expect(replaced).toMatchObject({ is_valid: false, revoke_reason: `Merged into ${earlier.serial}` })
  })

  test('what staff revoked does not come back as a guest’s', async () => {
    const scene = await aScene()
    const home = server.visitor()
    const { email, id } = await register(home)
    const put = (principal_id: string, serial: string, revoke_reason: string | null) =>
      server.db
        .insertInto('certificates')
        .values({
          serial,
          principal_id,
          course_id: scene.course_id,
          ratio: 1,
          step_count: 3,
          revoke_reason,
          revoked_at: revoke_reason && new Date().toISOString(),
        })
        .execute()
    await put(id, '0'.repeat(16), 'copied')
    const guest = await aGuest(scene)
    await complete(guest, scene.steps[0]!)
    await put(guest.id, '1'.repeat(16), null)
    await login(guest, email)
    const held = await server.db.selectFrom('certificates').select('revoke_reason').where('principal_id', '=', id).execute()
    expect(held).toEqual([{ revoke_reason: 'copied' }, { revoke_reason: 'copied' }])
  })

  test('G22: asks where the account has progress in the same course, and only there', async () => {
    const [scene, other] = [await aScene(), await aScene()]
    const home = server.visitor()
    const { email, id } = await register(home)
    await complete(home, scene.steps[0]!)
    const guest = await aGuest(scene)
    await complete(guest, scene.steps[1]!)
    const asked = (await login(guest, email, { guest_work: 'ask' })).json()
    expect(asked.guest_work).toEqual({
      state: 'ask',
      courses: [{ course_id: scene.course_id, title: 'A course', steps_completed: 1, attempts: 0 }],
      certificates_issued: [],
    })
    expect(guest.jar.has('sll_anon')).toBe(true)
    // Nothing is owed: no later request takes it.
    await guest.send('GET', '/api/auth/me')
    expect((await stepsOf(guest, scene.course_id))[1]!.completed).toBe(false)
    expect((await guest.send('POST', '/api/auth/guest-work', { decision: 'leave' })).json().state).toBe('none')
    expect(guest.jar.has('sll_anon')).toBe(true)
    expect((await guest.send('POST', '/api/auth/guest-work', { decision: 'merge' })).json().state).toBe('merged')
    expect(guest.jar.has('sll_anon')).toBe(false)
    expect((await stepsOf(guest, scene.course_id))[1]!.completed).toBe(true)
    expect((await guest.send('POST', '/api/auth/guest-work', { decision: 'merge' })).json().state).toBe('none')
    const elsewhere = await aGuest(other)
    await complete(elsewhere, other.steps[0]!)
    expect((await login(elsewhere, email, { guest_work: 'ask' })).json()).toMatchObject({ id, guest_work: { state: 'merged' } })
  })

  test('R39: adopting again changes nothing; the old token is nobody’s and a replay under the account is known', async () => {
    const scene = await aScene()
    const guest = await aGuest(scene)
    const key = newId()
    await complete(guest, scene.steps[0]!, 0.5, key)
    const token = guest.jar.get('sll_anon')!
    const user = await register(guest)
    const before = await stepsOf(guest, scene.course_id)
    for (let i = 0; i < 2; i++) expect((await adoptGuest(server.db, adoption, { guest_id: guest.id, user_id: user.id })).state).toBe('none')
    expect(await stepsOf(guest, scene.course_id)).toEqual(before)
    expect((await complete(guest, scene.steps[0]!, 0.5, key)).json().is_replay).toBe(true)
    const old = server.visitor({ sll_anon: token })
    expect((await stepsOf(old, scene.course_id)).every((step) => !step.completed)).toBe(true)
    expect(old.jar.get('sll_anon')).not.toBe(token)
    // Somebody else cannot take what is taken.
    const thief = await server.person()
    expect((await adoptGuest(server.db, adoption, { guest_id: guest.id, user_id: thief.id })).state).toBe('none')
    expect(await rowsOf(thief.id)).toBe(0)
  })
})

describe('when it fails', () => {
  test.each(['progress', 'submissions', 'certificates'])(
    'R60 D7 F6: a fault in %s keeps everything, signs in, and the next request makes up for it',
    async (table) => {
      const scene = await aScene()
      const guest = await aGuest(scene)
      for (const step of scene.steps.slice(0, 2)) await complete(guest, step, 0.5)
      await handIn(guest, scene.aq)
      await grade('accepted')
      const rows = await rowsOf(guest.id)
      const before = await stepsOf(guest, scene.course_id)
      await sql
        .raw(`create function boom() returns trigger language plpgsql as $$ begin raise exception 'disk on fire'; end $$;
      create trigger boom before ${table === 'progress' ? 'delete' : 'update'} on ${table} for each row execute function boom()`)
        .execute(server.db)
      let user: Awaited<ReturnType<typeof register>>
      try {
        user = await register(guest)
        expect(user.guest_work).toEqual({ state: 'pending', courses: [], certificates_issued: [] })
        expect(user.cookies.filter((cookie) => cookie.name === 'sll_anon')).toEqual([])
        expect(guest.jar.has('sll_anon')).toBe(true)
        expect(await rowsOf(guest.id)).toBe(rows)
        expect(await rowsOf(user.id)).toBe(0)
        expect(await server.db.selectFrom('guests').select('pending_for').where('id', '=', guest.id).execute()).toEqual([{ pending_for: user.id }])
        // It fails again, and the request does what it was asked all the same.
        expect((await guest.send('GET', '/api/auth/me')).json().user.id).toBe(user.id)
        expect(guest.jar.has('sll_anon')).toBe(true)
      } finally {
        await sql.raw(`drop trigger boom on ${table}; drop function boom()`).execute(server.db)
      }
      const answers = await Promise.all(Array.from({ length: 4 }, () => guest.send('GET', '/api/auth/me')))
      expect(answers.flatMap((answer) => answer.cookies).some((cookie) => cookie.name === 'sll_anon' && cookie.value !== '')).toBe(false)
      expect(guest.jar.has('sll_anon')).toBe(false)
      expect(await rowsOf(guest.id)).toBe(0)
      expect(await stepsOf(guest, scene.course_id)).toEqual(before)
      expect(
        await server.db.selectFrom('audit_events').select('id').where('action', '=', 'guest.adopted').where('object_id', '=', guest.id).execute(),
      ).not.toHaveLength(0)
    },
  )

  test('what is owed to one account is not taken by another on the same browser', async () => {
    const scene = await aScene()
    const guest = await aGuest(scene)
    await complete(guest, scene.steps[0]!)
    const owner = await server.person()
    await server.db.updateTable('guests').set({ pending_for: owner.id }).where('id', '=', guest.id).execute()
    expect((await register(guest)).guest_work.state).toBe('none')
    expect(guest.jar.has('sll_anon')).toBe(true)
    expect(await rowsOf(guest.id)).toBeGreaterThan(0)
  })
})

describe('at the same time', () => {
  test('what was under way while the browser signed in is the user’s too', async () => {
    for (let round = 0; round < 5; round++) {
      const scene = await aScene()
      const guest = await aGuest(scene)
      const cookie = { cookie: `sll_anon=${guest.jar.get('sll_anon')}`, origin: server.config.public_url! }
      await handIn(guest, scene.aq)
      const raw = (step_id: string) => server.send(null, 'POST', '/api/progress/complete', { step_id }, cookie)
      const code = { language: 'python', code: 'print(2)' }
      const submit = () =>
        server.send(null, 'POST', `/api/assignment-questions/${scene.aq}/submissions`, code, { ...cookie, 'idempotency-key': newId() })
      const [user, , ...answers] = await Promise.all([
        register(guest),
        grade('accepted'),
        raw(scene.steps[0]!),
        submit(),
        raw(scene.steps[1]!),
        submit(),
      ])
      await grade('accepted')
      await adoptLate(server.db, adoption)
      // A call that came after the move was a new visitor's, and said so by a new cookie.
      const asGuest = answers.map((answer) => answer.statusCode < 300 && !answer.cookies.some((c) => c.name === 'sll_anon'))
      const found = await stepsOf(guest, scene.course_id)
      expect(found.map((step) => step.completed)).toEqual([asGuest[0], asGuest[2], true])
      expect(found[2]!.attempts).toBe(1 + Number(asGuest[1]) + Number(asGuest[3]))
      expect(await rowsOf(guest.id)).toBe(0)
      const mixed = await sql<{
        n: number
      }>`select count(*) as n from score_events e join submissions s on s.id = e.submission_id where e.principal_id <> s.principal_id`.execute(
        server.db,
      )
      expect(mixed.rows[0]!.n).toBe(0)
      expect(user.id).toBeTruthy()
    }
  })
})
