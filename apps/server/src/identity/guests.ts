import type { FastifyRequest } from 'fastify'
import { type Db, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import type { Actor } from '../http/actor.ts'
import { recordFailure, refuseAfterFailures } from './failures.ts'
import { guestTokenOf, issueGuestCookie } from './guest-cookie.ts'
import { networkOf } from './network.ts'
import { deleteIdleGuests, insertGuest, selectOptionalGuestByHash, touchGuest } from './queries/guests.ts'
import { hashToken, kindOfToken, newToken } from './tokens.ts'

/** A guest as the one who calls. */
export const guestActor = (id: string): Actor => ({ principal_id: id, user: null, is_guest: true, scopes: null, session_id: null, by_cookie: true })

/** New guests of one network in ten minutes: three halls of students at once, but not a program that fills the table. */
const NEW_GUESTS = 2_000

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
 * @throws problem rate_limited
 */
export async function welcomeGuest(db: Db, request: FastifyRequest): Promise<Actor> {
  const allowances = [{ bucket: `guests:${networkOf(request.ip)}`, limit: NEW_GUESTS }]
  await refuseAfterFailures(db, allowances)
  const [id, token] = [newId(), newToken('ga')]
  await transact(db, (tx) => insertGuest(tx, { id, token_hash: hashToken(token), has_worked: !reading.has(request.method) }))
  await recordFailure(db, allowances)
  issueGuestCookie(request, token)
  return guestActor(id)
}

/** Forgets guests who only looked around, a day after they did: at their next visit they are new guests and have lost nothing. */
export const sweepGuests = (db: Db): Promise<void> => deleteIdleGuests(db)
