import * as api from '@gradus/contract/courses'
import { enrolMyself as enrolEndpoint } from '@gradus/contract/progress'
import type { Db } from '../db/database.ts'
import type { Grant, Mount } from '../http/mount.ts'
import { byCaller } from '../identity/by.ts'
import { isAdmin } from '../identity/is-admin.ts'
import { seesDrafts } from '../roster/roles.ts'
import { createCourse } from './create-course.ts'
import { createModule } from './create-module.ts'
import { createStep } from './create-step.ts'
import { enrolMyself, readOpenCourses } from './open-to-guests.ts'
import { orderCourse } from './order-course.ts'
import { orderQuestions, placeQuestion, removePlacement, updatePlacement } from './place-question.ts'
import { selectCourse } from './queries/courses.ts'
import { questionRoutes } from './question-routes.ts'
import { readAssignment, readAssignmentQuestion, readPlacement, readStep } from './read-assignment.ts'
import { readCourse, readMyCourses, readOutlineStep, type Viewer } from './read-course.ts'
import type { Standing } from './standing.ts'
import { updateAssignment } from './update-assignment.ts'
import { updateCourse } from './update-course.ts'
import { deleteModule, renameModule } from './update-module.ts'
import { deleteStep, updateStep } from './update-step.ts'

/** The guard found the course of every object below it. */
const courseOf = (grant: Grant): string => grant.course_id!
const viewer = (call: { actor: { principal_id: string }; grant: Grant }): Viewer => ({
  principal_id: call.actor.principal_id,
  sees_drafts: seesDrafts(call.grant.permissions),
})

export function courseRoutes(mount: Mount, { db, standing }: { db: Db; standing: Standing }): void {
  mount(api.listCourses, async ({ actor }) => readMyCourses(db, standing, actor.principal_id))
  mount(api.listOpenCourses, async () => readOpenCourses(db))
  mount(enrolEndpoint, async (call) => enrolMyself(db, { course_id: call.params.course_id, user_id: call.actor.principal_id }, byCaller(call)))
  mount(api.createCourse, async (call) => {
    const { course_id } = await createCourse(db, { ...call.body, owner_id: call.actor.principal_id }, byCaller(call))
    return selectCourse(db, course_id, call.actor.principal_id)
  })
  mount(api.getCourse, async (call) => ({
    ...(await readCourse(db, standing, courseOf(call.grant), viewer(call))),
    permissions: [...call.grant.permissions],
  }))
  mount(api.updateCourse, async (call) => {
    await updateCourse(db, call.params.course_id, call.body, byCaller(call))
    return selectCourse(db, call.params.course_id, call.actor.principal_id)
  })
  mount(api.orderCourse, async (call) => orderCourse(db, { ...call.params, ...call.body }, byCaller(call)))

  mount(api.createModule, async (call) => ({ ...(await createModule(db, { ...call.params, ...call.body }, byCaller(call))), steps: [] }))
  mount(api.updateModule, async (call) => renameModule(db, { course_id: courseOf(call.grant), ...call.params, ...call.body }, byCaller(call)))
  mount(api.deleteModule, async (call) => deleteModule(db, { course_id: courseOf(call.grant), ...call.params }, byCaller(call)))

  mount(api.createStep, async (call) => {
    const { step_id } = await createStep(db, { ...call.params, step: call.body }, byCaller(call))
    return readOutlineStep(db, standing, step_id, call.actor.principal_id)
  })
  mount(api.getStep, async (call) => readStep(db, standing, call.params.step_id, viewer(call)))
  mount(api.updateStep, async (call) => {
    await updateStep(db, { course_id: courseOf(call.grant), ...call.params, change: call.body }, byCaller(call))
    return readOutlineStep(db, standing, call.params.step_id, call.actor.principal_id)
  })
  mount(api.deleteStep, async (call) => deleteStep(db, { course_id: courseOf(call.grant), ...call.params }, byCaller(call)))

  mount(api.getAssignment, async (call) => readAssignment(db, standing, call.params.assignment_id, viewer(call)))
  mount(api.updateAssignment, async (call) => {
    await updateAssignment(db, { course_id: courseOf(call.grant), ...call.params, change: call.body }, byCaller(call))
    return readAssignment(db, standing, call.params.assignment_id, viewer(call))
  })

  mount(api.placeQuestion, async (call) => {
    const { principal_id, user } = call.actor
    const asker = { principal_id, is_admin: isAdmin(call.actor), is_creator: user?.is_creator ?? false }
    const { assignment_question_id } = await placeQuestion(db, { ...call.params, ...call.body, asker }, byCaller(call))
    return readPlacement(db, standing, assignment_question_id, principal_id)
  })
  mount(api.updatePlacement, async (call) => {
    await updatePlacement(db, { course_id: courseOf(call.grant), ...call.params, change: call.body }, byCaller(call))
    return readPlacement(db, standing, call.params.assignment_question_id, call.actor.principal_id)
  })
  mount(api.removePlacement, async (call) => removePlacement(db, { course_id: courseOf(call.grant), ...call.params }, byCaller(call)))
  mount(api.orderQuestions, async (call) =>
    orderQuestions(db, { course_id: courseOf(call.grant), ...call.params, ids: call.body.assignment_question_ids }, byCaller(call)),
  )
  mount(api.getAssignmentQuestion, async (call) => readAssignmentQuestion(db, standing, call.params.assignment_question_id, viewer(call)))

  questionRoutes(mount, { db })
}
