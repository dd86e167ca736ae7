import type { Db } from '../db/database.ts'
import { EMPTY_GUEST_DAYS, forgetGuests } from '../identity/guests.ts'
import { listEmptyGuests } from './queries/adopt.ts'

/**
 * Forgets guests who have been away for a month and left nothing: their calls were refused, or their runs are swept. Whoever handed in,
 * completed a step or holds a certificate stays for ever.
 */
export async function sweepEmptyGuests(db: Db): Promise<void> {
  await forgetGuests(db, await listEmptyGuests(db, EMPTY_GUEST_DAYS))
}
