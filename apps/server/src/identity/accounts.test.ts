import * as api from '@gradus/contract/identity'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { createKey } from './create-key.ts'
import { createUser } from './create-user.ts'
import { ensureFirstAdmin } from './ensure-first-admin.ts'

const origin = { origin: 'http://gradus.test' }
let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

/** What a browser keeps: every cookie by name. */
const cookiesOf = (answer: { cookies: { name: string; value: string }[] }): Record<string, string> =>
  Object.fromEntries(answer.cookies.map((c) => [c.name, c.value]))
const jar = (cookies: Record<string, string>) => ({
  ...origin,
  cookie: Object.entries(cookies)
    .map(([k, v]) => `${k}=${v}`)
    .join('; '),
})
const login = (email: string, password: string, headers: Record<string, string> = origin) =>
  server.send(null, 'POST', '/api/auth/login', { email, password }, headers)

test('registering signs in, stores no clear password, and gives no rights whatever is asked for (D9, 2.5 no. 9)', async () => {
  const body = { email: 'Ada@example.org', password: 'correct horse', display_name: ' Ada  Lovelace ' }
  for (const extra of [{ role: 'creator' }, { is_admin: true }, { is_creator: true }, { id: 'x' }]) {
    const refused = await server.send(null, 'POST', '/api/auth/register', { ...body, ...extra }, origin)
    expect([refused.statusCode, refused.json().code]).toEqual([400, 'invalid_request'])
  }
  const made = await server.send(null, 'POST', '/api/auth/register', body, origin)
  expect(made.statusCode).toBe(201)
  expect(made.json()).toMatchObject({ email: 'Ada@example.org', display_name: ' Ada  Lovelace ', is_admin: false, is_creator: false })
  const session = made.cookies.find((c) => c.name === 'gradus_session')
  expect(session).toMatchObject({ path: '/', httpOnly: true, sameSite: 'Lax', maxAge: 14 * 86_400 })
  expect((await server.send(null, 'GET', '/api/auth/me', undefined, jar(cookiesOf(made)))).json().user.email).toBe('Ada@example.org')
  const row = await server.db.selectFrom('users').selectAll().where('email', '=', 'Ada@example.org').executeTakeFirstOrThrow()
  expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  const taken = await server.send(null, 'POST', '/api/auth/register', { ...body, email: 'ADA@EXAMPLE.ORG' }, origin)
  expect([taken.statusCode, taken.json().code]).toEqual([409, 'email_taken'])
})

test('fifty registrations of one address at once make one account', async () => {
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      server.send(null, 'POST', '/api/auth/register', {
        email: i % 2 ? 'race@example.org' : 'RACE@example.org',
        password: '12345678',
        display_name: 'R',
      }),
    ),
  )
  expect(answers.filter((a) => a.statusCode === 201)).toHaveLength(1)
  expect(new Set(answers.map((a) => a.statusCode))).toEqual(new Set([201, 409]))
  await server.db.deleteFrom('failure_counts').execute()
})

test('signing in rotates the session: the cookie from before is dead on the server (2.5 no. 3)', async () => {
  await createUser(server.db, { email: 'rot@example.org', display_name: 'R', password: 'long enough' })
  const before = cookiesOf(await login('ROT@example.org', 'long enough'))
  const again = await login('rot@example.org', 'long enough', jar(before))
  const after = cookiesOf(again)
  expect(after.gradus_session).not.toBe(before.gradus_session)
  const me = async (cookies: Record<string, string>) => (await server.send(null, 'GET', '/api/auth/me', undefined, jar(cookies))).json().user
  expect(await me(before)).toBeNull()
  expect(await me(after)).not.toBeNull()
  const out = await server.send(null, 'POST', '/api/auth/logout', undefined, jar(after))
  expect(out.statusCode).toBe(204)
  expect(cookiesOf(out).gradus_session).toBe('')
  expect(await me(after)).toBeNull()
})

