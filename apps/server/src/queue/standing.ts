import type { DbOrTx } from '../db/database.ts'
import { type JobStanding, listStandings } from './queries.ts'

/** The newest job of each of these subjects, by subject. */
export async function jobStandings(db: DbOrTx, subject_ids: readonly string[]): Promise<Map<string, JobStanding>> {
  return new Map((await listStandings(db, subject_ids)).map((row) => [row.subject_id, row]))
}
