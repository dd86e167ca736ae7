import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import type { By } from '../identity/by.ts'
import { insertModule, lockCourse, type ModuleRow } from './queries/courses.ts'

/** Adds a module at the end of a course. */
export async function createModule(db: Db, { course_id, title }: { course_id: string; title: string }, by: By): Promise<ModuleRow> {
  return transact(db, async (tx) => {
    await lockCourse(tx, course_id)
    const made = await insertModule(tx, { id: newId(), course_id, title })
    await recordAudit(tx, { ...by, action: 'module.created', object_kind: 'module', object_id: made.id, course_id, after: { title } })
    return made
  })
}
