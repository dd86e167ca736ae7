import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import type { StoredCertificate } from '../certificate.ts'

/**
 * Issues the certificate where every published step of the course is done and the learner never had one, and returns the
 * one there is. Its score is the mean of the best scores; where nothing of the course is scored, all of it was done.
 */
export const issueCertificate = async (
  tx: DbOrTx,
  { principal_id, course_id, serial }: { principal_id: string; course_id: string; serial: string },
): Promise<(StoredCertificate & { is_issued: boolean }) | undefined> =>
  (
    await rows(
      tx,
      sql<StoredCertificate & { is_issued: boolean }>`/* certify */ with mine as (
          select count(*)::int as total, count(p.completed_at) as done, least(1, coalesce(avg(p.best_ratio), 1)) as ratio
          from steps s join modules m on m.id = s.module_id
            left join progress p on p.step_id = s.id and p.principal_id = ${principal_id}::uuid
          where m.course_id = ${course_id}::uuid and s.state = 'published'),
        issued as (
          insert into certificates (serial, principal_id, course_id, ratio, step_count)
          select ${serial}::text, ${principal_id}::uuid, ${course_id}::uuid, mine.ratio, mine.total from mine
          where mine.total > 0 and mine.done = mine.total
            and not exists (select from certificates o where o.principal_id = ${principal_id}::uuid and o.course_id = ${course_id}::uuid)
          on conflict (principal_id, course_id) where revoked_at is null do nothing
          returning *),
        had as (
          select * from certificates where principal_id = ${principal_id}::uuid and course_id = ${course_id}::uuid
          order by revoked_at is not null, issued_at desc limit 1)
        select f.serial, f.course_id, c.title as course_title, f.ratio, f.step_count, f.issued_at, f.revoked_at, f.revoke_reason, f.is_issued
        from (select issued.*, true as is_issued from issued union all select had.*, false from had) f join courses c on c.id = f.course_id
        order by f.is_issued desc limit 1`,
    )
  )[0]

const columns = sql`f.serial, f.course_id, c.title as course_title, f.ratio, f.step_count, f.issued_at, f.revoked_at, f.revoke_reason`

/** The learner's certificate of a course: the one that stands, else the last that was revoked. */
export const selectOptionalCertificate = async (db: DbOrTx, principal_id: string, course_id: string): Promise<StoredCertificate | undefined> =>
  (
    await rows(
      db,
      sql<StoredCertificate>`/* certificate */ select ${columns} from certificates f join courses c on c.id = f.course_id
        where f.principal_id = ${principal_id} and f.course_id = ${course_id}
        order by f.revoked_at is not null, f.issued_at desc limit 1`,
    )
  )[0]

/** Those that this very transaction issued and that stand. */
export const listIssuedNow = (tx: DbOrTx, principal_id: string): Promise<StoredCertificate[]> =>
  rows(
    tx,
    sql<StoredCertificate>`select ${columns} from certificates f join courses c on c.id = f.course_id
      where f.principal_id = ${principal_id} and f.issued_at = now() and f.revoked_at is null order by lower(c.title), c.id`,
  )

/** A certificate by its serial, with the name of its holder, who may be a guest without one. */
export const selectOptionalBySerial = async (
  db: DbOrTx,
  serial: string,
): Promise<(StoredCertificate & { learner_name: string | null }) | undefined> =>
  (
    await rows(
      db,
      sql<StoredCertificate & { learner_name: string | null }>`select ${columns}, u.display_name as learner_name
        from certificates f join courses c on c.id = f.course_id left join users u on u.id = f.principal_id where f.serial = ${serial}`,
    )
  )[0]

/** True where it stood and does not any more. */
export const revokeCertificate = async (
  tx: DbOrTx,
  { serial, course_id, reason }: { serial: string; course_id: string; reason: string },
): Promise<boolean> =>
  (
    await rows(
      tx,
      sql`update certificates set revoked_at = now(), revoke_reason = ${reason}
        where serial = ${serial} and course_id = ${course_id} and revoked_at is null returning 1`,
    )
  ).length > 0
