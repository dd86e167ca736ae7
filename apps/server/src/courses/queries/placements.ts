import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import type { StoredSpec } from '../content.ts'
import { one } from './one.ts'

/** What a placed question is worth: its override, else the sum of its version's tests (R69). */
const points_possible = sql<number>`coalesce(aq.points_override,
  (select sum(t.points) from test_cases t where t.question_version_id = aq.question_version_id), 0)`

export interface PlacedPoints {
  id: string
  step_id: string
  course_id: string
  points_possible: number
}

/** Every placed question of some courses with what it is worth. */
export const listPlacedPoints = (db: DbOrTx, course_ids: readonly string[]): Promise<PlacedPoints[]> =>
  rows(
    db,
    sql<PlacedPoints>`select aq.id, a.step_id, m.course_id, ${points_possible} as points_possible
      from assignment_questions aq join assignments a on a.id = aq.assignment_id join steps s on s.id = a.step_id join modules m on m.id = s.module_id
      where m.course_id = any(${[...course_ids]}::uuid[])`,
  )

export interface PlacementRow {
  id: string
  assignment_id: string
  position: number
  question_id: string
  question_version_id: string
  version_number: number
  latest_published: number
  title: string
  kind: StoredSpec['kind']
  points_override: number | null
  points_possible: number
  config: { allowed_languages?: string[] }
}

const placement = sql`select aq.id, aq.assignment_id, aq.position, aq.question_id, aq.question_version_id, v.number as version_number, v.title, v.kind,
    (select max(p.number) from question_versions p where p.question_id = aq.question_id and p.state = 'published') as latest_published,
    aq.points_override, ${points_possible} as points_possible, aq.config
  from assignment_questions aq join question_versions v on v.id = aq.question_version_id`

export const listPlacements = (db: DbOrTx, assignment_id: string): Promise<PlacementRow[]> =>
  rows(db, sql<PlacementRow>`${placement} where aq.assignment_id = ${assignment_id} order by aq.position`)

export const selectPlacement = (db: DbOrTx, assignment_question_id: string): Promise<PlacementRow> =>
  one(db, sql<PlacementRow>`${placement} where aq.id = ${assignment_question_id}`)

export async function insertPlacement(
  db: DbOrTx,
  row: {
    id: string
    assignment_id: string
    question_id: string
    question_version_id: string
    points_override: number | null
    config: PlacementRow['config']
  },
): Promise<void> {
  await db
    .insertInto('assignment_questions')
    .values({
      ...row,
      config: JSON.stringify(row.config),
      position: sql<number>`(select coalesce(max(position) + 1, 0) from assignment_questions where assignment_id = ${row.assignment_id})`,
    })
    .execute()
}

export async function updatePlacement(
  db: DbOrTx,
  id: string,
  row: { question_version_id: string; points_override: number | null; config: PlacementRow['config'] },
): Promise<void> {
  await db
    .updateTable('assignment_questions')
    .set({ ...row, config: JSON.stringify(row.config) })
    .where('id', '=', id)
    .execute()
}

/** Takes a placement out and closes the gap. */
export async function deletePlacement(db: DbOrTx, { id, assignment_id, position }: PlacementRow): Promise<void> {
  await db.deleteFrom('assignment_questions').where('id', '=', id).execute()
  await rows(db, sql`update assignment_questions set position = position - 1 where assignment_id = ${assignment_id} and position > ${position}`)
}

export async function orderPlacements(db: DbOrTx, assignment_id: string, ids: readonly string[]): Promise<void> {
  await rows(
    db,
    sql`update assignment_questions aq set position = o.position - 1
      from unnest(${[...ids]}::uuid[]) with ordinality as o(id, position) where aq.id = o.id and aq.assignment_id = ${assignment_id}`,
  )
}
