import type { DbOrTx, Tx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { JobSubject, PutBack } from './job.ts'
import { readToken } from './lease.ts'
import { handBack, leasedJob, putBack } from './queries/jobs.ts'

/**
 * Takes a job back from a worker that stops. The try is given back and the job keeps its place: a deploy must not use
 * up the tries of what it interrupts. The token is dead from here on.
 * @throws problem lease_lost
 */
export async function handBackJob(
  db: DbOrTx,
  { job_id, lease_token }: { job_id: string; lease_token: string },
): Promise<JobSubject & { needs: string }> {
  const proof = readToken(lease_token)
  const back = proof === null ? undefined : await handBack(db, { job_id, ...proof })
  if (back === undefined) throw problem('lease_lost')
  return back
}

/**
 * Ends a try that failed through no fault of the learner. The job waits behind the others, or comes back `failed`
 * when its tries are used up: then the caller must see to the learner in the same transaction.
 * @throws problem lease_lost
 */
export async function failTry(tx: Tx, { job_id, lease_token, detail }: { job_id: string; lease_token: string; detail: string }): Promise<PutBack> {
  const proof = readToken(lease_token)
  const back = proof === null ? undefined : await putBack(tx, leasedJob({ job_id, ...proof }), detail, false)
  if (back === undefined) throw problem('lease_lost')
  return back
}
