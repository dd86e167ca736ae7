import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import type { Actor } from '../../http/actor.ts'

type UserRow = NonNullable<Actor['user']>

/** The hottest statement of the product: every request of a browser asks it. */
export async function selectOptionalSessionByHash(
  db: DbOrTx,
  token_hash: Buffer,
): Promise<(UserRow & { session_id: string; is_stale: boolean }) | undefined> {
  const found = await rows(
    db,
    sql<UserRow & { session_id: string; is_stale: boolean }>`/* authenticate_session */
      select s.id as session_id, s.last_seen_at < now() - interval '1 minute' as is_stale,
        u.id, u.email, u.display_name, u.is_admin, u.is_creator, u.is_operator, u.created_at
      from sessions s join users u on u.id = s.principal_id
      where s.token_hash = ${token_hash} and s.revoked_at is null and s.expires_at > now() and u.disabled_at is null`,
  )
  return found[0]
}

interface KeyRow {
  key_id: string
  principal_id: string
  scopes: string[]
  is_stale: boolean
  user: UserRow | null
}

export async function selectOptionalKeyByHash(db: DbOrTx, key_hash: Buffer): Promise<KeyRow | undefined> {
  const found = await rows(
    db,
    sql<Omit<KeyRow, 'user'> & { user_id: string | null } & Omit<UserRow, 'id'>>`/* authenticate_key */
      select k.id as key_id, k.principal_id, k.scopes, coalesce(k.last_used_at < now() - interval '1 minute', true) as is_stale,
        u.id as user_id, u.email, u.display_name, u.is_admin, u.is_creator, u.is_operator, u.created_at
      from api_keys k join principals p on p.id = k.principal_id left join users u on u.id = k.principal_id
      where k.key_hash = ${key_hash} and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
        and (p.kind = 'service' or (u.id is not null and u.disabled_at is null))`,
  )
  const row = found[0]
  if (row === undefined) return undefined
  const { key_id, principal_id, scopes, is_stale, user_id, ...user } = row
  return { key_id, principal_id, scopes, is_stale, user: user_id === null ? null : { id: user_id, ...user } }
}

export async function touchSession(db: DbOrTx, session_id: string): Promise<void> {
  await rows(db, sql`update sessions set last_seen_at = now() where id = ${session_id} and last_seen_at < now() - interval '1 minute'`)
}

export async function touchKey(db: DbOrTx, key_id: string): Promise<void> {
  await rows(db, sql`update api_keys set last_used_at = now() where id = ${key_id} and coalesce(last_used_at < now() - interval '1 minute', true)`)
}

export type Account = UserRow & { password_hash: string | null; disabled_at: string | null }
const accountColumns = ['id', 'email', 'display_name', 'is_admin', 'is_creator', 'is_operator', 'created_at', 'password_hash', 'disabled_at'] as const

/** The account of an e-mail address in any case, and whether this device has signed in to it before. */
export async function selectOptionalAccount(
  db: DbOrTx,
  email: string,
  device_hash: Buffer | null,
): Promise<(Account & { is_known_device: boolean }) | undefined> {
  return db
    .selectFrom('users')
    .select(accountColumns)
    .select(
      sql<boolean>`exists (select from sessions s where s.principal_id = users.id and s.device_hash = ${device_hash}::bytea)`.as('is_known_device'),
    )
    .where(sql`lower(email)`, '=', sql<string>`lower(${email})`)
    .executeTakeFirst()
}

export const selectOptionalUserByEmail = (db: DbOrTx, email: string): Promise<Account | undefined> =>
  db.selectFrom('users').select(accountColumns).where(sql`lower(email)`, '=', sql<string>`lower(${email})`).executeTakeFirst()

export const selectAccount = (db: DbOrTx, user_id: string): Promise<Account> =>
  db.selectFrom('users').select(accountColumns).where('id', '=', user_id).executeTakeFirstOrThrow()

