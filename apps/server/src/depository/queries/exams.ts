import { type RawBuilder, sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { problem } from '../../http/problems.ts'

export interface ExamTotals {
  candidate_count: number
  handed_in_count: number
  upload_count: number
  open_promise_count: number
  kept_bytes: number
}

export interface ExamRow {
  id: string
  course_id: string
  course_title: string
  step_id: string
  assignment_id: string
  assignment_question_id: string
  title: string
  instructions_markdown: string
  time_zone: string
  opens_at: string | null
  due_at: string | null
  closes_at: string | null
  is_archived: boolean
  now: string
  max_uploads: number | null
  max_bytes: number
  allowed_types: string[]
  retention_seconds: number
  hash_first_grace_seconds: number
  legal_hold_reason: string | null
  is_default: boolean
  created_at: string
  totals: ExamTotals
  next_deletion_at: string | null
  file_count_within_a_day: number
  deletion_warned_at: string | null
  role: string | null
}

/** An exam, its assignment, its question's pinned version and its course. */
export const placedExam = sql`exams e join assignments a on a.id = e.assignment_id join steps st on st.id = a.step_id
  join modules m on m.id = st.module_id join courses c on c.id = m.course_id
  join assignment_questions aq on aq.id = e.assignment_question_id join question_versions v on v.id = aq.question_version_id`

/** The counts of one exam, as JSON. Counters and not hand-ins are counted: one row for each candidate. */
export const totalsOf = sql`(select json_build_object('candidate_count', count(*), 'handed_in_count', count(*) filter (where k.attempts > 0),
    'upload_count', coalesce(sum(k.attempts), 0),
    'open_promise_count', (select count(*) from receipts r where r.exam_id = e.id and r.submission_id is null and r.bytes_until > now()),
    'kept_bytes', coalesce((select sum(f.size_bytes) from submissions s join submission_files f on f.submission_id = s.id and f.bytes_deleted_at is null
      where s.assignment_question_id = e.assignment_question_id), 0))
  from candidates d left join attempt_counters k on k.principal_id = d.id and k.assignment_question_id = e.assignment_question_id
  where d.exam_id = e.id)`

const columns = sql`e.id, c.id as course_id, c.title as course_title, st.id as step_id, a.id as assignment_id, aq.id as assignment_question_id, st.title,
  a.instructions_markdown, c.time_zone, a.opens_at, a.due_at, a.closes_at, c.state = 'archived' as is_archived, now() as now, a.max_attempts as max_uploads,
  (v.spec ->> 'max_bytes')::bigint as max_bytes, v.spec -> 'allowed_types' as allowed_types, e.retention_seconds, e.hash_first_grace_seconds,
  e.legal_hold_reason, e.is_default, e.created_at, ${totalsOf} as totals, e.deletion_warned_at, due.next_deletion_at, coalesce(due.within_a_day, 0)::int as file_count_within_a_day`

const whole = (principal_id: string | null, where: RawBuilder<unknown>, order = sql``) => sql<ExamRow>`select ${columns}, n.role
  from ${placedExam} left join enrolments n on n.course_id = c.id and n.user_id = ${principal_id}::uuid and n.state = 'active'
    left join lateral (select min(s.submitted_at) + make_interval(secs => e.retention_seconds) as next_deletion_at,
        count(*) filter (where s.submitted_at + make_interval(secs => e.retention_seconds) <= now() + interval '1 day') as within_a_day
      from submissions s join submission_files f on f.submission_id = s.id and f.bytes_deleted_at is null
      where s.assignment_question_id = aq.id and e.legal_hold_reason is null) due on true
  where ${where} ${order}`

/** An exam whole, with the caller's role in its course. @throws problem not_found */
export async function selectExam(db: DbOrTx, exam_id: string, principal_id: string | null): Promise<ExamRow> {
  const [row] = await rows(db, whole(principal_id, sql`e.id = ${exam_id}`))
  if (row === undefined) throw problem('not_found')
  return row
}

/** Exams, newest first: all, or those of courses where the caller has one of these roles. */
export const listExams = (db: DbOrTx, principal_id: string, roles: readonly string[] | 'all'): Promise<ExamRow[]> =>
  rows(
    db,
    whole(principal_id, roles === 'all' ? sql`true` : sql`n.role = any(${[...roles]}::text[])`, sql`order by e.created_at desc, e.id desc limit 500`),
  )

export async function insertExam(
  tx: DbOrTx,
  row: {
    id: string
    assignment_id: string
    assignment_question_id: string
    retention_seconds: number
    hash_first_grace_seconds: number
    is_default: boolean
    created_by: string | null
  },
): Promise<void> {
  await tx.insertInto('exams').values(row).execute()
}

export interface ExamFields {
  retention_seconds: number
  hash_first_grace_seconds: number
  legal_hold_reason: string | null
}

/** Held while an exam's settings change, and while retention decides about its files. */
export const lockExam = (tx: DbOrTx, exam_id: string): Promise<ExamFields> =>
  tx
    .selectFrom('exams')
    .select(['retention_seconds', 'hash_first_grace_seconds', 'legal_hold_reason'])
    .where('id', '=', exam_id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow(() => problem('not_found'))

/** Whether nothing of an exam may be deleted; it stays so until the transaction ends. Uploads do not wait for each other here. */
export const lockHold = async (tx: DbOrTx, exam_id: string): Promise<boolean> =>
  (await tx.selectFrom('exams').select('legal_hold_reason').where('id', '=', exam_id).forShare().executeTakeFirstOrThrow()).legal_hold_reason !== null

export async function updateExam(tx: DbOrTx, exam_id: string, set: Partial<ExamFields & { deletion_warned_at: string }>): Promise<void> {
  await tx.updateTable('exams').set(set).where('id', '=', exam_id).execute()
}

export const selectOptionalDefault = (db: DbOrTx): Promise<{ id: string } | undefined> =>
  db.selectFrom('exams').select('id').where('is_default', '=', true).executeTakeFirst()

/** The default exam is made once, by whichever request needs it first. */
export async function lockDefault(tx: DbOrTx): Promise<void> {
  await rows(tx, sql`select pg_advisory_xact_lock(hashtext('gradus default exam'))`)
}
