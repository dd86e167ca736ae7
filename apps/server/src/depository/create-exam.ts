import type { createExam as endpoint } from '@gradus/contract/exams'
import type { z } from 'zod'
import { recordAudit } from '../audit/record.ts'
import { createFileAssignment } from '../courses/create-file-assignment.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import type { By } from '../identity/by.ts'
import { ensureHouseUser } from '../identity/ensure-house-user.ts'
import { appendLog } from './append-log.ts'
import { emptyLog } from './log-entry.ts'
import { insertExam, lockDefault, selectOptionalDefault } from './queries/exams.ts'
import { insertLog } from './queries/log.ts'

export type NewExam = z.output<typeof endpoint.body>

/**
 * Makes an exam, whole or not at all: its course where none is given, its assignment with a file question, its log. What
 * a machine makes belongs to the house, because courses and questions belong to a person.
 * @throws problem time_zone_unknown, times_out_of_order, not_found (no such course)
 */
export const createExam = (db: Db, exam: NewExam, owner_id: string | null, by: By): Promise<{ exam_id: string }> =>
  transact(db, (tx) => writeExam(tx, exam, { owner_id, is_default: false }, by))

async function writeExam(
  tx: Tx,
  { course_id, max_uploads, retention_seconds, hash_first_grace_seconds, ...exam }: NewExam,
  { owner_id, is_default }: { owner_id: string | null; is_default: boolean },
  by: By,
): Promise<{ exam_id: string }> {
  const exam_id = newId()
  const owner = owner_id ?? (await ensureHouseUser(tx)).id
  const made = await createFileAssignment(tx, { ...exam, course_id: course_id ?? null, max_attempts: max_uploads, owner_id: owner }, by)
  const { assignment_id, assignment_question_id } = made
  await insertExam(tx, {
    ...{ id: exam_id, assignment_id, assignment_question_id, retention_seconds, hash_first_grace_seconds, is_default },
    created_by: by.actor_id,
  })
  await insertLog(tx, exam_id, emptyLog)
  await appendLog(tx, exam_id, 'exam_created', { title: exam.title })
  await recordAudit(tx, {
    ...by,
    ...{ action: 'exam.created', object_kind: 'exam', object_id: exam_id, course_id: made.course_id },
    after: { title: exam.title, max_uploads, retention_seconds, is_default },
  })
  return { exam_id }
}

/** What the original depository is: five uploads of 3 MiB, kept for three days, open always. */
const original: NewExam = {
  ...{ title: 'Exam depository', time_zone: 'UTC', instructions_markdown: '', opens_at: null, due_at: null, closes_at: null },
  ...{ max_uploads: 5, max_bytes: 3_145_728, allowed_types: [], retention_seconds: 259_200, hash_first_grace_seconds: 600, points: 100 },
}

/** The exam that the plain routes serve; made at the first use, once, however many ask at the same instant. */
export async function ensureDefaultExam(db: Db): Promise<string> {
  const present = await selectOptionalDefault(db)
  if (present !== undefined) return present.id
  return transact(db, async (tx) => {
    await lockDefault(tx)
    const made = await selectOptionalDefault(tx)
    if (made !== undefined) return made.id
    return (await writeExam(tx, original, { owner_id: null, is_default: true }, { actor_id: null })).exam_id
  })
}
