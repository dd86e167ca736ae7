import type { DbOrTx } from '../db/database.ts'
import { type GraderRow, listGraderRows } from './queries/graders.ts'

/** The accounts of external graders and learning management systems, by name. */
export const graderAccounts = (db: DbOrTx): Promise<GraderRow[]> => listGraderRows(db)