export const lockOptionalAccount = (db: DbOrTx, user_id: string): Promise<Account | undefined> =>
  db.selectFrom('users').select(accountColumns).where('id', '=', user_id).forUpdate().executeTakeFirst()

/** Every administrator who can sign in, locked in one order, so that two of them cannot remove each other. */
export const lockAdmins = (db: DbOrTx): Promise<{ id: string }[]> =>
  db.selectFrom('users').select('id').where('is_admin', '=', true).where('disabled_at', 'is', null).orderBy('id').forUpdate().execute()

export async function insertUser(
  db: DbOrTx,
  user: { id: string; email: string; display_name: string; password_hash: string | null; is_admin: boolean; is_creator: boolean },
): Promise<Account> {
  await db.insertInto('principals').values({ id: user.id, kind: 'user' }).execute()
  return db.insertInto('users').values(user).returning(accountColumns).executeTakeFirstOrThrow()
}

export function updateAccount(
  db: DbOrTx,
  user_id: string,
  { is_disabled, ...set }: { password_hash?: string; is_admin?: boolean; is_creator?: boolean; is_operator?: boolean; is_disabled?: boolean },
): Promise<Account> {
  return db
    .updateTable('users')
    .set(is_disabled === undefined ? set : { ...set, disabled_at: is_disabled ? sql<string>`now()` : null })
    .where('id', '=', user_id)
    .returning(accountColumns)
    .executeTakeFirstOrThrow()
}

export async function insertSession(
  db: DbOrTx,
  session: {
    id: string
    token_hash: Buffer
    principal_id: string
    kind: 'web' | 'cli'
    label: string
    user_agent: string
    device_hash: Buffer | null
    ttl_seconds: number
  },
): Promise<{ expires_at: string }> {
  const { ttl_seconds, ...values } = session
  return db
    .insertInto('sessions')
    .values({ ...values, expires_at: sql<string>`now() + make_interval(secs => ${ttl_seconds})` })
    .returning('expires_at')
    .executeTakeFirstOrThrow()
}

/** Ended sessions are kept for a year: they are how a device is known again. */
export async function purgeSessions(db: DbOrTx, principal_id: string): Promise<void> {
  await rows(db, sql`delete from sessions where principal_id = ${principal_id} and expires_at < now() - interval '1 year'`)
}

export async function revokeSession(db: DbOrTx, session_id: string): Promise<void> {
  await rows(db, sql`update sessions set revoked_at = now() where id = ${session_id} and revoked_at is null`)
}

/** Ends every session of a principal but `except`. */
export async function revokeSessions(db: DbOrTx, principal_id: string, except: string | null): Promise<void> {
  await rows(
    db,
    sql`update sessions set revoked_at = now()
      where principal_id = ${principal_id} and revoked_at is null and id is distinct from ${except}::uuid`,
  )
}

export const listLiveSessions = (db: DbOrTx, principal_id: string) =>
  db
    .selectFrom('sessions')
    .select(['id', 'kind', 'label', 'user_agent', 'created_at', 'last_seen_at', 'expires_at'])
    .where('principal_id', '=', principal_id)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sql<string>`now()`)
    .orderBy('last_seen_at', 'desc')
    .orderBy('id', 'desc')
    .execute()

const keyColumns = ['id', 'name', 'scopes', 'created_at', 'expires_at', 'last_used_at'] as const

export const listLiveKeys = (db: DbOrTx, principal_id: string) =>
  db
    .selectFrom('api_keys')
    .select(keyColumns)
    .where('principal_id', '=', principal_id)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()

export const insertService = (db: DbOrTx, id: string) => db.insertInto('principals').values({ id, kind: 'service' }).execute()

export const insertKey = (
  db: DbOrTx,
  key: { id: string; key_hash: Buffer; principal_id: string; name: string; scopes: string[]; created_by: string | null; ttl_days: number | null },
) => {
  const { ttl_days, ...values } = key
  return db
    .insertInto('api_keys')
    .values({ ...values, expires_at: sql<string | null>`now() + make_interval(days => ${ttl_days}::int)` })
    .returning(keyColumns)
    .executeTakeFirstOrThrow()
}

