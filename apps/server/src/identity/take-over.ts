import type { GuestWork } from '@gradus/contract/progress'
import type { FastifyRequest } from 'fastify'
import { recordError } from '../audit/record-error.ts'
import type { Db } from '../db/database.ts'
import { type Adoption, adoptGuest, noGuestWork } from './adopt-guest.ts'
import { clearGuestCookie, guestTokenOf } from './guest-cookie.ts'
import { guestOf } from './guests.ts'
import { setPending } from './queries/guests.ts'

/**
 * Gives a user what this browser's guest did, and clears its cookie; with `ask`, only where the account has no progress in any of those
 * courses yet (G22). The mark that it is owed is written first: whatever fails afterwards, signing in goes on, the cookie and the guest's
 * work stay, and the user's next request tries again (R60, D7).
 */
export async function takeOver(
  db: Db,
  adoption: Adoption,
  { request, user_id, ask }: { request: FastifyRequest; user_id: string; ask: boolean },
): Promise<GuestWork> {
  try {
    const guest = await guestOf(db, request)
    if (guest === null) {
      // A cookie that proves nothing is only in the way.
      if (guestTokenOf(request) !== undefined) clearGuestCookie(request)
      return noGuestWork
    }
    // Owed to somebody else, who signed in here before.
    if (guest.pending_for !== null && guest.pending_for !== user_id) return noGuestWork
    const move = { guest_id: guest.id, user_id }
    if (ask) {
      const courses = await adoption.survey(db, move)
      if (courses.some((course) => course.is_shared)) return { ...noGuestWork, state: 'ask', courses }
    }
    await setPending(db, guest.id, user_id)
    const work = await adoptGuest(db, adoption, move)
    clearGuestCookie(request)
    return work
  } catch (error) {
    request.log.error({ err: error }, 'what a guest did could not be taken over')
    const detail = `Guest work could not be taken over: ${error instanceof Error ? error.message : String(error)}`
    await recordError(db, { request_id: request.id, route: request.routeOptions.url ?? '', detail }).catch(() => {})
    return { ...noGuestWork, state: 'pending' }
  }
}

/**
 * Tries again what a sign-in could not do, in the user's next request. Where nothing is owed the cookie is left alone: whether to take
 * that guest's work is for the user to say.
 */
export async function retryTakeOver(db: Db, adoption: Adoption, request: FastifyRequest, user_id: string): Promise<void> {
  const guest = await guestOf(db, request)
  if (guest === null) return clearGuestCookie(request)
  if (guest.pending_for === user_id) await takeOver(db, adoption, { request, user_id, ask: false })
}

/** Leaves a guest's work to whoever comes back to this browser without signing in; the user takes none of it. */
export async function leaveToGuest(db: Db, request: FastifyRequest, user_id: string): Promise<void> {
  const guest = await guestOf(db, request)
  if (guest?.pending_for === user_id) await setPending(db, guest.id, null)
}