test('a foreign page can neither use nor set a session (2.5 no. 4)', async () => {
  await createUser(server.db, { email: 'csrf@example.org', display_name: 'C', password: 'long enough' })
  const cookies = cookiesOf(await login('csrf@example.org', 'long enough'))
  const { cookie } = jar(cookies)
  for (const headers of [{ cookie }, { cookie, origin: 'https://evil.example' }, { cookie, origin: 'null' }] as Record<string, string>[]) {
    const refused = await server.send(null, 'POST', '/api/auth/sign-out-everywhere', undefined, headers)
    expect([refused.statusCode, refused.json().code]).toEqual([403, 'foreign_origin'])
  }
  expect((await login('csrf@example.org', 'long enough', { origin: 'https://evil.example' })).statusCode).toBe(403)
  expect((await server.send(null, 'GET', '/api/auth/me', undefined, { cookie })).json().user).not.toBeNull()
})

test('over https the cookies are __Host- and Secure', async () => {
  const https = await openTestServer({ GRADUS_PUBLIC_URL: 'https://gradus.test' })
  try {
    const body = { email: 'a@example.org', password: 'long enough', display_name: 'A' }
    const made = await https.send(null, 'POST', '/api/auth/register', body, { origin: 'https://gradus.test' })
    expect(made.cookies.map((c) => [c.name, c.secure, c.path, c.httpOnly, c.domain])).toEqual([
      ['__Host-gradus', true, '/', true, undefined],
      ['__Host-gradus-device', true, '/', true, undefined],
    ])
    const cookie = `__Host-gradus=${made.cookies[0]!.value}`
    expect((await https.send(null, 'GET', '/api/auth/me', undefined, { cookie })).json().user.email).toBe('a@example.org')
  } finally {
    await https.close()
  }
})

test('unknown, disabled and passwordless accounts and wrong passwords answer alike', async () => {
  await createUser(server.db, { email: 'known@example.org', display_name: 'K', password: 'long enough' })
  await createUser(server.db, { email: 'nopass@example.org', display_name: 'N' })
  const off = await createUser(server.db, { email: 'off@example.org', display_name: 'O', password: 'long enough' })
  await server.db.updateTable('users').set({ disabled_at: new Date().toISOString() }).where('id', '=', off.id).execute()
  const answers = await Promise.all([
    login('known@example.org', 'wrong one'),
    login('nobody@example.org', 'wrong one'),
    login('nopass@example.org', 'no account has this'),
    login('off@example.org', 'long enough'),
  ])
  const told = answers.map((a) => ({ status: a.statusCode, ...a.json(), request_id: '', cookies: a.cookies }))
  expect(told[0]).toMatchObject({ status: 401, code: 'wrong_credentials' })
  for (const other of told) expect(other).toEqual(told[0])
})

test('the same password typed in composed and decomposed letters is one password', async () => {
  await createUser(server.db, { email: 'nfc@example.org', display_name: 'N', password: 'pässwörter'.normalize('NFC') })
  expect((await login('nfc@example.org', 'pässwörter'.normalize('NFD'))).statusCode).toBe(200)
})

test('changing the password needs the present one, ends every other session and renews this one', async () => {
  await createUser(server.db, { email: 'pw@example.org', display_name: 'P', password: 'first secret' })
  const here = cookiesOf(await login('pw@example.org', 'first secret'))
  const there = cookiesOf(await login('pw@example.org', 'first secret'))
  const change = (present: string) => server.send(null, 'POST', '/api/auth/password', { present, next: 'second secret' }, jar(here))
  expect((await change('not it')).json().code).toBe('wrong_password')
  const changed = await change('first secret')
  expect(changed.statusCode).toBe(204)
  const me = async (cookies: Record<string, string>) => (await server.send(null, 'GET', '/api/auth/me', undefined, jar(cookies))).json().user
  expect(await me(there)).toBeNull()
  expect(await me(here)).toBeNull()
  expect(await me({ ...here, ...cookiesOf(changed) })).not.toBeNull()
  expect((await login('pw@example.org', 'first secret')).statusCode).toBe(401)
  expect((await login('pw@example.org', 'second secret')).statusCode).toBe(200)
})

