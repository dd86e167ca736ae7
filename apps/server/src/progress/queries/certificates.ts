import { type RawBuilder, sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import type { StoredCertificate } from '../certificate.ts'

const columns = sql`f.serial, f.course_id, c.title as course_title, f.ratio, f.step_count, f.issued_at, f.revoked_at, f.revoke_reason`

/** The learner's certificate of a course: the one that stands, else the last that was revoked. */
export const heldCertificate = ({ principal_id, course_id }: { principal_id: string; course_id: string }): RawBuilder<StoredCertificate> =>
  sql<StoredCertificate>`select ${columns} from certificates f join courses c on c.id = f.course_id
    where f.principal_id = ${principal_id}::uuid and f.course_id = ${course_id}::uuid
    order by f.revoked_at is not null, f.issued_at desc limit 1`

export const selectOptionalCertificate = async (db: DbOrTx, principal_id: string, course_id: string): Promise<StoredCertificate | undefined> =>
  (await rows(db, sql<StoredCertificate>`/* certificate */ ${heldCertificate({ principal_id, course_id })}`))[0]

/** Issues it where every step is done (migration 0033), in the caller's transaction, holding the learner's course until its end. */
export async function issueCertificate(
  tx: DbOrTx,
  { principal_id, course_id, serial }: { principal_id: string; course_id: string; serial: string },
): Promise<void> {
  await rows(tx, sql`select certify(${principal_id}::uuid, ${course_id}::uuid, ${serial}::text)`)
}

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
