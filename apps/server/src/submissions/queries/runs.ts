import type { Outcome } from '@gradus/contract/submissions'
import type { Language } from '@gradus/contract/words'
import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { enqueueing, NO_SHARE, OWN_QUEUE } from '../../queue/enqueue.ts'

export type RunKind = 'visible_tests' | 'reference' | 'starter'

export interface RunRow {
  id: string
  kind: RunKind
  language: Language
  created_at: string
  outcome: Outcome | null
  finished_at: string | null
}
const columns = ['id', 'kind', 'language', 'created_at', 'outcome', 'finished_at'] as const

export interface NewRun {
  id: string
  job_id: string
  principal_id: string
  language: string
  content: Buffer
}

/**
 * A run of the visible tests and its job, on one of the learner's three places. No row where none is free or there is
 * nothing to run; `runs_waiting_place` is broken where two at the same instant chose the same place.
 */
export const insertRun = async (db: DbOrTx, run: NewRun & { assignment_question_id: string }): Promise<{ created_at: string } | undefined> =>
  (
    await rows(
      db,
      sql<{ created_at: string }>`/* run */ with placed as materialized (
          select aq.id, aq.question_version_id, v.content_sha256, m.course_id, coalesce(v.spec ->> 'queue', ${sql.lit(OWN_QUEUE)}) as queue,
            (select sum(t.time_ms)::int from test_cases t where t.question_version_id = v.id and not t.is_hidden) as work_ms
          from assignment_questions aq join question_versions v on v.id = aq.question_version_id join assignments a on a.id = aq.assignment_id
            join steps st on st.id = a.step_id join modules m on m.id = st.module_id
          where aq.id = ${run.assignment_question_id}::uuid),
        started as (
          insert into runs (id, principal_id, kind, question_version_id, assignment_question_id, course_id, version_sha256, language, content, place)
          select ${run.id}::uuid, ${run.principal_id}::uuid, 'visible_tests', placed.question_version_id, placed.id, placed.course_id,
            placed.content_sha256, ${run.language}::text, ${run.content}::bytea, free.place
          from placed, (select place from generate_series(1, 3) place
            where not exists (select from runs r where r.principal_id = ${run.principal_id}::uuid and r.place = place.place and r.finished_at is null)
            order by place limit 1) free
          where placed.work_ms is not null
          returning id, principal_id, course_id, language, created_at),
        ${enqueueing(sql`select ${run.job_id}::uuid as id, placed.queue, 'run' as kind, started.id as subject_id, started.course_id as share_id,
          started.principal_id, started.language as needs, placed.work_ms, null::bytea as supersede_key from started, placed`)}
        select started.created_at from started, enqueued`,
    )
  )[0]

/** What a run of the visible tests would be decided by. */
export const selectOptionalRunFacts = async (
  db: DbOrTx,
  assignment_question_id: string,
  language: string,
): Promise<{ now: string; opens_at: string | null; is_archived: boolean; is_language_offered: boolean; has_visible_tests: boolean } | undefined> =>
  (
    await rows(
      db,
      sql<{ now: string; opens_at: string | null; is_archived: boolean; is_language_offered: boolean; has_visible_tests: boolean }>`
        select now() as now, a.opens_at, c.state = 'archived' as is_archived,
          v.spec -> 'languages' ? ${language}::text and coalesce(aq.config -> 'allowed_languages' ? ${language}::text, true) as is_language_offered,
          exists (select from test_cases t where t.question_version_id = v.id and not t.is_hidden) as has_visible_tests
        from assignment_questions aq join assignments a on a.id = aq.assignment_id join steps st on st.id = a.step_id
          join modules m on m.id = st.module_id join courses c on c.id = m.course_id join question_versions v on v.id = aq.question_version_id
        where aq.id = ${assignment_question_id}`,
    )
  )[0]

/** A teacher's try of one language of a draft, and its job in the share of work that belongs to no course. */
export async function insertTrial(
  tx: DbOrTx,
  run: NewRun & { kind: 'reference' | 'starter'; question_version_id: string; version_sha256: Buffer; work_ms: number; queue: string },
): Promise<void> {
  await rows(
    tx,
    sql`with started as (
        insert into runs (id, principal_id, kind, question_version_id, version_sha256, language, content)
        values (${run.id}, ${run.principal_id}, ${run.kind}, ${run.question_version_id}, ${run.version_sha256}, ${run.language}, ${run.content})
        returning id, principal_id, language),
      ${enqueueing(sql`select ${run.job_id}::uuid as id, ${run.queue}::text as queue, 'run' as kind, started.id as subject_id, ${NO_SHARE}::uuid as share_id,
        started.principal_id, started.language as needs, ${run.work_ms}::int as work_ms, null::bytea as supersede_key from started`)}
      select job_id from enqueued`,
  )
}

/** Tries of one draft go one after the other. */
export async function lockTrials(tx: DbOrTx, question_id: string): Promise<void> {
  await rows(tx, sql`select pg_advisory_xact_lock(hashtextextended('try ' || ${question_id}::text, 0))`)
}

/** The newest try of each language and kind that ran exactly this content. */
export const listTrials = (db: DbOrTx, question_version_id: string, version_sha256: Buffer): Promise<RunRow[]> =>
  rows(
    db,
    sql<RunRow>`select distinct on (language, kind) id, kind, language, created_at, outcome, finished_at from runs
      where question_version_id = ${question_version_id} and version_sha256 = ${version_sha256} and kind in ('reference', 'starter')
      order by language, kind, created_at desc, id desc`,
  )

export const selectOptionalRun = (db: DbOrTx, run_id: string): Promise<RunRow | undefined> =>
  db.selectFrom('runs').select(columns).where('id', '=', run_id).$castTo<RunRow>().executeTakeFirst()

export const listRuns = (db: DbOrTx, run_ids: readonly string[]): Promise<RunRow[]> =>
  db.selectFrom('runs').select(columns).where('id', 'in', run_ids).$castTo<RunRow>().execute()

/** Ends a run, with its outcome or, where grading failed, without. */
export async function finishRun(tx: DbOrTx, run_id: string, outcome: Outcome | null): Promise<void> {
  await tx
    .updateTable('runs')
    .set({ outcome: outcome === null ? null : JSON.stringify(outcome), finished_at: sql<string>`now()` })
    .where('id', '=', run_id)
    .where('finished_at', 'is', null)
    .execute()
}

export async function deleteRun(tx: DbOrTx, run_id: string): Promise<void> {
  await tx.deleteFrom('runs').where('id', '=', run_id).execute()
}

/** Deletes runs that finished more than `days` ago, a bounded number at once. */
export const deleteOldRuns = async (tx: DbOrTx, days: number, most: number): Promise<string[]> =>
  (
    await rows(
      tx,
      sql<{ id: string }>`delete from runs where id in (
          select id from runs where finished_at < now() - make_interval(days => ${days}) order by finished_at limit ${most} for update skip locked)
        returning id`,
    )
  ).map((row) => row.id)
