import type { DbOrTx } from '../db/database.ts'
import { PROGRESS_CHANNEL } from './channels.ts'
import { notify } from './queries/jobs.ts'

/** Tells watchers, with the commit of the caller's transaction, that the grading of a subject stands differently. */
export const tellWatchers = (tx: DbOrTx, subject_id: string): Promise<void> => notify(tx, PROGRESS_CHANNEL, subject_id)
