import type { Role } from '@gradus/contract/roster'
import { sql } from 'kysely'
import { type DbOrTx, rows } from '../db/database.ts'
import type { JoinCodeState } from './join-code.ts'

export interface EnrolmentRow {
  id: string
  course_id: string
  user_id: string
  role: Role
  state: 'active' | 'removed'
}
export interface PersonRow {
  id: string
  user_id: string
  display_name: string
  email: string
  role: Role
  created_at: string
  last_active_at: string | null
}

const enrolment = ['id', 'course_id', 'user_id', 'role', 'state'] as const

export const lockOptionalEnrolment = (db: DbOrTx, enrolment_id: string): Promise<EnrolmentRow | undefined> =>
  db.selectFrom('enrolments').select(enrolment).where('id', '=', enrolment_id).forUpdate().$castTo<EnrolmentRow>().executeTakeFirst()

export const lockOptionalMember = (db: DbOrTx, course_id: string, user_id: string): Promise<EnrolmentRow | undefined> =>
  db
    .selectFrom('enrolments')
    .select(enrolment)
    .where('course_id', '=', course_id)
    .where('user_id', '=', user_id)
    .forUpdate()
    .$castTo<EnrolmentRow>()
    .executeTakeFirst()

/** Every owner of a course, locked in one order, so that two of them cannot remove each other. */
export const lockOwners = (db: DbOrTx, course_id: string): Promise<{ id: string }[]> =>
  db
    .selectFrom('enrolments')
    .select('id')
    .where('course_id', '=', course_id)
    .where('role', '=', 'owner')
    .where('state', '=', 'active')
    .orderBy('id')
    .forUpdate()
    .execute()

/** Null where the person is or was in the course: one row per course and user (R77). */
export const insertEnrolment = (
  db: DbOrTx,
  row: { id: string; course_id: string; user_id: string; role: Role },
): Promise<{ id: string } | undefined> =>
  db
    .insertInto('enrolments')
    .values(row)
    .onConflict((c) => c.columns(['course_id', 'user_id']).doNothing())
    .returning('id')
    .executeTakeFirst()

export async function updateEnrolment(db: DbOrTx, enrolment_id: string, set: { role?: Role; state?: 'active' | 'removed' }): Promise<void> {
  await db.updateTable('enrolments').set(set).where('id', '=', enrolment_id).execute()
}

export async function touchActivity(db: DbOrTx, course_id: string, user_id: string): Promise<void> {
  await rows(
    db,
    sql`/* touch_enrolment */ update enrolments set last_active_at = now()
      where course_id = ${course_id} and user_id = ${user_id} and coalesce(last_active_at < now() - interval '1 minute', true)`,
  )
}

const people = (db: DbOrTx) =>
  db
    .selectFrom('enrolments as e')
    .innerJoin('users as u', 'u.id', 'e.user_id')
    .select(['e.id', 'e.user_id', 'u.display_name', 'u.email', 'e.role', 'e.created_at', 'e.last_active_at'])
    .where('e.state', '=', 'active')
    .$castTo<PersonRow>()

export const listPeople = (db: DbOrTx, course_id: string): Promise<PersonRow[]> =>
  people(db)
    .where('e.course_id', '=', course_id)
    .orderBy(sql`array_position(array['owner', 'teacher', 'ta', 'student'], e.role)`)
    .orderBy(sql`lower(u.display_name)`)
    .orderBy('e.id')
    .execute()

export const selectPerson = (db: DbOrTx, enrolment_id: string): Promise<PersonRow> =>
  people(db).where('e.id', '=', enrolment_id).executeTakeFirstOrThrow()

export const selectOptionalUserByEmail = (db: DbOrTx, email: string): Promise<{ id: string } | undefined> =>
  db.selectFrom('users').select('id').where(sql`lower(email)`, '=', sql<string>`lower(${email})`).executeTakeFirst()

const joinCode = ['id', 'course_id', 'code', 'max_uses', 'uses', 'expires_at', 'disabled_at', 'created_at'] as const

export const selectOptionalJoinCode = (db: DbOrTx, code: string): Promise<{ id: string; course_id: string } | undefined> =>
  db.selectFrom('join_codes').select(['id', 'course_id']).where('code', '=', code).executeTakeFirst()

/** Held until the transaction ends: uses are counted one after the other (R76). */
export const lockJoinCode = (db: DbOrTx, join_code_id: string): Promise<JoinCodeState & { now: string }> =>
  db
    .selectFrom('join_codes')
    .select(['max_uses', 'uses', 'expires_at', 'disabled_at', sql<string>`clock_timestamp()`.as('now')])
    .where('id', '=', join_code_id)
    .forUpdate()
    .executeTakeFirstOrThrow()

export async function useJoinCode(db: DbOrTx, join_code_id: string): Promise<void> {
  await rows(db, sql`update join_codes set uses = uses + 1 where id = ${join_code_id}`)
}

/** Undefined where the code exists already, in any course. */
export const insertJoinCode = (
  db: DbOrTx,
  row: { id: string; course_id: string; code: string; max_uses: number | null; expires_at: string | null; created_by: string },
) =>
  db
    .insertInto('join_codes')
    .values(row)
    .onConflict((c) => c.column('code').doNothing())
    .returning(joinCode)
    .executeTakeFirst()

export const listJoinCodes = (db: DbOrTx, course_id: string) =>
  db
    .selectFrom('join_codes')
    .select(joinCode)
    .where('course_id', '=', course_id)
    .orderBy(sql`disabled_at is not null`)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()

/** Switches off the codes of a course, or one of them; returns those that were on. */
export const disableJoinCodes = (
  db: DbOrTx,
  which: { course_id: string } | { id: string },
): Promise<{ id: string; course_id: string; code: string }[]> =>
  db
    .updateTable('join_codes')
    .set({ disabled_at: sql<string>`now()` })
    .where((eb) => ('id' in which ? eb('id', '=', which.id) : eb('course_id', '=', which.course_id)))
    .where('disabled_at', 'is', null)
    .returning(['id', 'course_id', 'code'])
    .execute()
