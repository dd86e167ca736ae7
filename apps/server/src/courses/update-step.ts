import { recordAudit } from '../audit/record.ts'
import { type Db, sqlState, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { changed, pick } from './change.ts'
import { lockCourse } from './queries/courses.ts'
import { deleteStep as remove, selectMaterial, selectStep, updateStep as update, updateMaterial } from './queries/steps.ts'

interface StepChange {
  title?: string | undefined
  state?: 'draft' | 'published' | undefined
  body_markdown?: string | undefined
}

/**
 * Renames, publishes or hides a step, or changes a material's text.
 * @throws problem invalid_request where a text is sent for an assignment
 */
export async function updateStep(
  db: Db,
  { course_id, step_id, change }: { course_id: string; step_id: string; change: StepChange },
  by: By,
): Promise<void> {
  const { body_markdown, ...fields } = change
  await transact(db, async (tx) => {
    await lockCourse(tx, course_id)
    const step = await selectStep(tx, step_id)
    if (body_markdown !== undefined && step.kind !== 'material') {
      throw problem('invalid_request', { fields: [{ path: 'body_markdown', message: 'only a material has a text' }] })
    }
    const after = changed({ title: step.title, state: step.state }, fields)
    const isRewritten = body_markdown !== undefined && (await selectMaterial(tx, step_id)).body_markdown !== body_markdown
    if (Object.keys(after).length > 0) await update(tx, step_id, after)
    if (isRewritten) await updateMaterial(tx, step_id, body_markdown)
    if (Object.keys(after).length === 0 && !isRewritten) return
    await recordAudit(tx, {
      ...by,
      action: 'step.changed',
      object_kind: 'step',
      object_id: step_id,
      course_id,
      before: pick(step, after),
      after: { ...after, ...(isRewritten ? { text_length: body_markdown.length } : {}) },
    })
  })
}

/** Deletes a step in which nobody has handed in work. @throws problem step_has_work */
export async function deleteStep(db: Db, { course_id, step_id }: { course_id: string; step_id: string }, by: By): Promise<void> {
  await unlessWorkIsThere(() =>
    transact(db, async (tx) => {
      await lockCourse(tx, course_id)
      const step = await selectStep(tx, step_id)
      await remove(tx, step)
      const before = { kind: step.kind, title: step.title }
      await recordAudit(tx, { ...by, action: 'step.deleted', object_kind: 'step', object_id: step_id, course_id, before })
    }),
  )
}

/** Hand-ins refer to the placement they are for: while one exists the database refuses to delete it (23503), also in a race. */
export async function unlessWorkIsThere<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (sqlState(error) === '23503') throw problem('step_has_work')
    throw error
  }
}
