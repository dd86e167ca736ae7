import type { Role } from '@gradus/contract/roster'
import { recordAudit } from '../audit/record.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { type EnrolmentRow, lockOptionalEnrolment, lockOwners, type PersonRow, selectPerson, updateEnrolment } from './queries.ts'
import { mayGive } from './roles.ts'

interface Target {
  course_id: string
  enrolment_id: string
  /** What the caller holds in the course. */
  permissions: readonly string[]
}

/**
 * Gives a person of a course another role, effective with their next request.
 * @throws problem not_found, last_owner, forbidden (only owners make or unmake owners)
 */
export async function changeRole(db: Db, { role, ...target }: Target & { role: Role }, by: By): Promise<PersonRow> {
  return transact(db, async (tx) => {
    const before = await lockChangeable(tx, target, role)
    if (before.role !== role) {
      await updateEnrolment(tx, before.id, { role })
      await recordAudit(tx, {
        ...by,
        action: 'enrolment.role_changed',
        object_kind: 'enrolment',
        object_id: before.id,
        course_id: target.course_id,
        before: { user_id: before.user_id, role: before.role },
        after: { user_id: before.user_id, role },
      })
    }
    return selectPerson(tx, before.id)
  })
}

/**
 * Takes a person out of a course; their work stays, and they find it again when they come back.
 * @throws problem not_found, last_owner, forbidden
 */
export async function removePerson(db: Db, target: Target, by: By): Promise<void> {
  await transact(db, async (tx) => {
    const before = await lockChangeable(tx, target, null)
    await updateEnrolment(tx, before.id, { state: 'removed' })
    await recordAudit(tx, {
      ...by,
      action: 'enrolment.removed',
      object_kind: 'enrolment',
      object_id: before.id,
      course_id: target.course_id,
      before: { user_id: before.user_id, role: before.role },
    })
  })
}

/** Owners first, then the person: everyone locks in this order, so one owner always remains and nobody waits in a circle. */
async function lockChangeable(tx: Tx, { course_id, enrolment_id, permissions }: Target, next: Role | null): Promise<EnrolmentRow> {
  const owners = await lockOwners(tx, course_id)
  const found = await lockOptionalEnrolment(tx, enrolment_id)
  if (found === undefined || found.state !== 'active') throw problem('not_found')
  if (found.role !== next && (!mayGive(permissions, found.role) || (next !== null && !mayGive(permissions, next)))) throw problem('forbidden')
  if (found.role === 'owner' && next !== 'owner' && owners.length === 1) throw problem('last_owner')
  return found
}
