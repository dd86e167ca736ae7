import type { FastifyRequest } from 'fastify'
import { type Db, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import type { Actor } from '../http/actor.ts'
import { Problem, problem } from '../http/problems.ts'
import { type Allowance, recordFailure, refuseAfterFailures } from './failures.ts'
import { guestTokenOf, issueGuestCookie } from './guest-cookie.ts'
import { networkOf } from './network.ts'
import { deleteGuests, deleteIdleGuests, insertGuest, selectOptionalGuestByHash, touchGuest } from './queries/guests.ts'
import { hashToken, kindOfToken, newToken } from './tokens.ts'

/** A guest as the one who calls. */
export const guestActor = (id: string): Actor => ({ principal_id: id, user: null, is_guest: true, scopes: null, session_id: null, by_cookie: true })

/** New guests of one network in ten minutes: three halls of students at once, but not a program that fills the table. */
const NEW_GUESTS = 2_000

/** Hand-ins and runs in ten minutes, of one guest and of all guests of one network: a guest is a cookie, and cookies are free. */
const GUEST_WORK = 200
const NETWORK_WORK = 3_000

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The guest whose cookie came with a request, or null: a forged, unknown or migrated value is nobody's (D2). */
export async function guestOf(db: Db, request: FastifyRequest): Promise<{ id: string; pending_for: string | null } | null> {
  const token = guestTokenOf(request)
  if (token === undefined || kindOfToken(token) !== 'ga') return null
  const found = await selectOptionalGuestByHash(db, hashToken(token))
  if (found === undefined) return null
  const works = !reading.has(request.method)
  if (found.is_stale || (works && !found.has_worked)) await touchGuest(db, found.id, works)
  return found
}

/**
 * Makes a guest of a visitor who came to a course that is open to guests, and gives the browser its one cookie (R35).
 * @throws problem guests_throttled
 */
export async function welcomeGuest(db: Db, request: FastifyRequest): Promise<Actor> {
  await throttle(db, [{ bucket: `guests:${networkOf(request.ip)}`, limit: NEW_GUESTS }])
  const [id, token] = [newId(), newToken('ga')]
  await transact(db, (tx) => insertGuest(tx, { id, token_hash: hashToken(token), has_worked: !reading.has(request.method) }))
  issueGuestCookie(request, token)
  return guestActor(id)
}

/**
 * Counts a piece of work that a guest asks the graders to do; nothing where a user does. Users are known by name and bounded elsewhere.
 * @throws problem guests_throttled
 */
export async function countGuestWork(db: Db, request: FastifyRequest, actor: Actor): Promise<void> {
  if (!actor.is_guest) return
  await throttle(db, [
    { bucket: `guest_work:${actor.principal_id}`, limit: GUEST_WORK },
    { bucket: `guest_work:${networkOf(request.ip)}`, limit: NETWORK_WORK },
  ])
}

/** Counts one more against each allowance, or refuses where one is used up. */
async function throttle(db: Db, allowances: readonly Allowance[]): Promise<void> {
  try {
    await refuseAfterFailures(db, allowances)
  } catch (error) {
    throw error instanceof Problem ? problem('guests_throttled', error.details) : error
  }
  await recordFailure(db, allowances)
}

/** Forgets guests who only looked around, a day after they did: at their next visit they are new guests and have lost nothing. */
export const sweepGuests = (db: Db): Promise<void> => deleteIdleGuests(db)

/** After so many days without a visit a guest who left nothing behind is forgotten, whatever they once tried. */
export const EMPTY_GUEST_DAYS = 30

/** Forgets guests of whom a slice above has found that nothing is left; who has come back meanwhile stays. */
export const forgetGuests = (db: Db, ids: readonly string[]): Promise<void> => deleteGuests(db, ids, EMPTY_GUEST_DAYS)
