import type { TestDetail } from '@gradus/contract/submissions'
import type { Verdict } from '@gradus/contract/words'
import type { GradedAttempt } from '@gradus/problem/score'
import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import type { ScoreEvent } from '../fold.ts'

/** A learner and a placed question: what a score belongs to. */
export interface Place {
  principal_id: string
  assignment_question_id: string
}

export interface NewResult {
  submission_id: string
  generation: number
  verdict: Verdict
  points: number
  points_possible: number
  compile_output: string
  sandbox: string
  runtime: string
  tests: { test_case_id: string; verdict: Verdict; points: number; time_ms: number | null; memory_kb: number | null; detail: TestDetail }[]
}

/** The result of one grading becomes the current one; the one before, of a lower generation, stays as history. */
export async function insertResult(tx: DbOrTx, { tests, ...result }: NewResult): Promise<void> {
  // A statement of its own: the unique index on the current one is checked row by row.
  if (result.generation > 1) await rows(tx, sql`update results set is_current = false where submission_id = ${result.submission_id} and is_current`)
  await rows(
    tx,
    sql`/* result */ with result as (
        insert into results (submission_id, generation, is_current, verdict, points, points_possible, compile_output, sandbox, runtime)
        values (${result.submission_id}::uuid, ${result.generation}::int, true, ${result.verdict}::text, ${result.points}::numeric, ${result.points_possible}::numeric,
          ${result.compile_output}::text, ${result.sandbox}::text, ${result.runtime}::text)
        returning submission_id, generation)
      insert into test_results (submission_id, generation, test_case_id, verdict, points, time_ms, memory_kb, detail)
      select result.submission_id, result.generation, t.test_case_id, t.verdict, t.points, t.time_ms, t.memory_kb, t.detail
      from result, jsonb_to_recordset(${JSON.stringify(tests)}::jsonb)
        as t(test_case_id uuid, verdict text, points numeric, time_ms int, memory_kb int, detail jsonb)`,
  )
}

/** Scores of one learner and question are folded one after the other; submitting waits for the same row, for as short. */
export async function lockPlace(tx: DbOrTx, place: Place): Promise<void> {
  await rows(
    tx,
    sql`/* lock_place */ select from attempt_counters
      where principal_id = ${place.principal_id} and assignment_question_id = ${place.assignment_question_id} for no key update`,
  )
}

export interface NewScoreEvent extends Place {
  id: string
  submission_id: string
  source: ScoreEvent['source']
  generation: number | null
  points: number
  points_possible: number
  reason: string
  caused_by: string | null
}

/** Stamped when it is written, not when its transaction began: the caller holds the lock, so events are in the order of their times. */
export async function insertScoreEvent(tx: DbOrTx, event: NewScoreEvent): Promise<void> {
  await tx
    .insertInto('score_events')
    .values({ ...event, created_at: sql<string>`clock_timestamp()` })
    .execute()
}

/** Everything that moved the score of a learner and a question, in order. */
export const listScoreEvents = (tx: DbOrTx, place: Place): Promise<ScoreEvent[]> =>
  rows(
    tx,
    sql<ScoreEvent>`/* score_events */ select e.submission_id, s.attempt_number, e.source, e.points, e.points_possible
      from score_events e join submissions s on s.id = e.submission_id
      where e.principal_id = ${place.principal_id} and e.assignment_question_id = ${place.assignment_question_id} order by e.created_at, e.id`,
  )

export const selectPolicy = async (tx: DbOrTx, assignment_question_id: string): Promise<GradedAttempt> =>
  (
    await rows(
      tx,
      sql<{
        graded_attempt: GradedAttempt
      }>`/* policy */ select a.graded_attempt from assignment_questions aq join assignments a on a.id = aq.assignment_id
        where aq.id = ${assignment_question_id}`,
    )
  )[0]!.graded_attempt

export interface Score {
  submission_id: string
  points: number
  points_possible: number
}

