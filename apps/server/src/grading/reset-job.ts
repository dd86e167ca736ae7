import { problems } from '@gradus/contract/problems'
import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { asProblem, Problem, problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { sendCallbacksAgain, withdrawNotices } from '../outbox/send-callback.ts'
import type { Bell } from '../queue/bell.ts'
import { requeueJob } from '../queue/requeue.ts'
import { type JobAtHand, jobsAtHand } from '../queue/standing.ts'
import { requeueSubmission } from '../submissions/requeue-submission.ts'
import { deleteLms } from './delete-lms.ts'

export interface Reset {
  reset: string[]
  skipped: string[]
  errors: { id: string; message: string }[]
}

/**
 * Puts failed jobs back to pending with no deliveries counted. Others are skipped and counted; one that cannot be put back does not stop
 * the rest (R96, R103). A trial run whose job failed has ended and is skipped.
 */
export async function resetJobs({ db, bell }: { db: Db; bell: Bell }, ids: readonly string[], by: By): Promise<Reset> {
  const jobs = new Map((await jobsAtHand(db, ids)).map((job) => [job.id, job]))
  const done: Reset = { reset: [], skipped: [], errors: [] }
  for (const id of new Set(ids)) {
    const job = jobs.get(id)
    try {
      if (job === undefined || job.status !== 'failed' || job.kind === 'run') done.skipped.push(id)
      else {
        await resetJob({ db, bell }, job, by)
        done.reset.push(id)
      }
    } catch (error) {
      // A colleague was faster.
      if (error instanceof Problem && error.code === 'job_not_failed') done.skipped.push(id)
      else done.errors.push({ id, message: problems[asProblem(error)?.code ?? 'internal'][1] })
    }
  }
  return done
}

async function resetJob({ db, bell }: { db: Db; bell: Bell }, job: JobAtHand, by: By): Promise<void> {
  if (job.kind === 'submission') {
    await requeueSubmission({ db, bell }, job.subject_id, job.share_id, by)
    return
  }
  await transact(db, async (tx) => {
    const { was } = await requeueJob(tx, job.subject_id)
    await withdrawNotices(tx, job.subject_id)
    await recordAudit(tx, { ...by, action: 'grading_job.reset', object_kind: 'grading_job', object_id: job.id, before: { failure: was } })
  })
}

/**
 * Deletes a hand-in of an LMS with its job, answers and files. Learners' work here is never deleted, so its jobs are not either (R98).
 * @throws problem not_found, job_is_kept
 */
export async function deleteJob(db: Db, id: string, by: By): Promise<void> {
  const [job] = await jobsAtHand(db, [id])
  if (job === undefined) throw problem('not_found')
  if (job.kind !== 'lms') throw problem('job_is_kept')
  await transact(db, async (tx) => {
    await deleteLms(tx, job.subject_id)
    await recordAudit(tx, { ...by, action: 'grading_job.deleted', object_kind: 'grading_job', object_id: id, before: { status: job.status } })
  })
}

/** Lets the answers about a hand-in that could not be delivered begin anew. Returns how many. @throws problem not_found */
export async function redeliver(db: Db, id: string, by: By): Promise<number> {
  const [job] = await jobsAtHand(db, [id])
  if (job === undefined) throw problem('not_found')
  return transact(db, async (tx) => {
    await withdrawNotices(tx, job.subject_id)
    const count = await sendCallbacksAgain(tx, job.subject_id)
    if (count > 0) await recordAudit(tx, { ...by, action: 'grading_job.redelivered', object_kind: 'grading_job', object_id: id, after: { count } })
    return count
  })
}
