import { randomBytes } from 'node:crypto'
import * as api from '@gradus/contract/identity'
import { decideGuestWork } from '@gradus/contract/progress'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import type { Actor } from '../http/actor.ts'
import type { Mount } from '../http/mount.ts'
import { Problem, problem } from '../http/problems.ts'
import { type Adoption, noGuestWork } from './adopt-guest.ts'
import { byCaller } from './by.ts'
import { changePassword } from './change-password.ts'
import { clearSessionCookie, deviceOf, SESSION_SECONDS, setDeviceCookie, setSessionCookie } from './cookies.ts'
import { createKey, type Scope } from './create-key.ts'
import { createUser } from './create-user.ts'
import { recordFailure, refuseAfterFailures } from './failures.ts'
import { keepGuestCookie } from './guest-cookie.ts'
import { networkOf } from './network.ts'
import { proveAccount } from './prove-account.ts'
import { type Account, listAccounts, listLiveKeys, listLiveSessions, revokeSession, revokeSessions } from './queries/accounts.ts'
import { revokeKey } from './revoke-key.ts'
import { hashDevice, startSession } from './start-session.ts'
import { leaveToGuest, takeOver } from './take-over.ts'
import { updateUser } from './update-user.ts'

/** Proofs are handled by people: a machine's key, once leaked, must not be able to make itself others. */
const requireSession = (actor: Actor): void => {
  if (actor.session_id === null) throw problem('forbidden')
}
const SECONDS_A_DAY = 86_400

export function identityRoutes(mount: Mount, { db, config, adoption }: { db: Db; config: Config; adoption: Adoption }): void {
  /** Signs a browser in: a fresh session and cookie; whatever session the browser had ends. */
  const admit = async (account: Account, call: { request: FastifyRequest; reply: FastifyReply; caller: Actor | null }): Promise<Account> => {
    const device = deviceOf(call.request, config) ?? randomBytes(16).toString('base64url')
    const session = await startSession(db, {
      user_id: account.id,
      kind: 'web',
      user_agent: call.request.headers['user-agent'] ?? '',
      ttl_seconds: SESSION_SECONDS,
      device,
      replaces: call.caller?.by_cookie ? call.caller.session_id : null,
    })
    keepGuestCookie(call.request)
    setSessionCookie(call.reply, config, session.token)
    setDeviceCookie(call.reply, config, device)
    return account
  }
  const credentialsOf = (request: FastifyRequest, email: string, password: string) => {
    const device = deviceOf(request, config)
    return { email, password, network: networkOf(request.ip), device_hash: device === null ? null : hashDevice(device) }
  }

  mount(api.register, async (call) => {
    if (!config.is_registration_open) throw problem('registration_closed')
    const allowances = [{ bucket: `register:${networkOf(call.request.ip)}`, limit: 50 }]
    await refuseAfterFailures(db, allowances)
    const account = await createUser(db, call.body, 'self').catch(async (error: unknown) => {
      // An address that is taken tells that it has an account: worth counting against whoever tries many.
      if (error instanceof Problem) await recordFailure(db, allowances)
      throw error
    })
    await admit(account, call)
    return { ...account, guest_work: await takeOver(db, adoption, { request: call.request, user_id: account.id, ask: false }) }
  })
  mount(api.login, async (call) => {
    const account = await proveAccount(db, credentialsOf(call.request, call.body.email, call.body.password))
    await admit(account, call)
    const ask = call.body.guest_work === 'ask'
    return { ...account, guest_work: await takeOver(db, adoption, { request: call.request, user_id: account.id, ask }) }
  })
  mount(decideGuestWork, async ({ request, actor, body }) => {
    if (body.decision === 'merge') return takeOver(db, adoption, { request, user_id: actor.principal_id, ask: false })
    await leaveToGuest(db, request, actor.principal_id)
    return noGuestWork
  })
  mount(api.logout, async ({ caller, reply }) => {
    if (caller?.session_id) await revokeSession(db, caller.session_id)
    clearSessionCookie(reply, config)
  })
  mount(api.me, async ({ caller }) => ({
    user: caller?.user ?? null,
    guest_id: caller?.is_guest === true ? caller.principal_id : null,
    scopes: caller?.scopes?.slice() ?? null,
    can_register: config.is_registration_open,
  }))

  mount(api.changePassword, async (call) => {
    const { actor, body } = call
    requireSession(actor)
    const account = await changePassword(db, { user_id: actor.principal_id, session_id: actor.session_id, ...body }, byCaller(call))
    // Proving oneself anew is a sign-in: a browser gets a fresh token for it. A terminal keeps the one it holds.
    if (actor.by_cookie) await admit(account, call)
  })
  mount(api.createToken, async ({ body, caller, request }) => {
    const { email, password, label, ttl_days } = body
    if ((email === undefined) !== (password === undefined))
      throw problem('invalid_request', { fields: [{ path: 'password', message: 'goes with email' }] })
    if (email === undefined && (caller === null || caller.is_guest)) throw problem('sign_in_required')
    if (email === undefined && caller !== null) requireSession(caller)
    const account = email !== undefined && password !== undefined ? await proveAccount(db, credentialsOf(request, email, password)) : caller!.user!
    const user_agent = request.headers['user-agent'] ?? ''
    const session = await startSession(db, { user_id: account.id, kind: 'cli', label, user_agent, ttl_seconds: ttl_days * SECONDS_A_DAY })
    return { token: session.token, user_id: account.id, email: account.email, expires_at: session.expires_at, label }
  })

  mount(api.listSessions, async ({ actor }) => {
    const sessions = await listLiveSessions(db, actor.principal_id)
    return { sessions: sessions.map((s) => ({ ...s, kind: s.kind as 'web' | 'cli', is_current: s.id === actor.session_id })) }
  })
  mount(api.endSession, async ({ params, actor, reply }) => {
    await revokeSession(db, params.session_id)
    if (params.session_id === actor.session_id) clearSessionCookie(reply, config)
  })
  mount(api.signOutEverywhere, async ({ actor, reply }) => {
    await revokeSessions(db, actor.principal_id, null)
    clearSessionCookie(reply, config)
  })

  mount(api.listApiKeys, async ({ actor }) => {
    const keys = await listLiveKeys(db, actor.principal_id)
    return { api_keys: keys.map((key) => ({ ...key, scopes: key.scopes as Scope[] })) }
  })
  mount(api.createApiKey, async (call) => {
    requireSession(call.actor)
    const { name, scopes, ttl_days } = call.body
    return createKey(db, { name, scopes, user_email: call.actor.user!.email, ttl_days: ttl_days ?? null }, byCaller(call))
  })
  mount(api.revokeApiKey, async (call) => revokeKey(db, call.params.api_key_id, byCaller(call)))

  mount(api.listUsers, async ({ query }) => ({ users: await listAccounts(db, query.search, query.limit) }))
  mount(api.updateUser, async (call) => updateUser(db, call.params.user_id, call.body, byCaller(call)))
}
