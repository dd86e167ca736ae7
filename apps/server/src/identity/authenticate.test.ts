import { me } from '@gradus/contract/identity'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestServer, type Person, type TestServer } from '../../test/server.ts'
import { hashToken, newToken } from './tokens.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const whoIs = async (headers: Record<string, string>): Promise<string | null> =>
  (await server.send(null, 'GET', '/api/auth/me', undefined, headers)).json().user?.id ?? null
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const setSession = (who: Person, set: Record<string, string>) =>
  server.db.updateTable('sessions').set(set).where('token_hash', '=', hashToken(who.token)).execute()

test('a live session is its user; without proof there is nobody', async () => {
  const ann = await server.person({ display_name: 'Ann' })
  expect(await server.call(ann, me)).toMatchObject({ user: { id: ann.id, display_name: 'Ann' }, scopes: null })
  expect(await server.call(null, me)).toEqual({ user: null, guest_id: null, scopes: null, can_register: true })
})

test('expired, revoked, unknown and malformed tokens and those of disabled users are nobody', async () => {
  const [expired, revoked, disabled] = [await server.person(), await server.person(), await server.person()]
  for (const who of [expired, revoked, disabled]) expect(await whoIs(bearer(who.token))).toBe(who.id)
  await setSession(expired, { expires_at: new Date().toISOString() })
  await setSession(revoked, { revoked_at: new Date().toISOString() })
  await server.db.updateTable('users').set({ disabled_at: new Date().toISOString() }).where('id', '=', disabled.id).execute()
  for (const token of [expired.token, revoked.token, disabled.token, newToken('gs'), newToken('gk'), 'gs_', 'x', `${revoked.token}x`]) {
    expect(await whoIs(bearer(token)), token).toBeNull()
  }
  expect(await whoIs({ authorization: 'Basic YTpi' })).toBeNull()
})

test('a cookie proves a session, a key in a cookie proves nothing, and a bad bearer token is not mended by a cookie', async () => {
  const ann = await server.person()
  const machine = await server.machine('admin')
  expect(await whoIs({ cookie: `gradus_session=${ann.token}` })).toBe(ann.id)
  expect(
    await server.send(null, 'GET', '/api/auth/me', undefined, { cookie: `gradus_session=${machine.token}` }).then((r) => r.json().scopes),
  ).toBeNull()
  expect(await whoIs({ cookie: `gradus_session=${ann.token}`, ...bearer(newToken('gs')) })).toBeNull()
})

test('keys carry their scopes; a user’s key loses all but `user` with the administrator’s right', async () => {
  const machine = await server.machine('grade')
  expect(await server.call(machine, me)).toMatchObject({ user: null, scopes: ['grade'] })
  const boss = await server.person({ is_admin: true })
  const secret = newToken('gk')
  const id = boss.id
  await server.db
    .insertInto('api_keys')
    .values({ id, key_hash: hashToken(secret), principal_id: boss.id, name: 'k', scopes: ['user', 'admin'] })
    .execute()
  const asKey = { ...boss, token: secret }
  expect((await server.call(asKey, me)).scopes).toEqual(['user', 'admin'])
  await server.db.updateTable('users').set({ is_admin: false }).where('id', '=', boss.id).execute()
  expect(await server.call(asKey, me)).toMatchObject({ user: { id: boss.id }, scopes: ['user'] })
  await server.db.updateTable('api_keys').set({ expires_at: new Date().toISOString() }).where('id', '=', id).execute()
  expect(await whoIs(bearer(secret))).toBeNull()
})

test('being seen is noted at most once a minute, and for keys at first use', async () => {
  const ann = await server.person()
  const seen = async () =>
    (await server.db.selectFrom('sessions').select('last_seen_at').where('principal_id', '=', ann.id).executeTakeFirstOrThrow()).last_seen_at
  const first = await seen()
  await whoIs(bearer(ann.token))
  expect(await seen()).toBe(first)
  const long_ago = new Date(Date.now() - 61_000).toISOString()
  await setSession(ann, { last_seen_at: long_ago })
  await whoIs(bearer(ann.token))
  expect(Date.parse(await seen())).toBeGreaterThan(Date.parse(long_ago))

  const machine = await server.machine('grade')
  await server.send(machine, 'GET', '/api/auth/me')
  const key = await server.db.selectFrom('api_keys').select('last_used_at').where('principal_id', '=', machine.id).executeTakeFirstOrThrow()
  expect(key.last_used_at).not.toBeNull()
})

test('only hashes of tokens are stored', async () => {
  const ann = await server.person()
  const { token_hash } = await server.db.selectFrom('sessions').select('token_hash').where('principal_id', '=', ann.id).executeTakeFirstOrThrow()
  expect(token_hash).toEqual(hashToken(ann.token))
  expect(token_hash.toString('latin1')).not.toContain(ann.token)
})
