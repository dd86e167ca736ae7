import { type Db, transact } from '../db/database.ts'
import { forgetJobs } from '../queue/forget.ts'
import { deleteOldRuns } from './queries/runs.ts'

/** Trials are no hand-ins: what finished this long ago is of no use to anyone. */
const KEEP_DAYS = 7
const BATCH = 500

/** Deletes old finished runs with their jobs. Safe to run from many processes at once. @returns how many. */
export async function sweepRuns(db: Db): Promise<number> {
  for (let swept = 0; ; ) {
    const deleted = await transact(db, async (tx) => {
      const ids = await deleteOldRuns(tx, KEEP_DAYS, BATCH)
      if (ids.length > 0) await forgetJobs(tx, ids)
      return ids.length
    })
    swept += deleted
    if (deleted < BATCH) return swept
  }
}
