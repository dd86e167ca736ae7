import type { Role } from '@gradus/contract/roster'
import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { problem } from '../../http/problems.ts'
import { staffRoles } from '../../roster/roles.ts'
import { one } from './one.ts'

type CourseState = 'draft' | 'published' | 'archived'

export interface CourseRow {
  id: string
  slug: string
  title: string
  summary: string
  time_zone: string
  state: CourseState
  is_open_to_guests: boolean
  created_at: string
  my_role: Role | null
  /** The database's clock, which decides what is open and what is late. */
  now: string
}

export const selectCourse = (db: DbOrTx, course_id: string, principal_id: string): Promise<CourseRow> =>
  one(
    db,
    sql<CourseRow>`select c.id, c.slug, c.title, c.summary, c.time_zone, c.state, c.is_open_to_guests, c.created_at, e.role as my_role, now() as now
      from courses c left join enrolments e on e.course_id = c.id and e.user_id = ${principal_id} and e.state = 'active'
      where c.id = ${course_id}`,
  )

/** The courses someone belongs to; students do not see drafts. The number of learners is for staff. */
export const listMyCourses = (
  db: DbOrTx,
  principal_id: string,
): Promise<(CourseRow & { my_role: Role; is_staff: boolean; student_count: number | null })[]> =>
  rows(
    db,
    sql<CourseRow & { my_role: Role; is_staff: boolean; student_count: number | null }>`
      select c.id, c.slug, c.title, c.summary, c.time_zone, c.state, c.is_open_to_guests, c.created_at, e.role as my_role, now() as now, mine.is_staff,
        case when mine.is_staff then
          (select count(*)::int from enrolments o where o.course_id = c.id and o.role = 'student' and o.state = 'active') end as student_count
      from enrolments e join courses c on c.id = e.course_id
        cross join lateral (select e.role = any(${[...staffRoles]}::text[]) as is_staff) mine
      where e.user_id = ${principal_id} and e.state = 'active' and (c.state <> 'draft' or mine.is_staff)
      order by c.state = 'archived', lower(c.title), c.id`,
  )

export async function insertCourse(
  db: DbOrTx,
  row: { id: string; slug: string; title: string; summary: string; time_zone: string; created_by: string },
): Promise<void> {
  await db.insertInto('courses').values(row).execute()
}

export interface CourseFields {
  title: string
  summary: string
  time_zone: string
  state: CourseState
  is_open_to_guests: boolean
}

/** Held while the shape of a course changes, so that positions and orders are given out one change after the other. */
export const lockCourse = (db: DbOrTx, course_id: string): Promise<CourseFields> =>
  db
    .selectFrom('courses')
    .select(['title', 'summary', 'time_zone', 'state', 'is_open_to_guests'])
    .where('id', '=', course_id)
    .forNoKeyUpdate()
    .$castTo<CourseFields>()
    .executeTakeFirstOrThrow(() => problem('not_found'))

export async function updateCourse(db: DbOrTx, course_id: string, set: Partial<CourseFields>): Promise<void> {
  await db
    .updateTable('courses')
    .set({ ...set, updated_at: sql<string>`now()` })
    .where('id', '=', course_id)
    .execute()
}

export const selectIsOpen = async (db: DbOrTx, course_id: string): Promise<boolean> =>
  (
    await rows(
      db,
      sql<{
        is_open: boolean
      }>`/* is_open_course */ select is_open_to_guests and state = 'published' as is_open from courses where id = ${course_id}::uuid`,
    )
  )[0]?.is_open ?? false

export const listOpen = (db: DbOrTx): Promise<{ id: string; slug: string; title: string; summary: string }[]> =>
  db
    .selectFrom('courses')
    .select(['id', 'slug', 'title', 'summary'])
    .where('state', '=', 'published')
    .where('is_open_to_guests', '=', true)
    .orderBy(sql`lower(title)`)
    .orderBy('id')
    .limit(200)
    .execute()

export interface ModuleRow {
  id: string
  course_id: string
  position: number
  title: string
}

export const listModules = (db: DbOrTx, course_id: string): Promise<ModuleRow[]> =>
  db.selectFrom('modules').select(['id', 'course_id', 'position', 'title']).where('course_id', '=', course_id).orderBy('position').execute()

export const selectModule = (db: DbOrTx, module_id: string): Promise<ModuleRow> =>
  db
    .selectFrom('modules')
    .select(['id', 'course_id', 'position', 'title'])
    .where('id', '=', module_id)
    .executeTakeFirstOrThrow(() => problem('not_found'))

export const insertModule = (db: DbOrTx, row: { id: string; course_id: string; title: string }): Promise<ModuleRow> =>
  db
    .insertInto('modules')
    .values({ ...row, position: sql<number>`(select coalesce(max(position) + 1, 0) from modules where course_id = ${row.course_id})` })
    .returning(['id', 'course_id', 'position', 'title'])
    .executeTakeFirstOrThrow(() => problem('not_found'))

export async function renameModule(db: DbOrTx, module_id: string, title: string): Promise<void> {
  await db.updateTable('modules').set({ title }).where('id', '=', module_id).execute()
}

/** Deletes a module and closes the gap. Unique positions are checked when the statement ends, so one statement may shift many. */
export async function deleteModule(db: DbOrTx, { id, course_id, position }: ModuleRow): Promise<void> {
  await db.deleteFrom('modules').where('id', '=', id).execute()
  await rows(db, sql`update modules set position = position - 1 where course_id = ${course_id} and position > ${position}`)
}

/** Numbers the modules of a course from 0 in this order. */
export async function orderModules(db: DbOrTx, course_id: string, module_ids: string[]): Promise<void> {
  await rows(
    db,
    sql`update modules m set position = o.position - 1
      from unnest(${module_ids}::uuid[]) with ordinality as o(id, position) where m.id = o.id and m.course_id = ${course_id}`,
  )
}
