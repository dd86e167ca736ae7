import type { updateExam as endpoint } from '@gradus/contract/exams'
import type { z } from 'zod'
import { recordAudit } from '../audit/record.ts'
import { changed, pick } from '../courses/change.ts'
import { changeFileAssignment } from '../courses/change-file-assignment.ts'
import { type Db, transact } from '../db/database.ts'
import type { By } from '../identity/by.ts'
import { lockExam, selectExam, updateExam as update } from './queries/exams.ts'

/**
 * Changes an exam's settings, all of them or none. What was handed in stays as it was taken; a legal hold counts from
 * the moment this returns.
 * @throws problem times_out_of_order
 */
export async function updateExam(db: Db, exam_id: string, change: z.output<typeof endpoint.body>, by: By): Promise<void> {
  const { retention_seconds, hash_first_grace_seconds, legal_hold_reason, max_uploads, ...of_assignment } = change
  await transact(db, async (tx) => {
    const exam = await selectExam(tx, exam_id, null)
    await changeFileAssignment(tx, exam, { ...of_assignment, max_attempts: max_uploads }, by)
    const before = await lockExam(tx, exam_id)
    const after = changed(before, { retention_seconds, hash_first_grace_seconds, legal_hold_reason })
    if (Object.keys(after).length === 0) return
    await update(tx, exam_id, after)
    const about = { object_kind: 'exam', object_id: exam_id, course_id: exam.course_id, before: pick(before, after), after }
    await recordAudit(tx, { ...by, action: 'exam.changed', ...about, reason: after.legal_hold_reason ?? '' })
  })
}
