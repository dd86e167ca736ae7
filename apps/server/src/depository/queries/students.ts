import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { problem } from '../../http/problems.ts'

/** A candidate in the original's words. */
export interface StudentRow {
  id: string
  nickname: string
  first_name: string
  last_name: string
  email: string | null
  upload_code: string
  created_at: string
  uploads: number
  max_uploads: number | null
  last: { md5: string; size_bytes: number; verification_code: string; created_at: string } | null
}

const student = sql`select d.id, d.nickname, d.first_name, d.last_name, d.email, u.code as upload_code, d.created_at, coalesce(k.attempts, 0) as uploads,
    a.max_attempts as max_uploads,
    case when s.id is not null then json_build_object('md5', encode(f.md5, 'hex'), 'size_bytes', f.size_bytes, 'verification_code', r.code,
      'created_at', to_char(s.submitted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end as last
  from candidates d join exams e on e.id = d.exam_id join assignments a on a.id = e.assignment_id
    join upload_codes u on u.candidate_id = d.id and u.revoked_at is null
    left join attempt_counters k on k.principal_id = d.id and k.assignment_question_id = e.assignment_question_id
    left join submissions s on s.principal_id = d.id and s.assignment_question_id = e.assignment_question_id and s.attempt_number = k.attempts
    left join submission_files f on f.submission_id = s.id left join receipts r on r.submission_id = s.id`

export const listStudents = (db: DbOrTx, exam_id: string): Promise<StudentRow[]> =>
  rows(db, sql<StudentRow>`${student} where d.exam_id = ${exam_id} order by d.created_at, d.id`)

export const selectOptionalStudent = async (db: DbOrTx, exam_id: string, nickname: string): Promise<StudentRow | undefined> =>
  (await rows(db, sql<StudentRow>`${student} where d.exam_id = ${exam_id} and d.nickname = ${nickname}`))[0]

/** @throws problem hand_in_code_unknown where the candidate was removed meanwhile */
export async function selectStudent(db: DbOrTx, candidate_id: string): Promise<StudentRow> {
  const [row] = await rows(db, sql<StudentRow>`/* student */ ${student} where d.id = ${candidate_id}::uuid`)
  if (row === undefined) throw problem('hand_in_code_unknown')
  return row
}
