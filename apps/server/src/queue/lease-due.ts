import { type RawBuilder, sql } from 'kysely'
import { PROGRESS_CHANNEL } from './channels.ts'
import { machineMoves, sourcesOf, supersedeMoves, waiting } from './states.ts'

const listed = (states: readonly string[]): RawBuilder<unknown> => sql.join(states.map((state) => sql.lit(state)))

/**
 * Common table expressions that lease the job of an external queue that has been due longest, where `is_allowed` holds: `leased`
 * then has one row or none. The lease has a fresh key and generation and counts one delivery; two graders never hold the same job.
 * What was put back is due later than what waited meanwhile, so one bad job delays nobody (xqueue.md section 6 rule 11).
 * External graders send no heartbeats: the lease is the queue's, and it is the hard cap.
 */
export const leasingDue = (of: { queue: string; lease_hash: Buffer; is_allowed: RawBuilder<unknown>; leased_by: RawBuilder<unknown> }) => sql`
  due as materialized (
    select id from grading_jobs
    where queue = ${of.queue}::text and xqueue_id is not null and status in (${listed(waiting)}) and available_at <= now() and ${of.is_allowed}
    order by available_at, xqueue_id limit 1 for update skip locked),
  leased as (
    update grading_jobs j set status = 'pulled', status_at = now(), tries = j.tries + 1, lease_generation = j.lease_generation + 1,
      lease_hash = ${of.lease_hash}::bytea, leased_by = ${of.leased_by}, leased_at = now(), finished = '[]', refusal = null,
      lease_expires_at = now() + make_interval(secs => q.lease_seconds), hard_cap_at = now() + make_interval(secs => q.lease_seconds)
    from due, queues q where j.id = due.id and q.name = ${of.queue}::text and q.is_enabled
    returning j.id as job_id, j.xqueue_id, j.kind, j.subject_id, j.principal_id, j.share_id, j.lease_generation),
  -- An LMS does not watch; learners here do. Transactions that notify commit one after the other, so the others do not.
  told as (select count(pg_notify(${sql.lit(PROGRESS_CHANNEL)}, subject_id::text)) as times from leased where kind <> 'lms')`

/**
 * The common table expression `retired`: ends the LMS job of this number under its live lease, or under one that ran out and was
 * not given again, where `is_allowed` holds. Nothing where it is neither.
 */
export const retiringLms = (of: {
  xqueue_id: number
  lease_generation: number
  lease_hash: Buffer
  report_sha256: Buffer
  reply: Buffer
  is_allowed: RawBuilder<unknown>
}) => sql`
  retired as (
    update grading_jobs j set status = 'retired', status_at = now(), retired_at = now(), report_sha256 = ${of.report_sha256}::bytea,
      reply = ${of.reply}::bytea, lease_expires_at = null, failure = null, refusal = null
    where j.xqueue_id = ${of.xqueue_id}::int and j.kind = 'lms' and j.lease_generation = ${of.lease_generation}::int and j.lease_hash = ${of.lease_hash}::bytea
      and j.status in (${listed(sourcesOf(machineMoves, 'retired'))}) and ${of.is_allowed}
    returning j.id as job_id, j.subject_id)`

/**
 * The common table expression `superseded`: ends the job of this queue which is not graded and has the same key, where `is_allowed` holds.
 * At most one has: an index sees to it. Queue and key are compared with values and not with what another part yields: a plan that was
 * made while the table was small would look through all of it for ever (bench/xqueue.ts: a fifth of the hand-ins).
 */
export const superseding = ({ queue, supersede_key, is_allowed }: { queue: string; supersede_key: Buffer; is_allowed: RawBuilder<unknown> }) => sql`
  superseded as (
    update grading_jobs j set status = 'retired', status_at = now(), retired_at = now(), lease_hash = null, lease_expires_at = null,
      failure = 'A later hand-in of the same learner took its place.'
    where j.queue = ${queue}::text and j.supersede_key = ${supersede_key}::bytea and j.status in (${listed(sourcesOf(supersedeMoves, 'retired'))})
      and ${is_allowed}
    returning j.subject_id)`
