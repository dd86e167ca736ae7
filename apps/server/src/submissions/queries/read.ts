import type { GradingState, Outcome, submittedFile, TestDetail } from '@gradus/contract/submissions'
import type { Language, Verdict } from '@gradus/contract/words'
import { type RawBuilder, sql } from 'kysely'
import type { z } from 'zod'
import { type DbOrTx, rows } from '../../db/database.ts'
import type { JobState } from '../../queue/states.ts'
import { statusOf } from '../state.ts'

export interface Head {
  id: string
  assignment_question_id: string
  attempt_number: number
  /** Null for a file. */
  language: Language | null
  /** Null for code. */
  file: z.input<typeof submittedFile> | null
  submitted_at: string
  is_late: boolean
  size_bytes: number
  /** Hexadecimal. */
  content_sha256: string
  client: string
  /** Null for a file: no machine grades it. */
  status: JobState | null
  is_voided: boolean
  verdict: Verdict | null
  points: number | null
  points_possible: number | null
}

/** A time inside of JSON in the form that times have everywhere else. */
const inJson = (column: string) => sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const head = sql`s.id, s.assignment_question_id, s.attempt_number, s.language, s.submitted_at, s.is_late,
  coalesce(octet_length(s.content), f.size_bytes) as size_bytes, case when f.submission_id is not null then json_build_object('filename', f.original_filename,
    'content_type', f.content_type, 'md5', encode(f.md5, 'hex'), 'superseded_at', ${inJson('f.superseded_at')},
    'bytes_deleted_at', ${inJson('f.bytes_deleted_at')}) end as file,
  encode(s.content_sha256, 'hex') as content_sha256, s.client, j.status, w.submission_id is not null as is_voided, r.verdict, r.points, r.points_possible`

const withStanding = sql`left join lateral (select status from grading_jobs where subject_id = s.id order by generation desc limit 1) j on true
  left join submission_files f on f.submission_id = s.id
  left join results r on r.submission_id = s.id and r.is_current
  left join submission_voids w on w.submission_id = s.id`

export const selectHead = async (db: DbOrTx, submission_id: string): Promise<Head> =>
  (await rows(db, sql<Head>`select ${head} from submissions s ${withStanding} where s.id = ${submission_id}`))[0]!

/** Attempts are often without limit: a list of all of them, each with up to 100 KB, could fill the server's memory. */
export const MOST_OWN = 200
export const MOST_OWN_BYTES = 2_097_152

/** A learner's attempts at a placed question, newest first, with the code; the oldest are left out where it gets too much. */
export const listOwn = (db: DbOrTx, principal_id: string, assignment_question_id: string): Promise<(Head & { content: Buffer | null })[]> =>
  rows(
    db,
    sql<Head & { content: Buffer | null }>`with own as (
        select s.id, sum(coalesce(octet_length(s.content), 0)) over (order by s.attempt_number desc) as bytes_so_far from submissions s
        where s.principal_id = ${principal_id} and s.assignment_question_id = ${assignment_question_id} order by s.attempt_number desc limit ${MOST_OWN})
      select ${head}, s.content from own join submissions s on s.id = own.id ${withStanding}
      where own.bytes_so_far <= ${MOST_OWN_BYTES} order by s.attempt_number desc`,
  )

export interface Whole extends Head {
  course_id: string
  question_title: string
  version_number: number
  learner: { id: string; display_name: string }
  content: Buffer | null
}

export const selectWhole = async (db: DbOrTx, submission_id: string): Promise<Whole> =>
  (
    await rows(
      db,
      sql<Whole>`select ${head}, s.content, s.course_id, v.title as question_title, v.number as version_number,
          json_build_object('id', s.principal_id, 'display_name', coalesce(u.display_name, 'A candidate')) as learner
        from submissions s join question_versions v on v.id = s.question_version_id left join users u on u.id = s.principal_id ${withStanding}
        where s.id = ${submission_id}`,
    )
  )[0]!

export const selectContent = (
  db: DbOrTx,
  submission_id: string,
): Promise<{ content: Buffer | null; language: string | null; attempt_number: number }> =>
  db.selectFrom('submissions').select(['content', 'language', 'attempt_number']).where('id', '=', submission_id).executeTakeFirstOrThrow()

