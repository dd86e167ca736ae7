import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { listModules, lockCourse, orderModules } from './queries/courses.ts'
import { listSteps, orderSteps } from './queries/steps.ts'
import { namesEachOnce } from './same-items.ts'

/**
 * Sets the order of all modules and steps of a course; steps may move between modules.
 * @throws problem order_mismatch where an item is missing, foreign or named twice: nothing is changed then
 */
export async function orderCourse(
  db: Db,
  { course_id, modules }: { course_id: string; modules: readonly { id: string; step_ids: readonly string[] }[] },
  by: By,
): Promise<void> {
  await transact(db, async (tx) => {
    await lockCourse(tx, course_id)
    const [present_modules, present_steps] = [await listModules(tx, course_id), await listSteps(tx, [course_id])]
    const module_ids = modules.map((module) => module.id)
    const steps = modules.flatMap((module) => module.step_ids.map((id, position) => ({ id, module_id: module.id, position })))
    if (
      !namesEachOnce(module_ids, present_modules) ||
      !namesEachOnce(
        steps.map((step) => step.id),
        present_steps,
      )
    )
      throw problem('order_mismatch')
    await orderModules(tx, course_id, module_ids)
    await orderSteps(tx, steps)
    await recordAudit(tx, { ...by, action: 'course.ordered', object_kind: 'course', object_id: course_id, course_id, after: { modules } })
  })
}
