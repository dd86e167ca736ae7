import { type RawBuilder, sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { placedExam } from './exams.ts'

/** What an upload code opens, as it stands now. */
export interface Place {
  candidate_id: string
  exam_id: string
  is_default: boolean
  assignment_question_id: string
  course_id: string
  title: string
  instructions_markdown: string
  time_zone: string
  opens_at: string | null
  due_at: string | null
  closes_at: string | null
  is_archived: boolean
  max_attempts: number | null
  max_bytes: number
  allowed_types: string[]
  retention_seconds: number
  hash_first_grace_seconds: number
  is_held: boolean
  attempts: number
  forgiven: number
  /** The database's clock when this was read: for an upload, the instant that counts. */
  now: string
  /** Anything was ever handed in or promised. */
  has_receipts: boolean
  /** Promises whose bytes are still taken, oldest first. */
  promises: OpenPromise[]
  /** The hand-in that the caller's key names already. */
  earlier: { id: string; request_sha256: string } | null
}

export interface OpenPromise {
  id: string
  /** Hexadecimal. */
  sha256: string
  size_bytes: number
  issued_at: string
}

/** A time inside of JSON in the form that times have everywhere else. */
const inJson = (column: string) => sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** The hottest statement of an exam: every look at a code and every upload asks it. */
export const selectOptionalPlace = async (db: DbOrTx, code: string, idempotency_key: string | null): Promise<Place | undefined> =>
  (
    await rows(
      db,
      sql<Place>`/* place_of_code */ select d.id as candidate_id, e.id as exam_id, e.is_default, aq.id as assignment_question_id, c.id as course_id,
          st.title, a.instructions_markdown, c.time_zone, a.opens_at, a.due_at, a.closes_at, c.state = 'archived' as is_archived, a.max_attempts,
          (v.spec ->> 'max_bytes')::bigint as max_bytes, v.spec -> 'allowed_types' as allowed_types, e.retention_seconds, e.hash_first_grace_seconds,
          e.legal_hold_reason is not null as is_held, coalesce(k.attempts, 0) as attempts, coalesce(k.forgiven, 0) as forgiven, clock_timestamp() as now,
          exists (select from receipts r where r.candidate_id = d.id) as has_receipts,
          coalesce((select json_agg(json_build_object('id', r.id, 'sha256', encode(r.promised_sha256, 'hex'), 'size_bytes', r.promised_size_bytes,
              'issued_at', ${inJson('r.issued_at')}) order by r.issued_at)
            from receipts r where r.exam_id = e.id and r.candidate_id = d.id and r.submission_id is null and r.bytes_until > now()), '[]') as promises,
          (select json_build_object('id', o.id, 'request_sha256', encode(o.request_sha256, 'hex')) from submissions o
            where o.principal_id = d.id and o.idempotency_key = ${idempotency_key}::text) as earlier
        from upload_codes u join candidates d on d.id = u.candidate_id join ${placedExam} on e.id = d.exam_id
          left join attempt_counters k on k.principal_id = d.id and k.assignment_question_id = aq.id
        where u.code = ${code}::text and u.revoked_at is null`,
    )
  )[0]

export interface ReceiptRow {
  code: string
  exam_title: string
  time_zone: string
  is_default: boolean
  submission_id: string | null
  object_key: string | null
  filename: string
  content_type: string
  size_bytes: number
  /** Hexadecimal. */
  sha256: string
  md5: string | null
  handed_in_at: string
  attempt_number: number | null
  is_late: boolean
  bytes_until: string | null
  deletes_at: string | null
  superseded_at: string | null
  bytes_deleted_at: string | null
  deleted_because: 'superseded' | 'retention' | null
  seq: number
  entry: string
  entry_sha256: string
}

const receipts = (
  where: RawBuilder<unknown>,
  name = '',
) => sql<ReceiptRow>`${sql.raw(name)} select r.code, st.title as exam_title, c.time_zone, e.is_default,
    r.submission_id, f.object_key, coalesce(f.original_filename, r.promised_filename) as filename, coalesce(f.content_type, '') as content_type,
    coalesce(f.size_bytes, r.promised_size_bytes) as size_bytes, encode(coalesce(f.sha256, r.promised_sha256), 'hex') as sha256, encode(f.md5, 'hex') as md5,
    coalesce(s.submitted_at, r.issued_at) as handed_in_at, s.attempt_number, coalesce(s.is_late, r.issued_at >= a.due_at, false) as is_late,
    case when r.submission_id is null then r.bytes_until end as bytes_until,
    case when f.bytes_deleted_at is null and e.legal_hold_reason is null then s.submitted_at + make_interval(secs => e.retention_seconds) end as deletes_at,
    f.superseded_at, f.bytes_deleted_at, f.deleted_because, l.seq, l.entry, encode(l.sha256, 'hex') as entry_sha256
  from receipts r join ${placedExam} on e.id = r.exam_id join exam_log_entries l on l.exam_id = r.exam_id and l.seq = r.log_seq
    left join submissions s on s.id = r.submission_id left join submission_files f on f.submission_id = r.submission_id
  where ${where}`

export const selectOptionalReceipt = async (db: DbOrTx, code: string): Promise<ReceiptRow | undefined> =>
  (await rows(db, receipts(sql`r.code = ${code}::text`, '/* receipt_by_code */')))[0]

export const selectReceiptOf = async (db: DbOrTx, submission_id: string): Promise<ReceiptRow> =>
  (await rows(db, receipts(sql`r.submission_id = ${submission_id}::uuid`, '/* receipt_of_submission */')))[0]!

/** What a candidate has receipts for, newest first. */
export const listReceipts = (db: DbOrTx, candidate_id: string): Promise<ReceiptRow[]> =>
  rows(
    db,
    receipts(
      sql`r.candidate_id = ${candidate_id}::uuid order by coalesce(s.submitted_at, r.issued_at) desc, r.id desc limit 200`,
      '/* receipts_of_candidate */',
    ),
  )

/** How many promises of a candidate still wait for their bytes at `at`. */
export const countOpenPromises = async (db: DbOrTx, candidate_id: string, at: string): Promise<number> =>
  (
    await rows(
      db,
      sql<{ count: number }>`select count(*)::int as count from receipts
        where candidate_id = ${candidate_id} and submission_id is null and bytes_until > ${at}::timestamptz`,
    )
  )[0]!.count

/** Makes a promise's receipt that of the file that kept it. False where another file was faster. */
export const keepPromise = async (tx: DbOrTx, receipt_id: string, submission_id: string): Promise<boolean> =>
  (await tx.updateTable('receipts').set({ submission_id }).where('id', '=', receipt_id).where('submission_id', 'is', null).returning('id').execute())
    .length === 1

export interface NewReceipt {
  id: string
  code: string
  exam_id: string
  candidate_id: string
  submission_id: string | null
  log_seq: number
  issued_at: string
  promised_sha256?: Buffer
  promised_size_bytes?: number
  promised_filename?: string
  bytes_until?: string
}

/** False where the code exists already. */
export const insertReceipt = async (tx: DbOrTx, row: NewReceipt): Promise<boolean> =>
  (
    await tx
      .insertInto('receipts')
      .values(row)
      .onConflict((c) => c.column('code').doNothing())
      .returning('id')
      .execute()
  ).length === 1
