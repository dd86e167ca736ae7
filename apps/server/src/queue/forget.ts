import type { DbOrTx } from '../db/database.ts'
import { deleteJobs } from './queries/jobs.ts'
import { deleteLmsJobs } from './queries/queues.ts'

/** Deletes the jobs of runs that are deleted. A hand-in's jobs are never forgotten. */
export const forgetJobs = (tx: DbOrTx, run_ids: readonly string[]): Promise<void> => deleteJobs(tx, run_ids)

/** Deletes the jobs of a hand-in of an LMS that is deleted. */
export const forgetLmsJobs = (tx: DbOrTx, lms_submission_id: string): Promise<void> => deleteLmsJobs(tx, lms_submission_id)
