import type { Role } from '@gradus/contract/roster'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { enrol } from './enrol.ts'
import { type PersonRow, selectOptionalUserByEmail, selectPerson } from './queries.ts'
import { mayGive } from './roles.ts'

/**
 * Adds someone who has an account to a course.
 * @throws problem user_unknown, already_enrolled, forbidden (only owners make owners)
 */
export async function addPerson(
  db: Db,
  { course_id, email, role, permissions }: { course_id: string; email: string; role: Role; permissions: readonly string[] },
  by: By,
): Promise<PersonRow> {
  if (!mayGive(permissions, role)) throw problem('forbidden')
  const user = await selectOptionalUserByEmail(db, email)
  if (user === undefined) throw problem('user_unknown', { email })
  return transact(db, async (tx) => {
    const { enrolment_id, already_enrolled } = await enrol(tx, { course_id, user_id: user.id, role, how: 'added' }, by)
    if (already_enrolled) throw problem('already_enrolled')
    return selectPerson(tx, enrolment_id)
  })
}
