import { type Db, transact } from '../db/database.ts'
import { listPlaces, lockPlace, type Place } from './queries/scores.ts'
import { refreshScore } from './record-score.ts'

const BATCH = 500

/**
 * Folds every score anew, of one assignment (its policy changed) or of all, each in a transaction of its own, and
 * mends the cache. `changed` counts those that were different: 0 unless a policy changed or the cache was wrong.
 */
export async function rebuildScores(db: Db, assignment_id: string | null = null): Promise<{ checked: number; changed: number }> {
  let checked = 0
  let changed = 0
  let last: Place | null = null
  for (;;) {
    const places: Place[] = await listPlaces(db, assignment_id, last, BATCH)
    for (const place of places) {
      const isChanged = await transact(db, async (tx) => {
        await lockPlace(tx, place)
        return refreshScore(tx, place)
      })
      checked++
      if (isChanged) changed++
    }
    if (places.length < BATCH) return { checked, changed }
    last = places.at(-1)!
  }
}
