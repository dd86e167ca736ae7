import type { DbOrTx } from '../db/database.ts'
import type { GuestCourse, GuestMove } from '../identity/adopt-guest.ts'
import { listGuestCourses } from './queries/adopt.ts'

/** What a guest did, by course, and where the account has progress already (G22). */
export const surveyGuest = (db: DbOrTx, { guest_id, user_id }: GuestMove): Promise<GuestCourse[]> => listGuestCourses(db, guest_id, user_id)
