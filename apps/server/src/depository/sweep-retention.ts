import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { deleteBytes } from '../submissions/accept-file.ts'
import { lockExam, updateExam } from './queries/exams.ts'
import { type DueFile, listDueFiles, listDueWarnings, selectNow } from './queries/retention.ts'

const AT_ONCE = 200

/**
 * Ends the time of bytes: those whose exam's retention is over at `now` are deleted, each with an audit event, and their
 * rows stay (R15). A day before, the audit log tells. Nothing of an exam under a legal hold is touched. `now` is the
 * database's clock unless a test says otherwise.
 */
export async function sweepRetention(db: Db, now?: string): Promise<{ deleted: number; warned: number }> {
  const at = now ?? (await selectNow(db))
  const warned = await warn(db, at)
  let deleted = 0
  for (;;) {
    const due = await listDueFiles(db, at, AT_ONCE)
    for (const [exam_id, files] of Map.groupBy(due, (file) => file.exam_id)) deleted += await deleteOf(db, exam_id, files, at)
    if (due.length < AT_ONCE) return { deleted, warned }
  }
}

async function warn(db: Db, at: string): Promise<number> {
  const due = await listDueWarnings(db, at)
  for (const { exam_id, course_id, next_deletion_at, file_count } of due) {
    await transact(db, async (tx) => {
      await updateExam(tx, exam_id, { deletion_warned_at: at })
      const about = { object_kind: 'exam', object_id: exam_id, course_id, after: { next_deletion_at, file_count } }
      await recordAudit(tx, { actor_id: null, action: 'exam.deletion_ahead', ...about })
    })
  }
  return due.length
}

async function deleteOf(db: Db, exam_id: string, files: readonly DueFile[], at: string): Promise<number> {
  return transact(db, async (tx) => {
    // A hold that was set meanwhile wins: its transaction and this one lock the same row.
    if ((await lockExam(tx, exam_id)).legal_hold_reason !== null) return 0
    let count = 0
    for (const [is_superseded, some] of Map.groupBy(files, (file) => file.is_superseded)) {
      const because = is_superseded ? 'superseded' : 'retention'
      const deleted = await deleteBytes(tx, { submission_ids: some.map((file) => file.submission_id), because, at })
      for (const object_id of deleted) {
        const about = { object_kind: 'submission', object_id, course_id: files[0]!.course_id, reason: because }
        await recordAudit(tx, { actor_id: null, action: 'submission_file.deleted', ...about })
      }
      count += deleted.length
    }
    return count
  })
}
