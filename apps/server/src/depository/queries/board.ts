import type { BoardLine } from '@gradus/contract/exams'
import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { type ExamTotals, placedExam, totalsOf } from './exams.ts'

export interface BoardHead {
  now: string
  opens_at: string | null
  due_at: string | null
  closes_at: string | null
  is_archived: boolean
  totals: ExamTotals
}

export const selectBoardHead = async (db: DbOrTx, exam_id: string): Promise<BoardHead | undefined> =>
  (
    await rows(
      db,
      sql<BoardHead>`select now() as now, a.opens_at, a.due_at, a.closes_at, c.state = 'archived' as is_archived, ${totalsOf} as totals
        from ${placedExam} where e.id = ${exam_id}`,
    )
  )[0]

type Last = NonNullable<BoardLine['last']>
type Flat = Omit<BoardLine, 'last'> & Omit<Last, 'state'> & { superseded_at: string | null; bytes_deleted_at: string | null }

/** Every candidate with the file that counts. Walks one index entry for each: the counter names the last attempt. */
export const listBoard = (db: DbOrTx, exam_id: string): Promise<Flat[]> =>
  rows(
    db,
    sql<Flat>`select d.id as candidate_id, d.nickname, d.first_name, d.last_name, coalesce(k.attempts, 0) as uploads_used, s.id as submission_id,
        r.code as verification_code, s.attempt_number, s.submitted_at as handed_in_at, s.is_late, f.original_filename as filename, f.size_bytes,
        encode(f.sha256, 'hex') as sha256, f.superseded_at, f.bytes_deleted_at,
        (select max(o.issued_at) from receipts o where o.exam_id = e.id and o.candidate_id = d.id and o.submission_id is null and o.bytes_until > now()) as promised_at
      from exams e join candidates d on d.exam_id = e.id
        left join attempt_counters k on k.principal_id = d.id and k.assignment_question_id = e.assignment_question_id
        left join submissions s on s.principal_id = d.id and s.assignment_question_id = e.assignment_question_id and s.attempt_number = k.attempts
        left join submission_files f on f.submission_id = s.id
        left join receipts r on r.submission_id = s.id
      where e.id = ${exam_id} order by d.nickname, d.id`,
  )

/** What changes whenever the board does: entries of the log, candidates and their names, times, deletions. Cheap to ask for once a second. */
export const selectBoardMark = async (db: DbOrTx, exam_id: string): Promise<string | undefined> =>
  (
    await rows(
      db,
      sql<{ mark: string }>`select concat_ws(' ', l.seq, a.opens_at, a.due_at, a.closes_at, c.state,
          (select concat_ws(' ', count(*), sum(hashtextextended(concat_ws(chr(10), d.nickname, d.first_name, d.last_name), 0))) from candidates d where d.exam_id = e.id),
          (select count(*) from submissions s join submission_files f on f.submission_id = s.id and f.bytes_deleted_at is not null
            where s.assignment_question_id = e.assignment_question_id),
          (select count(*) from receipts r where r.exam_id = e.id and r.submission_id is null and r.bytes_until > now())) as mark
        from ${placedExam} join exam_logs l on l.exam_id = e.id where e.id = ${exam_id}`,
    )
  )[0]?.mark

/** The files that count, in order of nicknames, for an archive: whose bytes are still there. */
export interface ArchiveLine {
  nickname: string
  first_name: string
  last_name: string
  email: string | null
  object_key: string | null
  filename: string | null
  size_bytes: number | null
  sha256: string | null
  handed_in_at: string | null
  is_late: boolean | null
  uploads_used: number
  verification_code: string | null
  bytes_deleted_at: string | null
  upload_code: string
}
export const listArchive = (db: DbOrTx, exam_id: string): Promise<ArchiveLine[]> =>
  rows(
    db,
    sql<ArchiveLine>`select d.nickname, d.first_name, d.last_name, d.email, f.object_key, f.original_filename as filename, f.size_bytes,
        encode(f.sha256, 'hex') as sha256, s.submitted_at as handed_in_at, s.is_late, coalesce(k.attempts, 0) as uploads_used, r.code as verification_code,
        f.bytes_deleted_at, u.code as upload_code
      from exams e join candidates d on d.exam_id = e.id join upload_codes u on u.candidate_id = d.id and u.revoked_at is null
        left join attempt_counters k on k.principal_id = d.id and k.assignment_question_id = e.assignment_question_id
        left join submissions s on s.principal_id = d.id and s.assignment_question_id = e.assignment_question_id and s.attempt_number = k.attempts
        left join submission_files f on f.submission_id = s.id left join receipts r on r.submission_id = s.id
      where e.id = ${exam_id} order by d.nickname, d.id`,
  )