describe('tokens, sessions and keys', () => {
  test('a token by password or session; sign out everywhere ends them all', async () => {
    await createUser(server.db, { email: 'cli@example.org', display_name: 'C', password: 'long enough' })
    const byPassword = await server.call(null, api.createToken, {
      body: { label: 'laptop', email: 'cli@example.org', password: 'long enough' },
    })
    const who = { id: byPassword.user_id, email: byPassword.email, token: byPassword.token }
    const bySession = await server.call(who, api.createToken, { body: { label: 'second', ttl_days: 1 } })
    expect(Date.parse(bySession.expires_at)).toBeLessThan(Date.now() + 86_460_000)
    const { sessions } = await server.call(who, api.listSessions)
    expect(sessions.map((s) => [s.label, s.kind, s.is_current])).toEqual(
      expect.arrayContaining([
        ['laptop', 'cli', true],
        ['second', 'cli', false],
      ]),
    )
    await server.call(who, api.signOutEverywhere)
    for (const token of [who.token, bySession.token]) {
      expect((await server.send({ ...who, token }, 'GET', '/api/auth/sessions')).statusCode).toBe(401)
    }
    expect((await server.send(null, 'POST', '/api/auth/cli_token', { label: 'x' })).json().code).toBe('sign_in_required')
    expect((await server.send(null, 'POST', '/api/auth/cli_token', { label: 'x', email: 'cli@example.org' })).json().code).toBe('invalid_request')
  })

  test('one session ends alone; somebody else’s is not there', async () => {
    const [ann, ben] = [await server.person(), await server.person()]
    const { sessions } = await server.call(ann, api.listSessions)
    const url = `/api/auth/sessions/${sessions[0]!.id}`
    expect((await server.send(ben, 'DELETE', url)).statusCode).toBe(404)
    expect((await server.send(ann, 'DELETE', url)).statusCode).toBe(204)
    expect((await server.send(ann, 'DELETE', url)).statusCode).toBe(401)
  })

  test('a key acts as its user until revoked, makes no further proofs, and only an administrator’s holds more than `user`', async () => {
    const ann = await server.person()
    const { key, id } = await server.call(ann, api.createApiKey, { body: { name: 'bot', scopes: ['user'] } })
    const bot = { ...ann, token: key }
    expect((await server.call(ann, api.listApiKeys)).api_keys.map((k) => k.name)).toEqual(['bot'])
    expect(JSON.stringify(await server.call(ann, api.listApiKeys))).not.toContain(key)
    for (const [method, url, body] of [
      ['POST', '/api/auth/api-keys', { name: 'b2', scopes: ['user'] }],
      ['POST', '/api/auth/cli_token', { label: 'x' }],
      ['POST', '/api/auth/password', { present: 'a', next: 'long enough' }],
    ] as const) {
      expect((await server.send(bot, method, url, body)).json().code).toBe('forbidden')
    }
    expect((await server.send(ann, 'POST', '/api/auth/api-keys', { name: 'b', scopes: ['admin'] })).json().code).toBe('scope_not_allowed')
    const boss = await server.person({ is_admin: true })
    expect((await server.call(boss, api.createApiKey, { body: { name: 'a', scopes: ['user', 'admin'] } })).scopes).toEqual(['user', 'admin'])
    expect((await server.send(boss, 'DELETE', `/api/auth/api-keys/${id}`)).statusCode).toBe(404)
    await server.call(ann, api.revokeApiKey, { params: { api_key_id: id } })
    expect((await server.send(bot, 'GET', '/api/auth/sessions')).statusCode).toBe(401)
  })

  test('from the console: keys for a machine, for a person, and for nobody known', async () => {
    const machine = await createKey(server.db, { name: 'worker', scopes: ['grade'] })
    expect(await server.call({ id: '', email: '', token: machine.key }, api.me)).toMatchObject({ user: null, scopes: ['grade'] })
    await expect(createKey(server.db, { name: 'x', scopes: ['user'] })).rejects.toMatchObject({ code: 'scope_not_allowed' })
    await expect(createKey(server.db, { name: 'x', scopes: ['user'], user_email: 'who@example.org' })).rejects.toMatchObject({ code: 'user_unknown' })
  })
})

