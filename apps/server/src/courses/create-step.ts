import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import type { By } from '../identity/by.ts'
import { lockCourse, selectModule } from './queries/courses.ts'
import { type AssignmentFields, insertAssignment, insertMaterial, insertStep } from './queries/steps.ts'
import { timesInOrder, timesOf } from './times.ts'

export type NewStep = { title: string; state: 'draft' | 'published' } & (
  | { kind: 'material'; body_markdown: string }
  | { kind: 'assignment'; assignment: AssignmentFields }
)

/**
 * Adds a material or an assignment at the end of a module.
 * @throws problem times_out_of_order
 */
export async function createStep(
  db: Db,
  { module_id, step }: { module_id: string; step: NewStep },
  by: By,
): Promise<{ step_id: string; assignment_id: string | null }> {
  return timesInOrder(() =>
    transact(db, async (tx) => {
      const { course_id } = await selectModule(tx, module_id)
      await lockCourse(tx, course_id)
      // Again under the lock: a module that was deleted meanwhile takes no step.
      await selectModule(tx, module_id)
      const step_id = newId()
      const assignment_id = step.kind === 'assignment' ? newId() : null
      await insertStep(tx, { id: step_id, module_id, kind: step.kind, title: step.title, state: step.state })
      if (step.kind === 'material') await insertMaterial(tx, { step_id, body_markdown: step.body_markdown })
      else await insertAssignment(tx, { id: assignment_id!, step_id, ...step.assignment, ...timesOf(step.assignment) })
      await recordAudit(tx, {
        ...by,
        action: 'step.created',
        object_kind: 'step',
        object_id: step_id,
        course_id,
        after: { kind: step.kind, title: step.title, state: step.state, assignment_id },
      })
      return { step_id, assignment_id }
    }),
  )
}
