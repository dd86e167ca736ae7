import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'

/** Keeps an unhandled error for staff (R108). */
export async function recordError(db: Db, event: { request_id: string; route: string; detail: string }): Promise<void> {
  await db
    .insertInto('error_events')
    .values({ id: newId(), ...event })
    .execute()
}