describe('administration', () => {
  test('accounts are found by part of name or address, percent signs included', async () => {
    const boss = await server.person({ is_admin: true })
    await server.person({ display_name: '100% Zoë_x' })
    const named = async (search: string) => (await server.call(boss, api.listUsers, { query: { search } })).users.map((u) => u.display_name)
    expect(await named('zoë')).toEqual(['100% Zoë_x'])
    expect(await named('0% z')).toEqual(['100% Zoë_x'])
    expect(await named('%%')).toEqual([])
    expect((await server.send(await server.person(), 'GET', '/api/admin/users')).statusCode).toBe(403)
  })

  test('switching an account off ends its sessions at once and is recorded; switching on brings back the account only', async () => {
    const boss = await server.person({ is_admin: true })
    const ann = await server.person()
    const patch = (body: unknown) => server.send(boss, 'PATCH', `/api/admin/users/${ann.id}`, body)
    expect((await patch({ is_disabled: true })).json().disabled_at).not.toBeNull()
    expect((await server.send(ann, 'GET', '/api/auth/sessions')).statusCode).toBe(401)
    expect((await patch({ is_disabled: false, is_creator: true })).json()).toMatchObject({ disabled_at: null, is_creator: true })
    expect((await server.send(ann, 'GET', '/api/auth/sessions')).statusCode).toBe(401)
    const audit = await server.db.selectFrom('audit_events').selectAll().where('object_id', '=', ann.id).orderBy('id').execute()
    expect(audit.map((a) => [a.action, a.actor_id])).toEqual([
      ['user.changed', boss.id],
      ['user.changed', boss.id],
    ])
    expect(audit[1]).toMatchObject({ before: { is_creator: false }, after: { is_creator: true } })
    expect((await server.send(boss, 'PATCH', `/api/admin/users/01900000-0000-7000-8000-000000000000`, {})).statusCode).toBe(404)
  })

  test('two administrators who remove each other at once leave one', async () => {
    const own = await openTestServer()
    try {
      for (let round = 0; round < 5; round++) {
        await own.db.updateTable('users').set({ is_admin: false }).execute()
        const [a, b] = [await own.person({ is_admin: true }), await own.person({ is_admin: true })]
        const answers = await Promise.all([
          own.send(a, 'PATCH', `/api/admin/users/${b.id}`, { is_admin: false }),
          own.send(b, 'PATCH', `/api/admin/users/${a.id}`, { is_disabled: true }),
        ])
        const left = await own.db.selectFrom('users').select('id').where('is_admin', '=', true).where('disabled_at', 'is', null).execute()
        expect(left).toHaveLength(1)
        expect(answers.filter((x) => x.statusCode === 200)).toHaveLength(1)
      }
    } finally {
      await own.close()
    }
  })

  test('the first administrator: made once by ten starts at once; a stranger who took the address is thrown out', async () => {
    const own = await openTestServer({ GRADUS_ADMIN_EMAIL: 'root@example.org', GRADUS_ADMIN_PASSWORD: 'set by operator' })
    try {
      const stranger = await createUser(own.db, { email: 'Root@example.org', display_name: 'Stranger', password: 'mine for now' })
      const { token } = await own.call(null, api.createToken, { body: { label: 'x', email: 'root@example.org', password: 'mine for now' } })
      const done = await Promise.all(Array.from({ length: 10 }, () => ensureFirstAdmin(own.db, own.config)))
      expect(done.toSorted()).toEqual([...Array<string>(9).fill('present'), 'promoted'].toSorted())
      expect((await own.send({ id: stranger.id, email: '', token }, 'GET', '/api/auth/sessions')).statusCode).toBe(401)
      const body = { email: 'root@example.org', password: 'set by operator' }
      expect((await own.call(null, api.login, { body })).is_admin).toBe(true)
      expect(await ensureFirstAdmin(own.db, server.config)).toBe('not_configured')
    } finally {
      await own.close()
    }
  })
})

test('where registration is closed nobody makes an account for themselves, and pages are told', async () => {
  const closed = await openTestServer({ GRADUS_REGISTRATION: 'off' })
  try {
    const body = { email: 'new@example.org', password: 'long enough', display_name: 'New' }
    expect((await closed.send(null, 'POST', '/api/auth/register', body)).json()).toMatchObject({ code: 'registration_closed' })
    expect(await closed.call(null, api.me)).toEqual({ user: null, guest_id: null, scopes: null, can_register: false })
    expect(await closed.db.selectFrom('users').select('id').execute()).toEqual([])
    // The operator still makes accounts.
    expect(await createUser(closed.db, { ...body, is_admin: false, is_creator: false })).toMatchObject({ email: 'new@example.org' })
  } finally {
    await closed.close()
  }
})
