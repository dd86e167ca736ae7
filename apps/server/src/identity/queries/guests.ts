import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'

export const selectOptionalGuestByHash = async (
  db: DbOrTx,
  token_hash: Buffer,
): Promise<{ id: string; pending_for: string | null; has_worked: boolean; is_stale: boolean } | undefined> =>
  (
    await rows(
      db,
      sql<{ id: string; pending_for: string | null; has_worked: boolean; is_stale: boolean }>`/* authenticate_guest */
        select id, pending_for, has_worked, last_seen_at < now() - interval '1 hour' as is_stale
        from guests where token_hash = ${token_hash} and migrated_at is null`,
    )
  )[0]

export async function touchGuest(db: DbOrTx, id: string, has_worked: boolean): Promise<void> {
  await rows(db, sql`update guests set last_seen_at = now(), has_worked = has_worked or ${has_worked}::boolean where id = ${id}`)
}

export async function insertGuest(db: DbOrTx, guest: { id: string; token_hash: Buffer; has_worked: boolean }): Promise<void> {
  await db.insertInto('principals').values({ id: guest.id, kind: 'guest' }).execute()
  await db.insertInto('guests').values(guest).execute()
}

/** A bounded number at once, in the order of their last visit. */
export async function deleteIdleGuests(db: DbOrTx): Promise<void> {
  await rows(
    db,
    sql`with gone as (
        delete from guests where id in (
          select id from guests where not has_worked and last_seen_at < now() - interval '1 day' order by last_seen_at limit 1000 for update skip locked)
        returning id)
      delete from principals p using gone where p.id = gone.id`,
  )
}

/** Deletes those of these guests who still are guests and have been away that long. */
export async function deleteGuests(db: DbOrTx, ids: readonly string[], idle_days: number): Promise<void> {
  await rows(
    db,
    sql`with gone as (
        delete from guests where id = any(${[...ids]}::uuid[]) and migrated_at is null and last_seen_at < now() - make_interval(days => ${idle_days}::int)
        returning id)
      delete from principals p using gone where p.id = gone.id`,
  )
}

export interface GuestMove {
  guest_id: string
  user_id: string
}

/** Held while the guest's work is moved: of two sign-ins at once the second finds it done. */
export const lockOptionalGuest = (tx: DbOrTx, id: string): Promise<{ migrated_to: string | null } | undefined> =>
  tx.selectFrom('guests').select('migrated_to').where('id', '=', id).forUpdate().executeTakeFirst()

export async function setPending(db: DbOrTx, id: string, user_id: string | null): Promise<void> {
  await rows(db, sql`update guests set pending_for = ${user_id} where id = ${id} and migrated_at is null`)
}

export async function markMigrated(tx: DbOrTx, { guest_id, user_id }: GuestMove): Promise<void> {
  await rows(
    tx,
    sql`update guests set migrated_to = ${user_id}, migrated_at = coalesce(migrated_at, now()), pending_for = null where id = ${guest_id}`,
  )
}
