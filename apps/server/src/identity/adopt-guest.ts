import type { Certificate, GuestWork } from '@gradus/contract/progress'
import { recordAudit } from '../audit/record.ts'
import { type Db, type DbOrTx, type Tx, transact } from '../db/database.ts'
import { type GuestMove, lockOptionalGuest, markMigrated } from './queries/guests.ts'

export type { GuestMove } from './queries/guests.ts'

/** A course in which a guest did something. */
export interface GuestCourse {
  course_id: string
  title: string
  steps_completed: number
  attempts: number
  /** The account has progress in it already (G22). */
  is_shared: boolean
}

/** How the work of a guest becomes a user's: slices above own it, and app.ts hands in what they do. */
export interface Adoption {
  survey(db: DbOrTx, move: GuestMove): Promise<GuestCourse[]>
  /** Moves whatever there is and nothing twice, so that doing it again changes nothing (R39). Returns the certificates that this earned. */
  adopt(tx: Tx, move: GuestMove): Promise<Certificate[]>
}

/**
 * Moves everything a guest did to a user, in one transaction of its own: all of it or nothing (R37, R60). From then on the guest's token
 * proves nothing. A repetition moves what came in since, such as a request that was under way.
 */
export async function adoptGuest(db: Db, { survey, adopt }: Adoption, move: GuestMove): Promise<GuestWork> {
  return transact(db, async (tx) => {
    const guest = await lockOptionalGuest(tx, move.guest_id)
    // Whoever came first has it.
    if (guest === undefined || (guest.migrated_to !== null && guest.migrated_to !== move.user_id)) return noGuestWork
    const courses = await survey(tx, move)
    const certificates_issued = await adopt(tx, move)
    await markMigrated(tx, move)
    await recordAudit(tx, {
      actor_id: move.user_id,
      action: 'guest.adopted',
      object_kind: 'guest',
      object_id: move.guest_id,
      after: { courses: courses.map(({ course_id, steps_completed, attempts }) => ({ course_id, steps_completed, attempts })) },
    })
    return { state: courses.length === 0 ? ('none' as const) : ('merged' as const), courses, certificates_issued }
  })
}

export const noGuestWork: GuestWork = { state: 'none', courses: [], certificates_issued: [] }
