import type { Tx } from '../db/database.ts'
import { tellWatchers } from '../queue/tell.ts'
import { deleteRun } from './queries/runs.ts'

/** Throws a run away whose draft has changed since: its outcome would prove nothing. Its watchers' streams end. */
export async function dropRun(tx: Tx, run_id: string): Promise<void> {
  await deleteRun(tx, run_id)
  await tellWatchers(tx, run_id)
}
