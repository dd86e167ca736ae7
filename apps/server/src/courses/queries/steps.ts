import { type RawBuilder, sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { problem } from '../../http/problems.ts'
import { one } from './one.ts'

export interface StepRow {
  id: string
  module_id: string
  course_id: string
  position: number
  kind: 'material' | 'assignment'
  title: string
  state: 'draft' | 'published'
}
export interface OutlineRow extends StepRow {
  assignment_id: string | null
  opens_at: string | null
  due_at: string | null
  closes_at: string | null
}

const outline = (where: RawBuilder<unknown>) =>
  sql<OutlineRow>`select s.id, s.module_id, m.course_id, s.position, s.kind, s.title, s.state, a.id as assignment_id, a.opens_at, a.due_at, a.closes_at
    from steps s join modules m on m.id = s.module_id left join assignments a on a.step_id = s.id
    where ${where} order by m.course_id, m.position, s.position`

export const listSteps = (db: DbOrTx, course_ids: readonly string[]): Promise<OutlineRow[]> =>
  rows(db, outline(sql`m.course_id = any(${[...course_ids]}::uuid[])`))

export const selectStep = (db: DbOrTx, step_id: string): Promise<OutlineRow> => one(db, outline(sql`s.id = ${step_id}`))

export const insertStep = (db: DbOrTx, row: { id: string; module_id: string; kind: string; title: string; state: string }) =>
  db
    .insertInto('steps')
    .values({ ...row, position: sql<number>`(select coalesce(max(position) + 1, 0) from steps where module_id = ${row.module_id})` })
    .execute()

export async function insertMaterial(db: DbOrTx, row: { step_id: string; body_markdown: string }): Promise<void> {
  await db.insertInto('materials').values(row).execute()
}

export const selectMaterial = (db: DbOrTx, step_id: string): Promise<{ body_markdown: string }> =>
  db
    .selectFrom('materials')
    .select('body_markdown')
    .where('step_id', '=', step_id)
    .executeTakeFirstOrThrow(() => problem('not_found'))

export async function updateMaterial(db: DbOrTx, step_id: string, body_markdown: string): Promise<void> {
  await db.updateTable('materials').set({ body_markdown }).where('step_id', '=', step_id).execute()
}

export async function updateStep(db: DbOrTx, step_id: string, set: { title?: string; state?: 'draft' | 'published' }): Promise<void> {
  await db.updateTable('steps').set(set).where('id', '=', step_id).execute()
}

/** Deletes a step with its text or its placements, and closes the gap. What has been handed in refuses by its references. */
export async function deleteStep(db: DbOrTx, { id, module_id, position }: StepRow): Promise<void> {
  await rows(db, sql`select from assignments where step_id = ${id} for update`)
  await rows(db, sql`delete from assignment_questions where assignment_id in (select id from assignments where step_id = ${id})`)
  await db.deleteFrom('steps').where('id', '=', id).execute()
  await rows(db, sql`update steps set position = position - 1 where module_id = ${module_id} and position > ${position}`)
}

/** Puts every step where it is named: the place in the list is its position from 0. */
export async function orderSteps(db: DbOrTx, steps: readonly { id: string; module_id: string; position: number }[]): Promise<void> {
  await rows(
    db,
    sql`update steps s set module_id = o.module_id, position = o.position
      from unnest(${steps.map((s) => s.id)}::uuid[], ${steps.map((s) => s.module_id)}::uuid[], ${steps.map((s) => s.position)}::int[])
        as o(id, module_id, position)
      where s.id = o.id`,
  )
}

export interface AssignmentFields {
  instructions_markdown: string
  opens_at: string | null
  due_at: string | null
  closes_at: string | null
  max_attempts: number | null
  graded_attempt: 'best' | 'latest' | 'first'
  /** The part of every question's points that makes the step done. */
  completion_ratio: number
}
export interface AssignmentRow extends AssignmentFields {
  id: string
  step_id: string
  course_id: string
  title: string
  state: 'draft' | 'published'
  course_title: string
  course_time_zone: string
  is_archived: boolean
  now: string
}

export const selectAssignment = (db: DbOrTx, assignment_id: string): Promise<AssignmentRow> =>
  one(
    db,
    sql<AssignmentRow>`select a.id, a.step_id, c.id as course_id, s.title, s.state, a.instructions_markdown, a.opens_at, a.due_at, a.closes_at,
        a.max_attempts, a.graded_attempt, a.completion_ratio, c.title as course_title, c.time_zone as course_time_zone, c.state = 'archived' as is_archived, now() as now
      from assignments a join steps s on s.id = a.step_id join modules m on m.id = s.module_id join courses c on c.id = m.course_id
      where a.id = ${assignment_id}`,
  )

export const insertAssignment = (db: DbOrTx, row: { id: string; step_id: string } & AssignmentFields) =>
  db.insertInto('assignments').values(row).execute()

/** Held while the placements of an assignment change. */
export const lockAssignment = (db: DbOrTx, assignment_id: string): Promise<AssignmentFields> =>
  db
    .selectFrom('assignments')
    .select(['instructions_markdown', 'opens_at', 'due_at', 'closes_at', 'max_attempts', 'graded_attempt', 'completion_ratio'])
    .where('id', '=', assignment_id)
    .forNoKeyUpdate()
    .$castTo<AssignmentFields>()
    .executeTakeFirstOrThrow(() => problem('not_found'))

export async function updateAssignment(db: DbOrTx, assignment_id: string, set: Partial<AssignmentFields>): Promise<void> {
  await db.updateTable('assignments').set(set).where('id', '=', assignment_id).execute()
}
