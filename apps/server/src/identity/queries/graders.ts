import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'

export interface GraderRow {
  id: string
  username: string
  queues: string[]
  strict_status: boolean
  is_disabled: boolean
  created_at: string
  last_login_at: string | null
}

const graderColumns = sql`a.id, a.username, a.strict_status, a.disabled_at is not null as is_disabled, a.created_at,
  coalesce((select array_agg(g.queue order by g.queue) from grader_account_queues g where g.grader_account_id = a.id), '{}') as queues,
  (select s.created_at from sessions s where s.principal_id = a.id and s.kind = 'xqueue' order by s.created_at desc limit 1) as last_login_at`

export const listGraderRows = (db: DbOrTx): Promise<GraderRow[]> =>
  rows(db, sql<GraderRow>`select ${graderColumns} from grader_accounts a order by a.username`)

export const selectOptionalGrader = async (db: DbOrTx, id: string): Promise<GraderRow | undefined> =>
  (await rows(db, sql<GraderRow>`select ${graderColumns} from grader_accounts a where a.id = ${id}`))[0]

export const lockOptionalGrader = async (tx: DbOrTx, id: string): Promise<GraderRow | undefined> => {
  await rows(tx, sql`select from grader_accounts where id = ${id} for update`)
  return selectOptionalGrader(tx, id)
}

/** False for a name that nobody has. */
export const selectIsStrict = async (db: DbOrTx, username: string): Promise<boolean> =>
  (await db.selectFrom('grader_accounts').select('strict_status').where('username', '=', username).executeTakeFirst())?.strict_status === true

/** Forgets failed logins at a name: whoever has the new secret must not wait for the old one's failures to be forgotten. */
export async function forgetGraderFailures(tx: DbOrTx, username: string): Promise<void> {
  await rows(tx, sql`delete from failure_counts where bucket like 'grader:%' and right(bucket, ${username.length + 1}::int) = ${`:${username}`}`)
}

export async function insertGrader(
  tx: DbOrTx,
  { id, username, secret_hash, strict_status }: { id: string; username: string; secret_hash: Buffer; strict_status: boolean },
): Promise<void> {
  await tx.insertInto('principals').values({ id, kind: 'grader' }).execute()
  await tx.insertInto('grader_accounts').values({ id, username, secret_hash, strict_status }).execute()
}

/** Sets the queues that an account serves. Returns the names of which none is a queue of external graders. */
export async function putGraderQueues(tx: DbOrTx, id: string, queues: readonly string[]): Promise<string[]> {
  await rows(tx, sql`delete from grader_account_queues where grader_account_id = ${id} and queue <> all(${[...queues]}::text[])`)
  await rows(
    tx,
    sql`insert into grader_account_queues (grader_account_id, queue)
      select ${id}, name from queues where name = any(${[...queues]}::text[]) and is_external on conflict do nothing`,
  )
  const found = await rows(tx, sql<{ queue: string }>`select queue from grader_account_queues where grader_account_id = ${id}`)
  return queues.filter((name) => !found.some(({ queue }) => queue === name))
}

export async function updateGraderRow(
  tx: DbOrTx,
  id: string,
  { is_disabled, ...set }: { strict_status?: boolean; secret_hash?: Buffer; is_disabled?: boolean },
): Promise<void> {
  const values = { ...set, ...(is_disabled === undefined ? {} : { disabled_at: is_disabled ? sql<string>`now()` : null }) }
  if (Object.keys(values).length > 0) await tx.updateTable('grader_accounts').set(values).where('id', '=', id).execute()
}

/**
 * Looks an account up and, where the secret's hash is its own, opens a session, in one statement. Comparing in the database tells
 * nothing through time: what is compared are keyed hashes.
 */
export const logIn = async (
  db: DbOrTx,
  of: { username: string; secret_hash: Buffer; session_id: string; token_hash: Buffer; user_agent: string; ttl_seconds: number },
): Promise<{ is_known: boolean; strict_status: boolean; is_in: boolean }> =>
  (
    await rows(
      db,
      sql<{ is_known: boolean; strict_status: boolean; is_in: boolean }>`/* xqueue_login */ with account as (
          select id, strict_status, secret_hash = ${of.secret_hash}::bytea and disabled_at is null as is_right
          from grader_accounts where username = ${of.username}),
        opened as (
          insert into sessions (id, token_hash, principal_id, kind, user_agent, expires_at)
          select ${of.session_id}::uuid, ${of.token_hash}::bytea, id, 'xqueue', ${of.user_agent}::text, now() + make_interval(secs => ${of.ttl_seconds}::int)
          from account where is_right returning id)
        select exists (select from account) as is_known, coalesce((select strict_status from account), false) as strict_status,
          exists (select from opened) as is_in`,
    )
  )[0]!

export async function endGraderSession(db: DbOrTx, token_hash: Buffer): Promise<void> {
  await rows(db, sql`/* xqueue_logout */ delete from sessions where token_hash = ${token_hash} and kind = 'xqueue'`)
}

export async function endGraderSessions(tx: DbOrTx, grader_account_id: string): Promise<void> {
  await rows(tx, sql`delete from sessions where principal_id = ${grader_account_id} and kind = 'xqueue'`)
}

/** Deletes machines' sessions that have ended, a bounded number at once. */
export const deleteEndedGraderSessions = async (db: DbOrTx, most: number): Promise<number> =>
  (
    await rows(
      db,
      sql<{ id: string }>`delete from sessions where id in (
          select id from sessions where kind = 'xqueue' and expires_at < now() order by expires_at limit ${most} for update skip locked)
        returning id`,
    )
  ).length
