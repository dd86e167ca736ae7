import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { type DbOrTx, rows } from '../db/database.ts'
import { PROGRESS_CHANNEL } from './channels.ts'
import { OWN_QUEUE } from './enqueue.ts'
import { waiting } from './states.ts'

/** A job in a worker's hands. */
export interface Lease {
  job_id: string
  /** Proof of this lease; nobody else ever sees it, and the next lease of the job has another. */
  lease_token: string
  lease_seconds: number
  hard_cap_at: string
  kind: 'submission' | 'run'
  subject_id: string
  needs: string
}

/**
 * Beyond three times its work a job gets this much for compiling, for starting boxes and for the way (reliability rule 4
 * has the factor): a compiler may take 30 s by itself.
 */
const HARD_CAP_MARGIN_MS = 60_000

/** A token names its generation, so that one statement checks both: `<generation>.<32 random bytes>`. */
export const tokenOf = (lease_generation: number, secret: string): string => `${lease_generation}.${secret}`
export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** Taken apart; null where it cannot be one of ours. */
export function readToken(lease_token: string): { lease_generation: number; lease_hash: Buffer } | null {
  const match = /^([1-9]\d{0,8})\.([A-Za-z0-9_-]{43})$/.exec(lease_token)
  return match === null ? null : { lease_generation: Number(match[1]), lease_hash: hashSecret(match[2]!) }
}

/**
 * Leases up to `max_jobs` (at most 32) waiting jobs that this worker can do. Two workers never hold the same job; each
 * lease has a fresh token and generation and counts one try. Courses are served in turn, and within a course learners
 * are; between workers that lease at the same instant the order is kept up to the jobs they hold locked.
 */
export async function leaseJobs(
  db: DbOrTx,
  { worker, languages, max_jobs }: { worker: string; languages: readonly string[]; max_jobs: number },
): Promise<Lease[]> {
  const secrets = Array.from({ length: max_jobs }, () => randomBytes(32).toString('base64url'))
  const leased = await rows(db, leaseStatement({ worker, languages, max_jobs, hashes: secrets.map(hashSecret) }))
  return leased.map(({ n, lease_generation, ...lease }) => ({ ...lease, lease_token: tokenOf(lease_generation, secrets[n - 1]!) }))
}

/**
 * The hot statement, one round trip. `pairs` hops through the index from one (share, language) that has work to the next,
 * so its cost follows the courses that wait now, not all there ever were; each pair gives its first few jobs, these are
 * dealt out round by round in the order of the shares' tickets, and the first that no other worker holds are taken.
 *
 * With 200,000 retired and 20,000 waiting jobs in 20 of 2,000 courses (bench/lease.ts): finding the candidates this way
 * takes 0.23 ms, looking into every share 4.2 ms, numbering all that wait 16 ms; a whole lease with its commit 1.4 ms.
 */
export const leaseStatement = (of: { worker: string; languages: readonly string[]; max_jobs: number; hashes: Buffer[] }) => sql<
  Omit<Lease, 'lease_token'> & { n: number; lease_generation: number }
>`/* lease_jobs */
with recursive pairs as (
  (select share_id, needs from grading_jobs where ${isWaiting} order by share_id, needs limit 1)
  union all
  select next.share_id, next.needs from pairs, lateral (
    select share_id, needs from grading_jobs
    where ${isWaiting} and (share_id, needs) > (pairs.share_id, pairs.needs) order by share_id, needs limit 1) next),
first_ones as (
  select job.*, row_number() over (partition by job.share_id order by job.priority, job.turn, job.id) as round
  from pairs, lateral (
    select id, share_id, priority, turn from grading_jobs
    where ${isWaiting} and share_id = pairs.share_id and needs = pairs.needs and available_at <= now()
    order by priority, turn, id
    -- With few pairs each must offer more, or workers that ask at the same instant would find all offers locked.
    limit ${of.max_jobs}::int + case when (select count(*) from pairs) > 16 then 1 else 16 end) job
  where pairs.needs = any(${[...of.languages]}::text[])),
dealt as (
  select o.id, row_number() over (order by o.round, coalesce(s.ticket, 0), o.share_id) as place
  from first_ones o left join queue_shares s on s.queue = ${sql.lit(OWN_QUEUE)} and s.share_id = o.share_id
  order by place limit 64),
taken as (
  select j.id, j.share_id, j.turn, j.work_ms, dealt.place from dealt join grading_jobs j on j.id = dealt.id
  where ${isWaiting} order by dealt.place limit ${of.max_jobs}::int for update of j skip locked),
numbered as (select *, row_number() over (order by place) as n from taken),
leased as (
  update grading_jobs j set status = 'pulled', status_at = now(), tries = j.tries + 1,
    lease_generation = j.lease_generation + 1, lease_hash = (${of.hashes}::bytea[])[numbered.n],
    leased_by = ${of.worker}, leased_at = now(), finished = '[]',
    hard_cap_at = now() + cap.within,
    lease_expires_at = now() + least(cap.within, make_interval(secs => q.lease_seconds))
  from numbered, queues q,
    lateral (select (3 * numbered.work_ms + ${sql.lit(HARD_CAP_MARGIN_MS)}) * interval '1 millisecond' as within) cap
  where j.id = numbered.id and q.name = j.queue and q.is_enabled
  returning j.id as job_id, j.kind, j.subject_id, j.needs, j.lease_generation, j.hard_cap_at, q.lease_seconds, numbered.n::int as n),
-- Locked in one order: two workers never wait for each other's shares in a circle.
locked_shares as (
  select share_id from queue_shares where queue = ${sql.lit(OWN_QUEUE)} and share_id in (select share_id from numbered)
  order by share_id for update),
ticket as materialized (select 64 * nextval('queue_tickets') as base),
served as (
  update queue_shares s set ticket = ticket.base + last.n, virtual_turn = greatest(s.virtual_turn, last.turn)
  from (select share_id, max(n) as n, max(turn) as turn from numbered group by share_id) last, ticket
  where s.queue = ${sql.lit(OWN_QUEUE)} and s.share_id = last.share_id and s.share_id in (select share_id from locked_shares))
select leased.* from leased, (select count(pg_notify(${sql.lit(PROGRESS_CHANNEL)}, subject_id::text)) as times from leased) told
where told.times > 0 order by n`

// `xqueue_id is null` is in the index's predicate and true of every job in our own queue.
const isWaiting = sql`queue = ${sql.lit(OWN_QUEUE)} and xqueue_id is null and status in (${sql.join(waiting.map((state) => sql.lit(state)))})`
