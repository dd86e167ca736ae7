import type { DbOrTx } from '../db/database.ts'
import { listKeptLmsFiles } from './queries/xqueue.ts'

/** Which of these keys hold bytes that a learning management system handed in: the sweeper must leave them alone. */
export const keptLmsFiles = (db: DbOrTx, keys: readonly string[]): Promise<string[]> => listKeptLmsFiles(db, keys)
