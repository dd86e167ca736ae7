import type { DbOrTx } from '../db/database.ts'
import { deleteJobs } from './queries.ts'

/** Deletes the jobs of runs that are deleted. A hand-in's jobs are never forgotten. */
export const forgetJobs = (tx: DbOrTx, run_ids: readonly string[]): Promise<void> => deleteJobs(tx, run_ids)
