import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import type { By } from '../identity/by.ts'
import { send } from '../outbox/send.ts'
import { changed, pick } from './change.ts'
import { type AssignmentFields, lockAssignment, updateAssignment as update } from './queries/steps.ts'
import { timesInOrder, timesOf } from './times.ts'

/**
 * Changes an assignment's instructions, times, attempts or policy. Lateness that was fixed at a hand-in stays as it was.
 * @throws problem times_out_of_order
 */
export async function updateAssignment(
  db: Db,
  {
    course_id,
    assignment_id,
    change,
  }: { course_id: string; assignment_id: string; change: { [K in keyof AssignmentFields]?: AssignmentFields[K] | undefined } },
  by: By,
): Promise<void> {
  const sent = { ...change, ...timesOf(change) }
  await timesInOrder(() =>
    transact(db, async (tx) => {
      const before = await lockAssignment(tx, assignment_id)
      const after = changed(before, sent)
      if (Object.keys(after).length === 0) return
      await update(tx, assignment_id, after)
      // Scores and progress are kept on floors above: they are folded anew once this is committed.
      if (after.graded_attempt !== undefined || after.completion_ratio !== undefined)
        await send(tx, 'policy_changed', { assignment_id }, { key: `policy ${assignment_id}` })
      await recordAudit(tx, {
        ...by,
        action: 'assignment.changed',
        object_kind: 'assignment',
        object_id: assignment_id,
        course_id,
        before: pick(before, after),
        after,
      })
    }),
  )
}
