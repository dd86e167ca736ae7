import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import type { GuestCourse } from '../../identity/adopt-guest.ts'

/** The courses in which a guest has progress or a certificate, by title. */
export const listGuestCourses = (db: DbOrTx, guest_id: string, user_id: string): Promise<GuestCourse[]> =>
  rows(
    db,
    sql<GuestCourse>`select c.id as course_id, c.title, count(p.completed_at)::int as steps_completed, coalesce(sum(p.attempts), 0)::int as attempts,
        exists (select from progress o join steps s on s.id = o.step_id join modules m on m.id = s.module_id
          where o.principal_id = ${user_id} and m.course_id = c.id) as is_shared
      from (
        select m.course_id, p.completed_at, p.attempts from progress p join steps s on s.id = p.step_id join modules m on m.id = s.module_id
        where p.principal_id = ${guest_id}
        union all select f.course_id, null, 0 from certificates f where f.principal_id = ${guest_id}) p
      join courses c on c.id = p.course_id group by c.id order by lower(c.title), c.id`,
  )

/** Adds the guest's rows to the user's, whichever are there (R38); returns the courses that are touched. */
export const moveProgress = async (tx: DbOrTx, guest_id: string, user_id: string): Promise<string[]> =>
  (
    await rows(
      tx,
      sql<{ course_id: string }>`with gone as (delete from progress where principal_id = ${guest_id}::uuid returning *),
        moved as (
          insert into progress as p (principal_id, step_id, attempts, best_ratio, completed_at, active_at)
          select ${user_id}::uuid, step_id, attempts, best_ratio, completed_at, active_at from gone order by step_id
          on conflict (principal_id, step_id) do update set
            attempts = p.attempts + excluded.attempts,
            best_ratio = greatest(p.best_ratio, excluded.best_ratio),
            completed_at = least(p.completed_at, excluded.completed_at),
            active_at = greatest(p.active_at, excluded.active_at)
          returning step_id)
        select distinct m.course_id from moved join steps s on s.id = moved.step_id join modules m on m.id = s.module_id`,
    )
  ).map(({ course_id }) => course_id)

/** The user keeps answering to the guest's keys, but for one that both have used. */
export async function moveCompletions(tx: DbOrTx, guest_id: string, user_id: string): Promise<void> {
  await rows(
    tx,
    sql`update completions c set principal_id = ${user_id}, idempotency_key = case when exists (
          select from completions o where o.principal_id = ${user_id} and o.idempotency_key = c.idempotency_key) then null else c.idempotency_key end
      where c.principal_id = ${guest_id}`,
  )
}

/** Held until the transaction ends; see migration 0033. */
export async function lockCourseOf(tx: DbOrTx, principal_id: string, course_id: string): Promise<void> {
  await rows(tx, sql`select lock_course_of(${principal_id}::uuid, ${course_id}::uuid)`)
}

export interface HeldCertificate {
  serial: string
  principal_id: string
  course_id: string
  ratio: number
  issued_at: string
  revoke_reason: string | null
}

/** Certificates of both, of the courses in which the guest has one. */
export const listHeldCertificates = (tx: DbOrTx, guest_id: string, user_id: string): Promise<HeldCertificate[]> =>
  rows(
    tx,
    sql<HeldCertificate>`select serial, principal_id, course_id, ratio, issued_at, revoke_reason from certificates
      where principal_id in (${guest_id}, ${user_id}) and course_id in (select course_id from certificates where principal_id = ${guest_id})
      order by serial for update`,
  )

export async function keepCertificate(
  tx: DbOrTx,
  user_id: string,
  { serial, ratio, revoke_reason }: { serial: string; ratio: number; revoke_reason: string | null },
): Promise<void> {
  await rows(
    tx,
    sql`update certificates set principal_id = ${user_id}, ratio = ${ratio}, revoke_reason = ${revoke_reason}::text,
        revoked_at = case when ${revoke_reason}::text is not null then coalesce(revoked_at, now()) end
      where serial = ${serial}`,
  )
}
