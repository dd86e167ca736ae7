import { sql } from 'kysely'
import { type DbOrTx, rows } from '../db/database.ts'
import { callingBack } from './call-back.ts'

export interface DueCallback {
  id: string
  subject_id: string
  url: string
  host: string
  sent_for: string
  header: Buffer
  body: Buffer
  is_notice: boolean
  tries: number
}

/** Bytes of answers that are read at once at most. */
const MOST_BYTES = 16 * 1_048_576

/**
 * Takes up to `most` due callbacks, at most `per_host` of each host and `per_sender` of each account, none of the hosts and accounts that
 * have enough under way, and no more than a bounded number of bytes. One that is taken is due again after `lease_seconds`: when it must
 * have ended, also where its process died.
 */
export const takeDueCallbacks = (
  db: DbOrTx,
  of: { most: number; per_host: number; per_sender: number; busy_hosts: readonly string[]; busy_senders: readonly string[]; lease_seconds: number },
): Promise<DueCallback[]> =>
  rows(
    db,
    sql<DueCallback>`/* take_callbacks */ with first_ones as (
        select id, host, sent_for, available_at, octet_length(body) as bytes from callbacks
        where state = 'waiting' and available_at <= now()
          and host <> all(${[...of.busy_hosts]}::text[]) and sent_for <> all(${[...of.busy_senders]}::uuid[])
        order by available_at limit 500),
      placed as (
        select id, available_at, bytes, row_number() over (partition by host order by available_at, id) as of_host,
          row_number() over (partition by sent_for order by available_at, id) as of_sender
        from first_ones),
      fair as (
        select id from (
          select id, sum(bytes) over (order by available_at, id) - bytes as bytes_before, row_number() over (order by available_at, id) as place
          from placed where of_host <= ${of.per_host}::int and of_sender <= ${of.per_sender}::int) one
        where place <= ${of.most}::int and bytes_before < ${sql.lit(MOST_BYTES)}),
      taken as (
        select c.id from callbacks c join fair using (id) where c.state = 'waiting' and c.available_at <= now() for update of c skip locked)
      update callbacks c set tries = c.tries + 1, available_at = now() + make_interval(secs => ${of.lease_seconds}::int)
      from taken where c.id = taken.id
      returning c.id, c.subject_id, c.url, c.host, c.sent_for, c.header, c.body, c.is_notice, c.tries`,
  )

/** Notes callbacks that were taken with 200. */
export async function endCallbacks(db: DbOrTx, ids: readonly string[]): Promise<void> {
  await rows(
    db,
    sql`/* end_callbacks */ update callbacks set state = 'delivered', ended_at = now(), last_status = 200, last_error = null
      where id = any(${[...ids]}::uuid[]) and state = 'waiting'`,
  )
}

/** Notes a failed delivery: due again after a pause, or failed for good where `pause_seconds` is null. True where it failed now. */
export const failCallback = async (
  db: DbOrTx,
  { id, status, error, pause_seconds }: { id: string; status: number | null; error: string; pause_seconds: number | null },
): Promise<boolean> =>
  (
    await rows(
      db,
      sql<{ is_over: boolean }>`update callbacks set last_status = ${status}, last_error = ${error},
          state = case when ${pause_seconds}::int is null then 'failed' else 'waiting' end,
          ended_at = case when ${pause_seconds}::int is null then now() end,
          available_at = now() + make_interval(secs => coalesce(${pause_seconds}::int, 0))
        where id = ${id} and state = 'waiting' returning state = 'failed' as is_over`,
    )
  )[0]?.is_over === true

export async function insertCallback(
  tx: DbOrTx,
  callback: { id: string; subject_id: string; url: string; host: string; sent_for: string; header: Buffer; body: Buffer; is_notice: boolean },
): Promise<void> {
  const c = callback
  await rows(
    tx,
    sql`with ${callingBack(sql`select ${c.id}::uuid as id, ${c.subject_id}::uuid as subject_id, ${c.url}::text as url, ${c.host}::text as host, ${c.sent_for}::uuid as sent_for,
      ${c.header}::bytea as header, ${c.body}::bytea as body, ${c.is_notice}::boolean as is_notice`)} select id from called_back`,
  )
}

/** Lets the callbacks of a subject that failed for good begin anew. Returns how many. */
export const renewCallbacks = async (tx: DbOrTx, subject_id: string): Promise<number> =>
  (
    await rows(
      tx,
      sql<{ id: string }>`update callbacks set state = 'waiting', tries = 0, available_at = now(), ended_at = null
        where subject_id = ${subject_id} and state = 'failed' and not is_notice returning id`,
    )
  ).length

/** Takes notices back that have not arrived: what they say is not true any more. */
export async function deleteWaitingNotices(tx: DbOrTx, subject_id: string): Promise<void> {
  await rows(tx, sql`delete from callbacks where subject_id = ${subject_id} and is_notice and state = 'waiting'`)
}

export async function deleteCallbacks(tx: DbOrTx, subject_id: string): Promise<void> {
  await rows(tx, sql`delete from callbacks where subject_id = ${subject_id}`)
}
