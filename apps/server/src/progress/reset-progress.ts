import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { resetProgress as reset } from './queries/progress.ts'

/**
 * Takes a learner's completion and score of a step back, the only way progress ever goes down, with a reason in the audit
 * log. Attempts stay: they are what was handed in. A certificate stays too; revoking it is a decision of its own.
 * @throws problem not_found where the learner has no progress there
 */
export async function resetProgress(
  db: Db,
  { course_id, user_id, step_id, reason }: { course_id: string; user_id: string; step_id: string; reason: string },
  by: By,
): Promise<void> {
  await transact(db, async (tx) => {
    const before = await reset(tx, { principal_id: user_id, step_id, course_id })
    if (before === undefined) throw problem('not_found')
    await recordAudit(tx, {
      ...by,
      action: 'progress.reset',
      object_kind: 'step',
      object_id: step_id,
      course_id,
      before: { user_id, best_ratio: before.best_ratio, completed_at: before.completed_at },
      after: { user_id, best_ratio: null, completed_at: null },
      reason,
    })
  })
}
