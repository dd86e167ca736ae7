import type { Db } from '../db/database.ts'
import { type Adoption, adoptGuest } from '../identity/adopt-guest.ts'
import { listLateGuests } from './queries/adopt.ts'

/** Takes over what came in under a guest just after its work had moved: a call that was under way while its browser signed in. */
export async function adoptLate(db: Db, adoption: Adoption): Promise<void> {
  for (const move of await listLateGuests(db)) await adoptGuest(db, adoption, move)
}
