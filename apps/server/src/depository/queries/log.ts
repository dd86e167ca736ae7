import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import type { LogEntry, LogHead } from '../log-entry.ts'

export async function insertLog(tx: DbOrTx, exam_id: string, { seq, sha256 }: LogHead): Promise<void> {
  await tx.insertInto('exam_logs').values({ exam_id, seq, sha256 }).execute()
}

/** The head of an exam's log, held until the transaction ends: entries are added one after the other. */
export const lockLog = async (tx: DbOrTx, exam_id: string): Promise<LogHead & { now: string }> =>
  (
    await rows(
      tx,
      sql<
        LogHead & { now: string }
      >`/* lock_log */ select seq, sha256, clock_timestamp() as now from exam_logs where exam_id = ${exam_id}::uuid for update`,
    )
  )[0]!

/** The same entry together with the receipt that it is, in one statement; false where the receipt's code exists already. */
export const addLogEntryWithReceipt = async (
  tx: DbOrTx,
  { seq, entry, sha256 }: LogEntry,
  r: { id: string; code: string; exam_id: string; candidate_id: string; submission_id: string; issued_at: string },
): Promise<boolean> =>
  (
    await rows(
      tx,
      sql<{
        id: string
      }>`/* add_receipt */ with moved as (update exam_logs set seq = ${seq}::int, sha256 = ${sha256}::bytea where exam_id = ${r.exam_id}::uuid),
        entered as (insert into exam_log_entries (exam_id, seq, entry, sha256) values (${r.exam_id}::uuid, ${seq}::int, ${entry}::text, ${sha256}::bytea))
        insert into receipts (id, code, exam_id, candidate_id, submission_id, log_seq, issued_at)
        values (${r.id}::uuid, ${r.code}::text, ${r.exam_id}::uuid, ${r.candidate_id}::uuid, ${r.submission_id}::uuid, ${seq}::int, ${r.issued_at}::timestamptz)
        on conflict (code) do nothing returning id`,
    )
  ).length === 1

export async function addLogEntry(tx: DbOrTx, exam_id: string, { seq, entry, sha256 }: LogEntry): Promise<void> {
  await rows(
    tx,
    sql`/* add_log_entry */ with moved as (update exam_logs set seq = ${seq}::int, sha256 = ${sha256}::bytea where exam_id = ${exam_id}::uuid)
      insert into exam_log_entries (exam_id, seq, entry, sha256) values (${exam_id}::uuid, ${seq}::int, ${entry}::text, ${sha256}::bytea)`,
  )
}

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
