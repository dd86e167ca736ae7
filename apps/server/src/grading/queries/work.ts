import type { QuestionSpec } from '@gradus/contract/questions'
import { type RawBuilder, sql } from 'kysely'
import type { TestRow } from '../../courses/content.ts'
import { type DbOrTx, rows } from '../../db/database.ts'

/** What a job is about: the code and the version it is graded by. */
export interface Work {
  subject_id: string
  language: string
  content: Buffer
  kind: QuestionSpec['kind']
  spec: Record<string, unknown> & { languages: Record<string, Record<string, unknown>> }
  /** In order; only those the job is to run. */
  tests: (TestRow & { id: string })[]
  /** A run of a draft whose content is another one by now. */
  is_stale: boolean
}

const tests = (only_visible: RawBuilder<unknown>) => sql`(
  select json_agg(json_build_object('id', t.id, 'key', t.key, 'name', t.name, 'points', t.points, 'is_hidden', t.is_hidden, 'time_ms', t.time_ms,
    'memory_mb', t.memory_mb, 'output_kb', t.output_kb, 'input', t.input, 'expected', t.expected) order by t.position)
  from test_cases t where t.question_version_id = v.id and not (t.is_hidden and ${only_visible}))`

/** The work of some jobs, in one statement; a subject that is gone is missing. A learner's run has the visible tests only. */
export const listWork = (db: DbOrTx, subject_ids: readonly string[]): Promise<Work[]> =>
  rows(
    db,
    sql<Work>`/* list_work */
      select s.id as subject_id, s.language, s.content, v.kind, v.spec, ${tests(sql`false`)} as tests, false as is_stale
      from submissions s join question_versions v on v.id = s.question_version_id
      where s.id = any(${[...subject_ids]}::uuid[])
      union all
      select r.id, r.language, r.content, v.kind, v.spec, coalesce(${tests(sql`r.kind = 'visible_tests'`)}, '[]'), r.version_sha256 <> v.content_sha256
      from runs r join question_versions v on v.id = r.question_version_id
      where r.id = any(${[...subject_ids]}::uuid[])`,
  )

/** What a result is held against. */
export interface Measure {
  /** The database's clock. */
  now: string
  tests: { id: string; key: string; name: string; points: number; is_hidden: boolean }[]
  points_override: number | null
  /** Whose score it moves; null for a run. */
  place: { principal_id: string; assignment_question_id: string } | null
  is_stale: boolean
}

const measures = (only_visible: RawBuilder<unknown>) => sql`coalesce((
  select json_agg(json_build_object('id', t.id, 'key', t.key, 'name', t.name, 'points', t.points, 'is_hidden', t.is_hidden) order by t.position)
  from test_cases t where t.question_version_id = v.id and not (t.is_hidden and ${only_visible})), '[]')`

/** The tests a job was to run, in order, and what they are worth. Undefined where its subject is gone. */
export const selectOptionalMeasure = async (db: DbOrTx, kind: 'submission' | 'run', subject_id: string): Promise<Measure | undefined> =>
  (
    await rows(
      db,
      kind === 'submission'
        ? sql<Measure>`/* measure_submission */ select now() as now, ${measures(sql`false`)} as tests, aq.points_override, false as is_stale,
            json_build_object('principal_id', s.principal_id, 'assignment_question_id', s.assignment_question_id) as place
          from submissions s join question_versions v on v.id = s.question_version_id join assignment_questions aq on aq.id = s.assignment_question_id
          where s.id = ${subject_id}
          -- Until the result is written: a guest's hand-in does not become a user's in between (submissions/adopt.ts).
          for key share of s`
        : sql<Measure>`/* measure_run */ select now() as now, ${measures(sql`r.kind = 'visible_tests'`)} as tests, aq.points_override, null as place,
            r.version_sha256 <> v.content_sha256 as is_stale
          from runs r join question_versions v on v.id = r.question_version_id left join assignment_questions aq on aq.id = r.assignment_question_id
          where r.id = ${subject_id}`,
    )
  )[0]
