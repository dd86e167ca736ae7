import { type RawBuilder, sql } from 'kysely'
import { type DbOrTx, rows } from '../db/database.ts'
import type { JobKind } from './job.ts'

/** The queue of our own workers. */
export const OWN_QUEUE = 'gradus'
/** The share of work that belongs to no course. */
export const NO_SHARE = '00000000-0000-0000-0000-000000000000'

/** One piece of work for a grader. */
export interface NewJob {
  id: string
  /** OWN_QUEUE, or one that external graders serve. */
  queue: string
  kind: JobKind
  /** What the job is about: the queue itself never looks at it. */
  subject_id: string
  /** The course whose turn it uses. */
  share_id: string
  /** Whose work it is. */
  principal_id: string
  /** The language a worker must have. */
  needs: string
  /** Time limits of the work added up, in milliseconds. */
  work_ms: number
  /** A later job with the same key in the same queue takes the place of this one; null for work that nothing replaces. */
  supersede_key?: Buffer | null
}

/**
 * Common table expressions that enqueue the one job, or none, that `source` yields, for statements that do more in the
 * same breath. `source` has the columns of NewJob; `enqueued` then holds `job_id`.
 * For our own workers the turn is the learner's last one in this share plus one, or where the share stands now (decision 0004).
 * A job for external graders has a number instead, and waits in the order of coming.
 */
export const enqueueing = (source: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  asked as (${source}),
  opened_share as (
    insert into queue_shares (queue, share_id) select queue, share_id from asked
    where queue = ${sql.lit(OWN_QUEUE)} and not exists (select from queue_shares s where s.queue = ${sql.lit(OWN_QUEUE)} and s.share_id = asked.share_id)
    on conflict do nothing),
  given_turn as (
    insert into queue_turns as t (queue, share_id, principal_id, turn)
    select queue, share_id, principal_id,
      1 + coalesce((select s.virtual_turn from queue_shares s where s.queue = ${sql.lit(OWN_QUEUE)} and s.share_id = asked.share_id), 0)
    from asked where queue = ${sql.lit(OWN_QUEUE)}
    on conflict (queue, share_id, principal_id) do update set turn = greatest(t.turn + 1, excluded.turn)
    returning turn),
  enqueued as (
    insert into grading_jobs (id, queue, kind, subject_id, share_id, principal_id, needs, work_ms, supersede_key, turn, xqueue_id)
    select id, queue, kind, subject_id, share_id, principal_id, needs, work_ms, supersede_key, coalesce((select turn from given_turn), 0),
      case when queue <> ${sql.lit(OWN_QUEUE)} then nextval('xqueue_ids') end
    from asked
    returning id as job_id)`

/** Puts a job into the queue in the caller's transaction: it exists exactly if the work it is about does. */
export async function enqueue(tx: DbOrTx, job: NewJob): Promise<void> {
  await rows(
    tx,
    sql`/* enqueue */ with ${enqueueing(sql`select ${job.id}::uuid as id, ${job.queue}::text as queue, ${job.kind}::text as kind, ${job.subject_id}::uuid as subject_id,
      ${job.share_id}::uuid as share_id, ${job.principal_id}::uuid as principal_id, ${job.needs}::text as needs, ${job.work_ms}::int as work_ms,
      ${job.supersede_key ?? null}::bytea as supersede_key`)}
    select job_id from enqueued`,
  )
}
