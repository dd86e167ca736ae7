import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { deleteOldErrors } from './queries.ts'

/** Keeps an unhandled error for staff (R108). */
export async function recordError(db: Db, event: { request_id: string; route: string; detail: string }): Promise<void> {
  await db
    .insertInto('error_events')
    .values({ id: newId(), ...event })
    .execute()
}

/** An error that nobody looked at for this long is of no use to anyone. */
const KEEP_DAYS = 90

/** Deletes old errors. Safe to run from many processes at once. @returns how many */
export const sweepErrors = (db: Db): Promise<number> => deleteOldErrors(db, KEEP_DAYS)
