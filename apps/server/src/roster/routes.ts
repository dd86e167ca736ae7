import * as api from '@gradus/contract/roster'
import type { Db } from '../db/database.ts'
import type { Mount } from '../http/mount.ts'
import { byCaller } from '../identity/by.ts'
import { networkOf } from '../identity/network.ts'
import { addPerson } from './add-person.ts'
import { changeRole, removePerson } from './change-role.ts'
import { createJoinCode } from './create-join-code.ts'
import { disableJoinCode } from './disable-join-code.ts'
import { joinCourse } from './join-course.ts'
import { listJoinCodes, listPeople } from './queries.ts'

export function rosterRoutes(mount: Mount, { db }: { db: Db }): void {
  mount(api.joinCourse, async (call) =>
    joinCourse(db, { code: call.body.code, user_id: call.actor.principal_id, network: networkOf(call.request.ip) }, byCaller(call)),
  )

  mount(api.listPeople, async ({ params }) => ({ people: await listPeople(db, params.course_id) }))
  mount(api.addPerson, async (call) =>
    addPerson(db, { ...call.body, course_id: call.params.course_id, permissions: call.grant.permissions }, byCaller(call)),
  )
  mount(api.updatePerson, async (call) =>
    changeRole(
      db,
      { course_id: call.grant.course_id!, enrolment_id: call.params.enrolment_id, role: call.body.role, permissions: call.grant.permissions },
      byCaller(call),
    ),
  )
  mount(api.removePerson, async (call) =>
    removePerson(
      db,
      { course_id: call.grant.course_id!, enrolment_id: call.params.enrolment_id, permissions: call.grant.permissions },
      byCaller(call),
    ),
  )

  mount(api.listJoinCodes, async ({ params }) => ({ join_codes: await listJoinCodes(db, params.course_id) }))
  mount(api.createJoinCode, async (call) =>
    createJoinCode(db, { ...call.body, course_id: call.params.course_id, created_by: call.actor.principal_id }, byCaller(call)),
  )
  mount(api.disableJoinCode, async (call) => disableJoinCode(db, call.params.join_code_id, byCaller(call)))
}
