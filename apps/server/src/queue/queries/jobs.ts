import { languages } from '@gradus/contract/words'
import { type RawBuilder, sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import type { JobSubject, LeaseKey, PutBack } from '../job.ts'
import { type JobState, machineMoves, sourcesOf, staffMoves, waiting } from '../states.ts'

const subject = sql`j.id as job_id, j.kind, j.subject_id, j.generation, j.share_id, j.principal_id, j.xqueue_id is not null as is_external`

const listed = (states: readonly JobState[]): RawBuilder<unknown> => sql.join(states.map((state) => sql.lit(state)))
const isLeaseOf = (key: LeaseKey): RawBuilder<boolean> =>
  sql<boolean>`j.id = ${key.job_id} and j.lease_generation = ${key.lease_generation} and j.lease_hash = ${key.lease_hash}`

/** Extends a live lease up to its hard cap and adds what has finished since; tells watchers. Undefined where the lease is not live. */
export const extendLease = async (
  db: DbOrTx,
  key: LeaseKey,
  finished: readonly { key: string; verdict: string }[],
  channel: string,
): Promise<{ lease_expires_at: string } | undefined> =>
  (
    await rows(
      db,
      sql<{ lease_expires_at: string }>`/* heartbeat */ with kept as (
          update grading_jobs j set finished = j.finished || news.added,
            lease_expires_at = least(j.hard_cap_at, now() + make_interval(secs => q.lease_seconds))
          from queues q, (
            -- Each test once, and never more than a job can have: a grader's word is untrusted.
            select k.id, coalesce(jsonb_agg(f) filter (where f is not null), '[]') as added
            from grading_jobs k left join jsonb_array_elements(${JSON.stringify(finished)}::jsonb) f
              on jsonb_array_length(k.finished) < 200 and not k.finished @> jsonb_build_array(jsonb_build_object('key', f -> 'key'))
            where k.id = ${key.job_id} group by k.id) news
          where ${isLeaseOf(key)} and j.status = 'pulled' and j.hard_cap_at > now() and q.name = j.queue and news.id = j.id
          returning j.subject_id, j.lease_expires_at),
        told as (select pg_notify(${channel}, subject_id::text) from kept where ${finished.length} > 0)
        select lease_expires_at, (select count(*) from told) from kept`,
    )
  )[0]

/** Retires a job under its live lease, or under one that ran out and was not given again. Undefined where it is neither. */
export const retireJob = async (tx: DbOrTx, key: LeaseKey, report_sha256: Buffer, reply: Buffer | null): Promise<JobSubject | undefined> =>
  (
    await rows(
      tx,
      sql<JobSubject>`/* retire_job */ update grading_jobs j
        set status = 'retired', status_at = now(), retired_at = now(), report_sha256 = ${report_sha256}, reply = ${reply}, lease_expires_at = null,
          failure = null, refusal = null
        where ${isLeaseOf(key)} and j.status in (${listed(sourcesOf(machineMoves, 'retired'))})
        returning ${subject}`,
    )
  )[0]

/** The hash of the report that retired a job under this very lease, if one did. */
export const selectOptionalReport = async (db: DbOrTx, key: LeaseKey): Promise<Buffer | undefined> =>
  (
    await rows(
      db,
      sql<{
        report_sha256: Buffer
      }>`select j.report_sha256 from grading_jobs j where ${isLeaseOf(key)} and j.status = 'retired' and j.report_sha256 is not null`,
    )
  )[0]?.report_sha256

/** Hands a leased job back as if it had not been taken: the try is given back and it keeps its place. */
export const handBack = async (db: DbOrTx, key: LeaseKey): Promise<(JobSubject & { needs: string }) | undefined> =>
  (
    await rows(
      db,
      sql<JobSubject & { needs: string }>`update grading_jobs j
        set status = 'pending', status_at = now(), tries = greatest(j.tries - 1, 0), lease_hash = null, lease_expires_at = null
        where ${isLeaseOf(key)} and j.status in (${listed(sourcesOf(machineMoves, 'pending'))})
        returning ${subject}, j.needs`,
    )
  )[0]

/**
 * Puts a job back after a try that failed: behind everyone and, for our own workers, after a pause that doubles (2 s, 4 s, ... 60 s); or out of
 * the queue when its tries are used up. `which` yields the id of at most one pulled job, locked. `keeps_hash` leaves the door open for
 * a late answer.
 */
export const putBack = async (tx: DbOrTx, which: RawBuilder<unknown>, failure: string, keeps_hash: boolean): Promise<PutBack | undefined> =>
  (
    await rows(
      tx,
      sql<PutBack>`with lost as (
          select j.id, j.queue, j.share_id, j.principal_id, j.tries >= q.max_tries as is_over
          from grading_jobs j join queues q on q.name = j.queue where j.id in (${which}) and j.status = 'pulled'),
        given_turn as (
          insert into queue_turns as t (queue, share_id, principal_id, turn)
          select queue, share_id, principal_id,
            1 + coalesce((select s.virtual_turn from queue_shares s where s.queue = lost.queue and s.share_id = lost.share_id), 0)
          from lost where not is_over
          on conflict (queue, share_id, principal_id) do update set turn = greatest(t.turn + 1, excluded.turn)
          returning turn)
        update grading_jobs j set status = case when lost.is_over then 'failed' else 'retry' end, status_at = now(),
          turn = coalesce((select turn from given_turn), j.turn), finished = '[]', refusal = null,
          failure = coalesce(j.refusal, case when j.xqueue_id is not null then 'The grader did not answer in time.' else ${failure} end),
          available_at = now() + case when j.xqueue_id is null then least(60, 2 ^ j.tries) else 0 end * interval '1 second',
          lease_hash = case when ${keeps_hash} and not lost.is_over then j.lease_hash end, lease_expires_at = null
        from lost where j.id = lost.id
        returning ${subject}, j.status, j.failure, j.tries`,
    )
  )[0]

/** The pulled job of a lease, locked. */
export const leasedJob = (key: LeaseKey) => sql`select j.id from grading_jobs j where ${isLeaseOf(key)} and j.status = 'pulled' for update`
/** The pulled job whose lease ran out longest ago, locked; other rescuers look past it. */
export const expiredJob = sql`select j.id from grading_jobs j where j.status = 'pulled' and j.lease_expires_at <= now()
  order by j.lease_expires_at limit 1 for update skip locked`

/** Puts the failed job of a subject back with all its tries. Undefined where it has none. */
export const requeueFailed = async (tx: DbOrTx, subject_id: string): Promise<(JobSubject & { needs: string; was: string | null }) | undefined> =>
  (
    await rows(
      tx,
      sql<JobSubject & { needs: string; was: string | null }>`
        with before as (select id, failure from grading_jobs where subject_id = ${subject_id} order by generation desc limit 1 for update)
        update grading_jobs j set status = 'pending', status_at = now(), tries = 0, available_at = now(), failure = null, refusal = null
        from before where j.id = before.id and j.status in (${listed(sourcesOf(staffMoves, 'pending'))})
        returning ${subject}, j.needs, before.failure as was`,
    )
  )[0]

export interface JobStanding {
  subject_id: string
  status: JobState
  needs: string
  /** Waits for external graders, who are not seen before they pull. */
  is_external: boolean
  finished: { key: string; verdict: string }[]
}

/** The newest job of each subject. */
export const listStandings = (db: DbOrTx, subject_ids: readonly string[]): Promise<JobStanding[]> =>
  rows(
    db,
    sql<JobStanding>`/* job_standings */ select distinct on (j.subject_id) j.subject_id, j.status, j.needs, j.xqueue_id is not null as is_external, j.finished
      from grading_jobs j where j.subject_id = any(${[...subject_ids]}::uuid[]) order by j.subject_id, j.generation desc`,
  )

/** Nobody needs to know how far beyond this the line goes. */
const LONGEST_COUNT = 1_000

/**
 * How many jobs will be taken before each of these, where it waits: those before it in its own share, and from every
 * other share as many again, because shares take turns. Counting stops where it cannot matter any more, and at 1,000 per
 * share: with 20,000 waiting in 20 courses 0.4 ms at the front of the line, 8 ms at its end, 28 ms for 100 anywhere in it
 * (bench/lease.ts). An estimate: workers differ in what they can run.
 */
export const listAhead = (db: DbOrTx, subject_ids: readonly string[]): Promise<{ subject_id: string; ahead: number }[]> =>
  rows(
    db,
    sql<{ subject_id: string; ahead: number }>`/* jobs_ahead */ with recursive mine as materialized (
        select j.subject_id, j.queue, j.share_id, own.before, coalesce(t.ticket, 0) as ticket
        from grading_jobs j left join queue_shares t on t.queue = j.queue and t.share_id = j.share_id,
          -- One range of the index per language, because the order of leasing is kept within each.
          lateral (select coalesce(sum(part.length), 0)::int as before from (values ${sql.join(languages.map((one) => sql`(${sql.lit(one)})`))}) l (needs),
            lateral (select count(*) as length from (
              select from grading_jobs w where w.queue = j.queue and w.share_id = j.share_id and w.needs = l.needs and w.xqueue_id is null and w.status in (${listed(waiting)})
                and (w.priority, w.turn, w.id) < (j.priority, j.turn, j.id) limit ${sql.lit(LONGEST_COUNT)}) counted) part) own
        where j.subject_id = any(${[...subject_ids]}::uuid[]) and j.xqueue_id is null and j.status in (${listed(waiting)})),
      shares as (
        (select queue, share_id from grading_jobs where xqueue_id is null and status in (${listed(waiting)}) order by queue, share_id limit 1)
        union all
        select next.queue, next.share_id from shares, lateral (
          select queue, share_id from grading_jobs
          where xqueue_id is null and status in (${listed(waiting)}) and (queue, share_id) > (shares.queue, shares.share_id) order by queue, share_id limit 1) next),
      lengths as materialized (
        select shares.queue, shares.share_id, line.length, coalesce(t.ticket, 0) as ticket
        from shares left join queue_shares t using (queue, share_id), lateral (select count(*)::int as length from (
          select from grading_jobs w where w.queue = shares.queue and w.share_id = shares.share_id and w.xqueue_id is null and w.status in (${listed(waiting)})
          limit (select max(before) + 1 from mine)) counted) line)
      select m.subject_id, (m.before + coalesce((
          select sum(least(l.length, m.before + case when l.ticket < m.ticket then 1 else 0 end))
          from lengths l where l.queue = m.queue and l.share_id <> m.share_id), 0))::int as ahead
      from mine m
      union all
      -- External graders are served in one line per queue.
      select j.subject_id, (select count(*) from (
          select from grading_jobs w where w.queue = j.queue and w.xqueue_id is not null and w.status in (${listed(waiting)})
            and (w.available_at, w.xqueue_id) < (j.available_at, j.xqueue_id) limit ${sql.lit(LONGEST_COUNT)}) before)::int
      from grading_jobs j
      where j.subject_id = any(${[...subject_ids]}::uuid[]) and j.xqueue_id is not null and j.status in (${listed(waiting)})`,
  )

/** Notes a grading machine, at most every 5 s or when it changed. */
export async function noteGrader(db: DbOrTx, grader: { name: string; slots: number; languages: string }): Promise<void> {
  await rows(
    db,
    sql`insert into graders_seen as g (name, slots, languages) values (${grader.name}, ${grader.slots}, ${grader.languages}::jsonb)
      on conflict (name) do update set slots = excluded.slots, languages = excluded.languages, last_seen_at = now()
      where g.last_seen_at < now() - interval '5 seconds' or g.languages <> excluded.languages or g.slots <> excluded.slots`,
  )
}

/** Forgets grading machines that have not been seen for `days`. */
export async function deleteOldGraders(db: DbOrTx, days: number): Promise<void> {
  await rows(db, sql`delete from graders_seen where last_seen_at < now() - make_interval(days => ${days})`)
}

/** Languages that a machine seen within `seconds` can run. */
export const listServed = async (db: DbOrTx, seconds: number): Promise<string[]> =>
  (
    await rows(
      db,
      sql<{ language: string }>`select distinct l.language from graders_seen g, jsonb_to_recordset(g.languages) as l(language text)
        where g.last_seen_at > now() - make_interval(secs => ${seconds})`,
    )
  ).map((row) => row.language)

export async function notify(db: DbOrTx, channel: string, payload: string): Promise<void> {
  await rows(db, sql`select pg_notify(${channel}, ${payload})`)
}

export async function deleteJobs(tx: DbOrTx, run_ids: readonly string[]): Promise<void> {
  await rows(tx, sql`delete from grading_jobs where kind = 'run' and subject_id = any(${[...run_ids]}::uuid[])`)
}
