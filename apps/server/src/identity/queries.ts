import { sql } from 'kysely'
import { type DbOrTx, rows } from '../db/database.ts'
import type { Actor } from '../http/actor.ts'

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
        u.id, u.email, u.display_name, u.is_admin, u.is_creator, u.created_at
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
        u.id as user_id, u.email, u.display_name, u.is_admin, u.is_creator, u.created_at
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
