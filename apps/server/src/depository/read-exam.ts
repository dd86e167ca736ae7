import type { Exam } from '@gradus/contract/exams'
import type { Role } from '@gradus/contract/roster'
import { availabilityAt } from '../courses/availability.ts'
import type { DbOrTx } from '../db/database.ts'
import type { Actor } from '../http/actor.ts'
import { isAdmin } from '../identity/is-admin.ts'
import { adminPermissions, permissionsOf, staffRoles } from '../roster/roles.ts'
import { type ExamRow, listExams, selectExam } from './queries/exams.ts'

/** Whether the caller may use every exam: administrators, and machines that were made for exams. */
export const mayUseAll = (actor: Actor): boolean => isAdmin(actor) || (actor.user === null && actor.scopes?.includes('examiner') === true)

/** An exam as the caller sees it. @throws problem not_found */
export const readExam = async (db: DbOrTx, exam_id: string, actor: Actor): Promise<Exam> =>
  shown(await selectExam(db, exam_id, actor.principal_id), actor)

/** The exams that the caller may watch, newest first. */
export async function readExams(db: DbOrTx, actor: Actor): Promise<{ exams: Exam[]; can_create: boolean }> {
  const found = await listExams(db, actor.principal_id, mayUseAll(actor) ? 'all' : staffRoles)
  return { exams: found.map((row) => shown(row, actor)), can_create: mayUseAll(actor) || actor.user?.is_creator === true }
}

function shown(
  { role, next_deletion_at, file_count_within_a_day, deletion_warned_at, step_id: _, is_archived, ...exam }: ExamRow,
  actor: Actor,
): Exam {
  const permissions = mayUseAll(actor) ? adminPermissions : role === null ? [] : permissionsOf(role as Role)
  return {
    ...exam,
    availability: availabilityAt({ ...exam, is_archived }, exam.now),
    deletion: next_deletion_at === null ? null : { next_at: next_deletion_at, file_count_within_a_day, warned_at: deletion_warned_at },
    can_edit: permissions.includes('course.edit'),
    can_manage_candidates: permissions.includes('submissions.manage'),
  }
}
