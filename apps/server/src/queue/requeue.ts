import { brokenConstraint, type Tx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { JobSubject } from './job.ts'
import { requeueFailed } from './queries/jobs.ts'

/**
 * Puts a job that needs staff back into the queue with all its tries, at its old place: it has waited longest.
 * `was` is the failure it had. @throws problem job_not_failed, job_superseded
 */
export async function requeueJob(tx: Tx, subject_id: string): Promise<JobSubject & { needs: string; was: string | null }> {
  const back = await requeueFailed(tx, subject_id).catch((error: unknown) => {
    throw brokenConstraint(error) === 'grading_jobs_supersede_key' ? problem('job_superseded') : error
  })
  if (back === undefined) throw problem('job_not_failed')
  return back
}
