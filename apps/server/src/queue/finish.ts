import type { Tx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { JobSubject } from './job.ts'
import { readToken } from './lease.ts'
import { retireJob, selectOptionalReport } from './queries/jobs.ts'

/**
 * Retires a job under its lease. An answer after the lease ran out is taken as long as nobody else was given the job.
 * The same report again under the same lease is recognised by its hash: `null`, nothing was changed. `reply` is kept as the grader said it.
 * @throws problem lease_lost, with nothing changed
 */
export async function finishJob(
  tx: Tx,
  { job_id, lease_token, report_sha256, reply = null }: { job_id: string; lease_token: string; report_sha256: Buffer; reply?: Buffer | null },
): Promise<JobSubject | null> {
  const proof = readToken(lease_token)
  if (proof === null) throw problem('lease_lost')
  const key = { job_id, ...proof }
  const retired = await retireJob(tx, key, report_sha256, reply)
  if (retired !== undefined) return retired
  const reported = await selectOptionalReport(tx, key)
  if (reported?.equals(report_sha256) !== true) throw problem('lease_lost')
  return null
}
