import type { DbOrTx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { countFailure, listExceeded } from './queries/accounts.ts'

/** Failures are counted in windows of this length; after it a count starts anew. */
const WINDOW_SECONDS = 600

/** How many failures of one kind are borne in a window before the next try is refused unseen. */
export interface Allowance {
  /** Who or where, e.g. `join:<user id>`; at most 200 characters, no secrets and no e-mail addresses in clear. */
  bucket: string
  limit: number
}

/**
 * Refuses while any of the allowances is used up. Only failures count (see `recordFailure`): success is never refused
 * for being frequent, so a class of 1,000 behind one address signs in.
 * @throws problem rate_limited with details.retry_after_seconds
 */
export async function refuseAfterFailures(db: DbOrTx, allowances: readonly Allowance[]): Promise<void> {
  const exceeded = await listExceeded(db, allowances, WINDOW_SECONDS)
  if (exceeded.length === 0) return
  throw problem('rate_limited', { retry_after_seconds: Math.max(...exceeded.map((row) => row.retry_after_seconds)) })
}

/** Counts one failure against every allowance. Committed at once: call it with the database, not inside a transaction that ends in the refusal. */
export async function recordFailure(db: DbOrTx, allowances: readonly Allowance[]): Promise<void> {
  for (const { bucket } of allowances) await countFailure(db, bucket, WINDOW_SECONDS)
}