export interface CourseFilter {
  course_id: string
  assignment_id?: string | undefined
  assignment_question_id?: string | undefined
  learner_id?: string | undefined
  state?: GradingState | undefined
  verdict?: Verdict | undefined
  search?: string | undefined
  /** The last submission of the page before. */
  after?: string | undefined
  limit: number
}
export interface CourseLine extends Head {
  question_title: string
  assignment_id: string
  assignment_title: string
  learner: { id: string; display_name: string; email: string }
}

/**
 * Hand-ins of a course, newest first. Walks the index on (course_id, submitted_at, id), so a page costs the same however
 * many came before. The page before ends at a row, not at a time: times in JSON have milliseconds, rows have microseconds.
 */
export function listOfCourse(db: DbOrTx, filter: CourseFilter): Promise<CourseLine[]> {
  // What guests practise is nobody's class work.
  const wanted: RawBuilder<unknown>[] = [sql`s.course_id = ${filter.course_id}`, sql`not exists (select from guests g where g.id = s.principal_id)`]
  if (filter.assignment_id !== undefined) wanted.push(sql`aq.assignment_id = ${filter.assignment_id}`)
  if (filter.assignment_question_id !== undefined) wanted.push(sql`s.assignment_question_id = ${filter.assignment_question_id}`)
  if (filter.learner_id !== undefined) wanted.push(sql`s.principal_id = ${filter.learner_id}`)
  if (filter.state !== undefined) wanted.push(sql`j.status is not distinct from ${statusOf(filter.state)}`)
  if (filter.verdict !== undefined) wanted.push(sql`r.verdict = ${filter.verdict}`)
  if (filter.search !== undefined && filter.search !== '') {
    const pattern = `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`
    wanted.push(sql`(u.display_name ilike ${pattern} or u.email ilike ${pattern} or v.title ilike ${pattern})`)
  }
  if (filter.after !== undefined) {
    wanted.push(
      sql`(s.submitted_at, s.id) < (select b.submitted_at, b.id from submissions b where b.id = ${filter.after} and b.course_id = ${filter.course_id})`,
    )
  }
  return rows(
    db,
    sql<CourseLine>`select ${head}, v.title as question_title, aq.assignment_id, st.title as assignment_title,
        json_build_object('id', s.principal_id, 'display_name', coalesce(u.display_name, 'A candidate'), 'email', coalesce(u.email, '')) as learner
      from submissions s join question_versions v on v.id = s.question_version_id join assignment_questions aq on aq.id = s.assignment_question_id
        join assignments a on a.id = aq.assignment_id join steps st on st.id = a.step_id left join users u on u.id = s.principal_id ${withStanding}
      where ${sql.join(wanted, sql` and `)} order by s.submitted_at desc, s.id desc limit ${filter.limit}`,
  )
}

export interface StoredOutcome extends Omit<Outcome, 'tests'> {
  submission_id: string
  tests: {
    key: string
    name: string
    is_hidden: boolean
    verdict: Verdict
    points: number
    worth: number
    time_ms: number | null
    memory_kb: number | null
    detail: TestDetail
  }[]
}

/** The current result of each of these submissions, with its tests in order. `worth` is what the version says, before an override. */
export const listOutcomes = (db: DbOrTx, submission_ids: readonly string[]): Promise<StoredOutcome[]> =>
  rows(
    db,
    sql<StoredOutcome>`select r.submission_id, r.verdict, r.points, r.points_possible, r.compile_output, r.sandbox, r.runtime, r.graded_at,
        (select json_agg(json_build_object('key', t.key, 'name', t.name, 'is_hidden', t.is_hidden, 'verdict', x.verdict, 'points', x.points,
            'worth', t.points, 'time_ms', x.time_ms, 'memory_kb', x.memory_kb, 'detail', x.detail) order by t.position)
          from test_results x join test_cases t on t.id = x.test_case_id
          where x.submission_id = r.submission_id and x.generation = r.generation) as tests
      from results r where r.submission_id = any(${[...submission_ids]}::uuid[]) and r.is_current`,
  )

/** The placed questions of a step, in order. */
export const listStepQuestions = async (db: DbOrTx, step_id: string): Promise<string[]> =>
  (
    await rows(
      db,
      sql<{ id: string }>`/* step_questions */ select aq.id from assignment_questions aq join assignments a on a.id = aq.assignment_id
        where a.step_id = ${step_id} order by aq.position`,
    )
  ).map(({ id }) => id)
