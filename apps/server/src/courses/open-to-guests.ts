import type { listOpenCourses } from '@gradus/contract/courses'
import type { ReplyIn } from '@gradus/contract/endpoint'
import type { DbOrTx } from '../db/database.ts'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { enrol } from '../roster/enrol.ts'
import { listOpen, selectIsOpen } from './queries/courses.ts'

/** Whether visitors without an account may go through a course: it is published, and its teachers opened it. */
export const isOpenToGuests = (db: DbOrTx, course_id: string): Promise<boolean> => selectIsOpen(db, course_id)

/** The courses that are open to everybody, by title. */
export const readOpenCourses = async (db: DbOrTx): Promise<ReplyIn<typeof listOpenCourses>> => ({ courses: await listOpen(db) })

/**
 * Enrols a user as a student in a course that is open to everybody, once (R53). All others are joined by code, roster or staff.
 * @throws problem course_not_open, also where there is none
 */
export async function enrolMyself(
  db: Db,
  { course_id, user_id }: { course_id: string; user_id: string },
  by: By,
): Promise<{ ok: true; enrollment_id: string; already_enrolled: boolean }> {
  if (!(await isOpenToGuests(db, course_id))) throw problem('course_not_open')
  const { enrolment_id, already_enrolled } = await transact(db, (tx) => enrol(tx, { course_id, user_id, role: 'student', how: 'self' }, by))
  return { ok: true, enrollment_id: enrolment_id, already_enrolled }
}
