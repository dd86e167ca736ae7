import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'

export interface DueFile {
  submission_id: string
  exam_id: string
  course_id: string
  is_superseded: boolean
}

/** Files whose time is over at `now`, and superseded ones that a legal hold kept. Nothing of an exam that is held. */
export const listDueFiles = (db: DbOrTx, now: string, limit: number): Promise<DueFile[]> =>
  rows(
    db,
    sql<DueFile>`select f.submission_id, e.id as exam_id, s.course_id, f.superseded_at is not null as is_superseded
      from submission_files f join submissions s on s.id = f.submission_id join exams e on e.assignment_question_id = s.assignment_question_id
      where f.bytes_deleted_at is null and e.legal_hold_reason is null
        and (f.superseded_at is not null or s.submitted_at + make_interval(secs => e.retention_seconds) <= ${now}::timestamptz)
      order by e.id, s.submitted_at limit ${limit}`,
  )

export interface DueWarning {
  exam_id: string
  course_id: string
  next_deletion_at: string
  file_count: number
}

/** Exams of which bytes are deleted within a day of `now`, unless that was told within the last day. */
export const listDueWarnings = (db: DbOrTx, now: string): Promise<DueWarning[]> =>
  rows(
    db,
    sql<DueWarning>`select e.id as exam_id, s.course_id, min(s.submitted_at) + make_interval(secs => e.retention_seconds) as next_deletion_at,
        count(*)::int as file_count
      from submission_files f join submissions s on s.id = f.submission_id join exams e on e.assignment_question_id = s.assignment_question_id
      where f.bytes_deleted_at is null and f.superseded_at is null and e.legal_hold_reason is null
        and s.submitted_at + make_interval(secs => e.retention_seconds) <= ${now}::timestamptz + interval '1 day'
        and coalesce(e.deletion_warned_at <= ${now}::timestamptz - interval '1 day', true)
      group by e.id, s.course_id`,
  )

export const selectNow = async (db: DbOrTx): Promise<string> => (await rows(db, sql<{ now: string }>`select now() as now`))[0]!.now
