import { recordAudit } from '../audit/record.ts'
import { brokenConstraint, type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { lockCourse, type ModuleRow, deleteModule as remove, renameModule as rename, selectModule } from './queries/courses.ts'

/** Gives a module another title. */
export async function renameModule(
  db: Db,
  { course_id, module_id, title }: { course_id: string; module_id: string; title: string },
  by: By,
): Promise<ModuleRow> {
  return transact(db, async (tx) => {
    await lockCourse(tx, course_id)
    const before = await selectModule(tx, module_id)
    if (before.title === title) return before
    await rename(tx, module_id, title)
    await recordAudit(tx, {
      ...by,
      action: 'module.renamed',
      object_kind: 'module',
      object_id: module_id,
      course_id,
      before: { title: before.title },
      after: { title },
    })
    return { ...before, title }
  })
}

/** Deletes a module that has no steps. @throws problem module_not_empty */
export async function deleteModule(db: Db, { course_id, module_id }: { course_id: string; module_id: string }, by: By): Promise<void> {
  try {
    await transact(db, async (tx) => {
      await lockCourse(tx, course_id)
      const before = await selectModule(tx, module_id)
      await remove(tx, before)
      await recordAudit(tx, {
        ...by,
        action: 'module.deleted',
        object_kind: 'module',
        object_id: module_id,
        course_id,
        before: { title: before.title },
      })
    })
  } catch (error) {
    if (brokenConstraint(error) === 'steps_module_id_fkey') throw problem('module_not_empty')
    throw error
  }
}
