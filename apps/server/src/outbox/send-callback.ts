import type { DbOrTx } from '../db/database.ts'
import { deleteCallbacks, deleteWaitingNotices, insertCallback, renewCallbacks } from './queries.ts'

/** Puts one answer on its way, in the caller's transaction. */
export const sendCallback = (tx: DbOrTx, callback: Parameters<typeof insertCallback>[1]): Promise<void> => insertCallback(tx, callback)

/** Lets the answers about a subject that could not be delivered begin anew. Returns how many. */
export const sendCallbacksAgain = (tx: DbOrTx, subject_id: string): Promise<number> => renewCallbacks(tx, subject_id)

/** Takes failure notices back that have not arrived, because what failed is tried again. */
export const withdrawNotices = (tx: DbOrTx, subject_id: string): Promise<void> => deleteWaitingNotices(tx, subject_id)

/** Forgets the answers about a subject that is deleted. */
export const forgetCallbacks = (tx: DbOrTx, subject_id: string): Promise<void> => deleteCallbacks(tx, subject_id)