/** Sets the cached score, or takes it away where nothing counts. True where that changed something. */
export async function putScore(tx: DbOrTx, place: Place, score: Score | null): Promise<boolean> {
  const changed =
    score === null
      ? await rows(
          tx,
          sql`delete from scores where principal_id = ${place.principal_id} and assignment_question_id = ${place.assignment_question_id} returning 1`,
        )
      : await rows(
          tx,
          sql`/* put_score */ insert into scores as s (principal_id, assignment_question_id, submission_id, points, points_possible)
            values (${place.principal_id}, ${place.assignment_question_id}, ${score.submission_id}, ${score.points}, ${score.points_possible})
            on conflict (principal_id, assignment_question_id) do update
              set submission_id = excluded.submission_id, points = excluded.points, points_possible = excluded.points_possible, updated_at = now()
              where (s.submission_id, s.points, s.points_possible) is distinct from (excluded.submission_id, excluded.points, excluded.points_possible)
            returning 1`,
        )
  return changed.length > 0
}

/** Where a learner stands with the step that a placed question is in: what progress is told. */
export const selectStepStanding = async (
  tx: DbOrTx,
  { principal_id, assignment_question_id }: Place,
): Promise<{ step_id: string; course_id: string; ratio: number | null; is_completed: boolean }> =>
  (
    await rows(
      tx,
      sql<{ step_id: string; course_id: string; ratio: number | null; is_completed: boolean }>`/* step_standing */
        select a.step_id, m.course_id, -- A file is for a person to mark: until one has, handing it in is what there is to do.
          bool_and(coalesce(one.ratio >= a.completion_ratio, one.is_filed)) as is_completed,
          -- Nothing graded is no score; a step worth nothing is worth what its questions were judged to be.
          case when count(one.ratio) > 0 then coalesce(sum(coalesce(one.ratio, 0) * one.possible) / nullif(sum(one.possible), 0), avg(coalesce(one.ratio, 0))) end::float8 as ratio
        from assignment_questions here join assignments a on a.id = here.assignment_id join steps s on s.id = a.step_id
          join modules m on m.id = s.module_id join assignment_questions aq on aq.assignment_id = a.id
          join question_versions v on v.id = aq.question_version_id left join scores sc on sc.assignment_question_id = aq.id and sc.principal_id = ${principal_id}
          cross join lateral (select
            case when sc.points is null then null when sc.points_possible = 0 then 1 else greatest(0, least(1, sc.points / sc.points_possible)) end as ratio,
            v.kind = 'file' and exists (select from attempt_counters k
              where k.assignment_question_id = aq.id and k.principal_id = ${principal_id} and k.attempts > 0) as is_filed,
            coalesce(sc.points_possible, aq.points_override, (select sum(t.points) from test_cases t where t.question_version_id = aq.question_version_id), 0) as possible) one
        where here.id = ${assignment_question_id} group by a.id, m.course_id`,
    )
  )[0]!

/** Every learner and question with score events or a score, of one assignment or of all, after `last` in order. */
export const listPlaces = (db: DbOrTx, assignment_id: string | null, last: Place | null, limit: number): Promise<Place[]> =>
  rows(
    db,
    sql<Place>`select p.principal_id, p.assignment_question_id from (
        select principal_id, assignment_question_id from score_events union select principal_id, assignment_question_id from scores) p
      where (${assignment_id}::uuid is null or p.assignment_question_id in (select id from assignment_questions where assignment_id = ${assignment_id}::uuid))
        and (${last?.principal_id ?? null}::uuid is null
          or (p.principal_id, p.assignment_question_id) > (${last?.principal_id ?? null}::uuid, ${last?.assignment_question_id ?? null}::uuid))
      order by p.principal_id, p.assignment_question_id limit ${limit}`,
  )

/** Gives the attempt of a submission back, once. True where it had not been given back before. */
export async function forgive(tx: DbOrTx, submission_id: string): Promise<boolean> {
  const given = await rows(
    tx,
    sql`with forgiven as (
        insert into forgiven_attempts (submission_id) values (${submission_id}) on conflict do nothing returning submission_id)
      update attempt_counters k set forgiven = k.forgiven + 1
      from forgiven f join submissions s on s.id = f.submission_id
      where k.principal_id = s.principal_id and k.assignment_question_id = s.assignment_question_id
      returning 1`,
  )
  return given.length > 0
}
