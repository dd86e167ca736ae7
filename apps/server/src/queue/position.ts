import type { DbOrTx } from '../db/database.ts'
import { listAhead } from './queries/jobs.ts'

/** Jobs that will be taken before each of these subjects' jobs; those that do not wait are missing. An estimate. */
export async function jobsAhead(db: DbOrTx, subject_ids: readonly string[]): Promise<Map<string, number>> {
  if (subject_ids.length === 0) return new Map()
  return new Map((await listAhead(db, subject_ids)).map((row) => [row.subject_id, row.ahead]))
}
