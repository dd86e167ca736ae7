import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import type { By } from '../identity/by.ts'
import type { Bell } from '../queue/bell.ts'
import { requeueJob } from '../queue/requeue.ts'
import { tellWatchers } from '../queue/tell.ts'

/**
 * Puts a hand-in that needs staff back into the queue, with all its tries. What was given back to the learner stays theirs.
 * @throws problem job_not_failed
 */
export async function requeueSubmission({ db, bell }: { db: Db; bell: Bell }, submission_id: string, course_id: string, by: By): Promise<void> {
  const job = await transact(db, async (tx) => {
    const back = await requeueJob(tx, submission_id)
    await recordAudit(tx, {
      ...by,
      action: 'submission.requeued',
      object_kind: 'submission',
      object_id: submission_id,
      course_id,
      before: { failure: back.was },
    })
    await tellWatchers(tx, submission_id)
    return back
  })
  bell.ring(job.needs)
}
