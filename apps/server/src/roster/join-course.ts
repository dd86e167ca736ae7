import type { Role } from '@gradus/contract/roster'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { recordFailure, refuseAfterFailures } from '../identity/failures.ts'
import { enrol } from './enrol.ts'
import { isOpen, normalJoinCode } from './join-code.ts'
import { lockJoinCode, lockOptionalMember, selectOptionalJoinCode, useJoinCode } from './queries.ts'

/**
 * Enrols a user as a student by a join code (R76). Uses never exceed the code's maximum, however many join at once; who is
 * in the course already uses none up. Unknown codes are counted against the user and the network, so that nobody can try them all.
 * @throws problem join_code_unknown, join_code_closed, rate_limited
 */
export async function joinCourse(
  db: Db,
  { code, user_id, network }: { code: string; user_id: string; network: string },
  by: By,
): Promise<{ course_id: string; role: Role; already_enrolled: boolean }> {
  const allowances = [
    { bucket: `join:${user_id}`, limit: 30 },
    { bucket: `join:${network}`, limit: 300 },
  ]
  await refuseAfterFailures(db, allowances)
  const found = await selectOptionalJoinCode(db, normalJoinCode(code))
  if (found === undefined) {
    await recordFailure(db, allowances)
    throw problem('join_code_unknown')
  }
  const { course_id } = found
  return transact(db, async (tx) => {
    const state = await lockJoinCode(tx, found.id)
    const member = await lockOptionalMember(tx, course_id, user_id)
    if (member?.state === 'active') return { course_id, role: member.role, already_enrolled: true }
    if (!isOpen(state, state.now)) throw problem('join_code_closed')
    const { role, already_enrolled } = await enrol(tx, { course_id, user_id, role: 'student', how: 'join_code' }, by)
    if (!already_enrolled) await useJoinCode(tx, found.id)
    return { course_id, role, already_enrolled }
  })
}
