import type { DbOrTx } from '../db/database.ts'
import { type JobStanding, listStandings } from './queries/jobs.ts'
import { type JobAtHand, listJobsAtHand } from './queries/queues.ts'

export type { JobAtHand } from './queries/queues.ts'

/** The newest job of each of these subjects, by subject. */
export async function jobStandings(db: DbOrTx, subject_ids: readonly string[]): Promise<Map<string, JobStanding>> {
  return new Map((await listStandings(db, subject_ids)).map((row) => [row.subject_id, row]))
}

/** Jobs as those see them who act on single ones; one that is gone is missing. */
export const jobsAtHand = (db: DbOrTx, ids: readonly string[]): Promise<JobAtHand[]> => listJobsAtHand(db, ids)
