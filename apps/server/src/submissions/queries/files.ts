import { type RawBuilder, sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { sending } from '../../outbox/send.ts'
import { countingAttempt } from '../../progress/count-attempt.ts'
import type { Facts } from '../refusal.ts'

/** Bytes that are durable already, and what they were called. */
export interface KeptFile {
  object_key: string
  original_filename: string
  content_type: string
  size_bytes: number
  sha256: Buffer
  md5: Buffer | null
}

export interface NewFileSubmission {
  id: string
  principal_id: string
  assignment_question_id: string
  /** The instant that counts: window and lateness are judged by it. By the database's clock. */
  handed_in_at: string
  client: string
  idempotency_key: string
  request_sha256: Buffer
  file: KeptFile
}

export interface AcceptedFile {
  attempt_number: number
  is_late: boolean
  forgiven: number
  max_attempts: number | null
}

const placed = sql`assignment_questions aq join assignments a on a.id = aq.assignment_id join steps st on st.id = a.step_id
  join modules m on m.id = st.module_id join courses c on c.id = m.course_id join question_versions v on v.id = aq.question_version_id`

/** Another attempt, unless all are used: the counter's row is the lock, as in queries/submit.ts, so that of many at once each sees the count before (I2). */
const counting_on = sql`do update set attempts = k.attempts + 1 where coalesce(k.attempts - k.forgiven < (select max_attempts from placed), true)`

/** Attempt, submission and file as parts of a statement; where a rule is against it they are empty and change nothing. */
const accepting = (s: NewFileSubmission, on_counted: RawBuilder<unknown>) => sql`placed as materialized (
  select aq.id, aq.question_version_id, m.course_id, a.max_attempts, coalesce(${s.handed_in_at}::timestamptz >= a.due_at, false) as is_late
  from ${placed}
  where aq.id = ${s.assignment_question_id}::uuid and c.state <> 'archived' and v.kind = 'file'
    and coalesce(${s.handed_in_at}::timestamptz >= a.opens_at, true) and coalesce(${s.handed_in_at}::timestamptz < a.closes_at, true)
    and not exists (select from submissions o where o.principal_id = ${s.principal_id}::uuid and o.idempotency_key = ${s.idempotency_key}::text)),
counted as (
  insert into attempt_counters as k (principal_id, assignment_question_id, attempts)
  select ${s.principal_id}::uuid, id, 1 from placed
  on conflict (principal_id, assignment_question_id) ${on_counted}
  returning attempts, forgiven),
handed_in as (
  insert into submissions (id, principal_id, assignment_question_id, question_version_id, course_id, attempt_number,
    content_sha256, submitted_at, is_late, client, idempotency_key, request_sha256)
  select ${s.id}::uuid, ${s.principal_id}::uuid, placed.id, placed.question_version_id, placed.course_id, counted.attempts,
    ${s.file.sha256}::bytea, ${s.handed_in_at}::timestamptz, placed.is_late, ${s.client}::text, ${s.idempotency_key}::text, ${s.request_sha256}::bytea
  from placed, counted
  returning id, principal_id, course_id, attempt_number, is_late),
filed as (
  insert into submission_files (submission_id, object_key, original_filename, content_type, size_bytes, sha256, md5)
  select id, ${s.file.object_key}::text, ${s.file.original_filename}::text, ${s.file.content_type}::text, ${s.file.size_bytes}::bigint,
    ${s.file.sha256}::bytea, ${s.file.md5}::bytea
  from handed_in),
sent as (
  select ${sending(
    'submission_accepted',
    sql`json_build_object('course_id', h.course_id, 'principal_id', h.principal_id)`,
    sql`'active ' || h.course_id || ' ' || h.principal_id`,
  )}
  from handed_in h where exists (
    select from enrolments e where e.course_id = h.course_id and e.user_id = h.principal_id
      and coalesce(e.last_active_at < now() - interval '1 minute', true)))`

/** What such a statement has to ask for: one row, or none where nothing was accepted. */
const accepted = sql`h.attempt_number, h.is_late, counted.forgiven, placed.max_attempts, (select count(*) from sent) as sent`

/** A file's hand-in in one statement, or, where a rule is against it, nothing and no row. */
export const insertFileSubmission = async (db: DbOrTx, s: NewFileSubmission): Promise<AcceptedFile | undefined> =>
  (await rows(db, sql<AcceptedFile>`/* submit_file */ with ${accepting(s, counting_on)} select ${accepted} from handed_in h, counted, placed`))[0]

/**
 * The same for a learner's first file at a question, as parts of a larger statement: `handed_in` has the hand-in, and
 * `columns` of `handed_in h, counted, placed` are an `AcceptedFile`. Whoever has a counter already gets nothing.
 */
export const acceptingFirst = (s: NewFileSubmission) => ({ parts: accepting(s, sql`do nothing`), columns: accepted })

/** One attempt more at the step of a file question. */
export async function insertAttempt(tx: DbOrTx, principal_id: string, step_id: string): Promise<void> {
  await rows(tx, sql`with ${countingAttempt(sql`select ${principal_id}::uuid as principal_id, ${step_id}::uuid as step_id`)} select from attempted`)
}

export interface FileFacts extends Facts {
  kind: string
  /** Of a file question. */
  max_bytes: number | null
  allowed_types: string[] | null
}

/** What a file would be decided by right now. `now` is the instant that counts for a request whose body is still to come. */
export const selectOptionalFileFacts = async (
  db: DbOrTx,
  { principal_id, assignment_question_id }: { principal_id: string; assignment_question_id: string },
): Promise<FileFacts | undefined> =>
  (
    await rows(
      db,
      sql<FileFacts>`select clock_timestamp() as now, a.opens_at, a.due_at, a.closes_at, c.state = 'archived' as is_archived, a.max_attempts,
          coalesce(k.attempts, 0) as attempts, coalesce(k.forgiven, 0) as forgiven, true as is_language_offered,
          v.kind, (v.spec ->> 'max_bytes')::bigint as max_bytes, v.spec -> 'allowed_types' as allowed_types
        from ${placed} left join attempt_counters k on k.assignment_question_id = aq.id and k.principal_id = ${principal_id}
        where aq.id = ${assignment_question_id}`,
    )
  )[0]

export interface FileRow extends KeptFile {
  submission_id: string
  superseded_at: string | null
  bytes_deleted_at: string | null
  deleted_because: 'superseded' | 'retention' | null
}

export const selectOptionalFile = (db: DbOrTx, submission_id: string): Promise<FileRow | undefined> =>
  db.selectFrom('submission_files').selectAll().where('submission_id', '=', submission_id).$castTo<FileRow>().executeTakeFirst()

/** Notes that a later file took the place of the earlier ones of a learner, and the deletion of their bytes where that is wanted. */
export const supersedeFiles = (
  tx: DbOrTx,
  of: { principal_id: string; assignment_question_id: string; by_submission_id: string; deletes_bytes: boolean },
): Promise<{ submission_id: string; object_key: string; is_deleted: boolean }[]> =>
  rows(
    tx,
    sql<{ submission_id: string; object_key: string; is_deleted: boolean }>`update submission_files f set superseded_at = now(),
        bytes_deleted_at = case when ${of.deletes_bytes} then coalesce(f.bytes_deleted_at, now()) else f.bytes_deleted_at end,
        deleted_because = case when ${of.deletes_bytes} then coalesce(f.deleted_because, 'superseded') else f.deleted_because end
      from submissions s
      where s.id = f.submission_id and s.principal_id = ${of.principal_id} and s.assignment_question_id = ${of.assignment_question_id}
        and s.id <> ${of.by_submission_id} and f.superseded_at is null
      returning f.submission_id, f.object_key, f.deleted_because = 'superseded' as is_deleted`,
  )

/** Notes that the bytes of these files are to go. Those that were noted already are left out. */
export const markDeleted = (
  tx: DbOrTx,
  submission_ids: readonly string[],
  because: 'superseded' | 'retention',
  at: string,
): Promise<{ submission_id: string; object_key: string }[]> =>
  rows(
    tx,
    sql<{
      submission_id: string
      object_key: string
    }>`update submission_files set bytes_deleted_at = ${at}::timestamptz, deleted_because = ${because}::text
      where submission_id = any(${[...submission_ids]}::uuid[]) and bytes_deleted_at is null returning submission_id, object_key`,
  )

/** Which of these keys a row still stands for. */
export const listKept = async (db: DbOrTx, keys: readonly string[]): Promise<string[]> =>
  (
    await rows(
      db,
      sql<{ object_key: string }>`select object_key from submission_files where object_key = any(${[...keys]}::text[]) and bytes_deleted_at is null`,
    )
  ).map((row) => row.object_key)
