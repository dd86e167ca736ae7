import type { Role } from '@gradus/contract/roster'
import { recordAudit } from '../audit/record.ts'
import type { Tx } from '../db/database.ts'
import { newId } from '../db/id.ts'
import type { By } from '../identity/by.ts'
import { insertEnrolment, lockOptionalMember, updateEnrolment } from './queries.ts'

export interface Enrolled {
  enrolment_id: string
  role: Role
  /** True where the person was in the course already; then nothing was changed and `role` is what they have. */
  already_enrolled: boolean
}

/**
 * Brings a user into a course as `role`, once per course and user (R77), in the caller's transaction and with an audit
 * event. Someone who was removed comes back to the same enrolment, so that their work is theirs again.
 */
export async function enrol(
  tx: Tx,
  { course_id, user_id, role, how }: { course_id: string; user_id: string; role: Role; how: 'course_created' | 'join_code' | 'added' | 'self' },
  by: By,
): Promise<Enrolled> {
  const id = newId()
  let enrolment_id = id
  if ((await insertEnrolment(tx, { id, course_id, user_id, role })) === undefined) {
    const present = await lockOptionalMember(tx, course_id, user_id)
    if (present === undefined) throw new Error('an enrolment vanished: they are never deleted')
    if (present.state === 'active') return { enrolment_id: present.id, role: present.role, already_enrolled: true }
    enrolment_id = present.id
    await updateEnrolment(tx, enrolment_id, { role, state: 'active' })
  }
  await recordAudit(tx, {
    ...by,
    action: 'enrolment.created',
    object_kind: 'enrolment',
    object_id: enrolment_id,
    course_id,
    after: { user_id, role, how },
  })
  return { enrolment_id, role, already_enrolled: false }
}
