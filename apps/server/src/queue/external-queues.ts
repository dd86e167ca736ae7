import type { DbOrTx } from '../db/database.ts'
import { countWaiting, listExternalQueues } from './queries/queues.ts'

/** The queues that external graders serve, by name. */
export const externalQueues = (db: DbOrTx): Promise<{ name: string; is_enabled: boolean }[]> => listExternalQueues(db)

/** Jobs of an external queue that nobody holds. */
export const waitingIn = (db: DbOrTx, queue: string): Promise<number> => countWaiting(db, queue)
