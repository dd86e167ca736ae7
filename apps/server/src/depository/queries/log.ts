import { type RawBuilder, sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import type { LogEntry, LogHead } from '../log-entry.ts'

export async function insertLog(tx: DbOrTx, exam_id: string, { seq, sha256 }: LogHead): Promise<void> {
  await tx.insertInto('exam_logs').values({ exam_id, seq, sha256 }).execute()
}

/**
 * Adds an entry as one statement and holds the log's head until the transaction ends: entries come one after the other, so
 * what each waits for is this statement and a commit of the one before. Asking for the head first and hashing in this
 * process would hold it for two more turns of a loop that a hall keeps busy.
 */
export const entering = (exam_id: string, middle: RawBuilder<unknown>, only_if = sql`true`) => sql`head as materialized (
    select exam_id, seq + 1 as seq, encode(sha256, 'hex') as prev from exam_logs where exam_id = ${exam_id}::uuid and ${only_if} for update),
  told as materialized (
    select exam_id, seq, '{"at":"' || to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '",' || ${middle}
      || ',"prev_sha256":"' || prev || '","seq":' || seq || '}' as entry from head),
  next as materialized (select exam_id, seq, entry, sha256(convert_to(entry, 'UTF8')) as sha256 from told),
  moved as (update exam_logs l set seq = next.seq, sha256 = next.sha256 from next where l.exam_id = next.exam_id),
  entered as (insert into exam_log_entries (exam_id, seq, entry, sha256) select exam_id, seq, entry, sha256 from next)`

export const addLogEntry = async (tx: DbOrTx, exam_id: string, middle: string): Promise<LogEntry> =>
  (await rows(tx, sql<LogEntry>`/* add_log_entry */ with ${entering(exam_id, sql`${middle}::text`)} select seq, entry, sha256 from next`))[0]!

/** The same together with the receipt that the entry is; `is_new` is false where the receipt's code exists already, which then is not written. */
export const addLogEntryWithReceipt = async (
  tx: DbOrTx,
  r: { id: string; code: string; exam_id: string; candidate_id: string; submission_id: string; issued_at: string },
  middle: string,
): Promise<LogEntry & { is_new: boolean }> =>
  (
    await rows(
      tx,
      sql<LogEntry & { is_new: boolean }>`/* add_receipt */ with ${entering(r.exam_id, sql`${middle}::text`)},
  receipt as (insert into receipts (id, code, exam_id, candidate_id, submission_id, log_seq, issued_at)
    select ${r.id}::uuid, ${r.code}::text, exam_id, ${r.candidate_id}::uuid, ${r.submission_id}::uuid, seq, ${r.issued_at}::timestamptz from next
    on conflict (code) do nothing returning id)
select seq, entry, sha256, exists (select from receipt) as is_new from next`,
    )
  )[0]!

export const listEntries = (db: DbOrTx, exam_id: string, after: number, limit: number): Promise<LogEntry[]> =>
  db
    .selectFrom('exam_log_entries')
    .select(['seq', 'entry', 'sha256'])
    .where('exam_id', '=', exam_id)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute()

export const selectHead = (db: DbOrTx, exam_id: string): Promise<LogEntry> =>
  db
    .selectFrom('exam_log_entries')
    .select(['seq', 'entry', 'sha256'])
    .where('exam_id', '=', exam_id)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()

export const selectLogHead = (db: DbOrTx, exam_id: string): Promise<LogHead> =>
  db.selectFrom('exam_logs').select(['seq', 'sha256']).where('exam_id', '=', exam_id).executeTakeFirstOrThrow()

/** Receipts whose entry does not tell what is kept: another hash, another size, or no such hand-in. The first, by number. */
export const selectOptionalMismatch = async (db: DbOrTx, exam_id: string): Promise<{ seq: number } | undefined> =>
  (
    await rows(
      db,
      sql<{ seq: number }>`select r.log_seq as seq from receipts r join exam_log_entries l on l.exam_id = r.exam_id and l.seq = r.log_seq
          left join submission_files f on f.submission_id = r.submission_id
        where r.exam_id = ${exam_id} and ((l.entry::jsonb -> 'body' ->> 'sha256') is distinct from encode(coalesce(f.sha256, r.promised_sha256), 'hex')
          or ((l.entry::jsonb -> 'body' ->> 'size_bytes')::bigint) is distinct from coalesce(f.size_bytes, r.promised_size_bytes))
        order by r.log_seq limit 1`,
    )
  )[0]
