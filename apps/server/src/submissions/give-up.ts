import { recordAudit } from '../audit/record.ts'
import type { Tx } from '../db/database.ts'
import { send } from '../outbox/send.ts'
import { finishRun } from './queries/runs.ts'
import { forgive } from './queries/scores.ts'

/** A job whose tries are used up. */
export interface FailedJob {
  job_id: string
  kind: 'submission' | 'run'
  subject_id: string
  share_id: string
  failure: string
  tries: number
}

/**
 * What happens when grading failed for good, in the transaction in which it did: the attempt is given back, once per
 * submission, and stays given back even when staff get it graded later, because the learner has been told that it does
 * not count; a run ends without an outcome; staff are told.
 */
export async function giveUp(tx: Tx, job: FailedJob): Promise<void> {
  if (job.kind === 'run') await finishRun(tx, job.subject_id, null)
  else {
    const is_forgiven = await forgive(tx, job.subject_id)
    await recordAudit(tx, {
      actor_id: null,
      action: 'submission.needs_staff',
      object_kind: 'submission',
      object_id: job.subject_id,
      course_id: job.share_id,
      after: { job_id: job.job_id, tries: job.tries, attempt_given_back: is_forgiven },
      reason: job.failure,
    })
  }
  const { job_id, kind, subject_id, failure, tries } = job
  await send(tx, 'job_failed', { job_id, kind, subject_id, failure, tries })
}