export async function revokeKey(db: DbOrTx, key_id: string): Promise<{ name: string } | undefined> {
  return db
    .updateTable('api_keys')
    .set({ revoked_at: sql<string>`now()` })
    .where('id', '=', key_id)
    .where('revoked_at', 'is', null)
    .returning('name')
    .executeTakeFirst()
}

export async function revokeKeys(db: DbOrTx, principal_id: string): Promise<void> {
  await rows(db, sql`update api_keys set revoked_at = now() where principal_id = ${principal_id} and revoked_at is null`)
}

export const listAccounts = (db: DbOrTx, search: string | undefined, limit: number): Promise<Account[]> => {
  const pattern = `%${(search ?? '').replace(/[\\%_]/g, '\\$&')}%`
  return db
    .selectFrom('users')
    .select(accountColumns)
    .where((eb) => eb.or([eb('email', 'ilike', pattern), eb('display_name', 'ilike', pattern)]))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** Which of the allowances are used up in the present window, and for how many seconds still. */
export async function listExceeded(
  db: DbOrTx,
  allowances: readonly { bucket: string; limit: number }[],
  window_seconds: number,
): Promise<{ bucket: string; retry_after_seconds: number }[]> {
  return rows(
    db,
    sql<{ bucket: string; retry_after_seconds: number }>`
      select c.bucket, greatest(1, ceil(extract(epoch from c.started_at - now()) + ${window_seconds}::int))::int as retry_after_seconds
      from unnest(${allowances.map((a) => a.bucket)}::text[], ${allowances.map((a) => a.limit)}::int[]) as a(bucket, allowed)
      join failure_counts c on c.bucket = a.bucket
      where c.failures >= a.allowed and c.started_at > now() - make_interval(secs => ${window_seconds})`,
  )
}

/** Adds one failure, starting a new window where the last is over; sweeps a few old counts on the way, so the table stays small. */
export async function countFailure(db: DbOrTx, bucket: string, window_seconds: number): Promise<void> {
  await rows(
    db,
    sql`with swept as (
        delete from failure_counts where bucket in (
          select bucket from failure_counts
          where started_at < now() - make_interval(secs => ${2 * window_seconds}) and bucket <> ${bucket}
          order by started_at limit 10 for update skip locked))
      insert into failure_counts as c (bucket, failures) values (${bucket}, 1)
      on conflict (bucket) do update set
        failures = case when c.started_at > now() - make_interval(secs => ${window_seconds}) then least(c.failures + 1, 1000000) else 1 end,
        started_at = case when c.started_at > now() - make_interval(secs => ${window_seconds}) then c.started_at else now() end`,
  )
}

/** One at a time per database: two servers that start together make one first administrator. */
export async function lockFirstAdmin(db: DbOrTx): Promise<void> {
  await rows(db, sql`select pg_advisory_xact_lock(hashtext('gradus first administrator'))`)
}

/** The account of the house is made once, by whichever server needs it first. */
export async function lockHouseUser(db: DbOrTx): Promise<void> {
  await rows(db, sql`select pg_advisory_xact_lock(hashtext('gradus house user'))`)
}

export async function insertCandidates(db: DbOrTx, ids: readonly string[]): Promise<void> {
  await rows(db, sql`insert into principals (id, kind) select id, 'candidate' from unnest(${[...ids]}::uuid[]) as id`)
}

export async function lockCandidates(db: DbOrTx, ids: readonly string[]): Promise<void> {
  await rows(db, sql`select from principals where kind = 'candidate' and id = any(${[...ids]}::uuid[]) order by id for update`)
}

export async function deleteCandidates(db: DbOrTx, ids: readonly string[]): Promise<void> {
  await rows(db, sql`delete from principals where kind = 'candidate' and id = any(${[...ids]}::uuid[])`)
}
