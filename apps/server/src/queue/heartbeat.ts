import type { DbOrTx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { PROGRESS_CHANNEL } from './channels.ts'
import { readToken } from './lease.ts'
import { extendLease } from './queries/jobs.ts'

/**
 * Keeps a lease for another lease time, never beyond its hard cap, and tells watchers what has finished since.
 * @throws problem lease_lost where the lease is not live: the worker must stop at once
 */
export async function heartbeat(
  db: DbOrTx,
  { job_id, lease_token, finished }: { job_id: string; lease_token: string; finished: readonly { key: string; verdict: string }[] },
): Promise<{ lease_expires_at: string }> {
  const proof = readToken(lease_token)
  const kept = proof === null ? undefined : await extendLease(db, { job_id, ...proof }, finished, PROGRESS_CHANNEL)
  if (kept === undefined) throw problem('lease_lost')
  return { lease_expires_at: kept.lease_expires_at }
}
