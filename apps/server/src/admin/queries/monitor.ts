import type { Job, JobState, QueueDepth } from '@gradus/contract/queues'
import { type RawBuilder, sql } from 'kysely'
import { type Db, rows } from '../../db/database.ts'

/**
 * Every queue with its depth, age and rate, in one statement. What waits, is held and has failed comes from partial indexes, and the
 * rate from the last half hour of one, so that its cost does not grow with history.
 */
export const listDepths = (db: Db): Promise<(QueueDepth & { now: string })[]> =>
  rows(
    db,
    sql<QueueDepth & { now: string }>`/* queue_depths */
      -- Once for all queues: the last half hour is looked through every second while somebody watches.
      with done as materialized (
        select j.queue, floor(extract(epoch from j.retired_at - (now() - interval '30 minutes')) / 60)::int as minute, count(*)::int as count
        from grading_jobs j where j.status = 'retired' and j.retired_at > now() - interval '30 minutes' group by 1, 2)
      select now() as now, q.name, q.is_external, q.is_enabled, q.lease_seconds, q.max_tries as max_deliveries, q.created_at,
        coalesce(open.pending, 0) as pending, coalesce(open.pulled, 0) as pulled, coalesce(open.retry, 0) as retry, coalesce(open.failed, 0) as failed,
        coalesce(lost.undelivered, 0) as undelivered, open.oldest_waiting_seconds, rate.retired_per_minute,
        coalesce((select array_agg(a.username order by a.username) from grader_account_queues g join grader_accounts a on a.id = g.grader_account_id
          where g.queue = q.name and a.disabled_at is null), '{}') as graders
      from queues q
      left join (
        select j.queue, count(*) filter (where j.status = 'pending')::int as pending, count(*) filter (where j.status = 'pulled')::int as pulled,
          count(*) filter (where j.status = 'retry')::int as retry, count(*) filter (where j.status = 'failed')::int as failed,
          extract(epoch from now() - min(greatest(j.status_at, j.available_at)) filter (where j.status in ('pending', 'retry') and j.available_at <= now()))::float8
            as oldest_waiting_seconds
        from (select queue, status, status_at, available_at from grading_jobs where status in ('pending', 'retry') and xqueue_id is null
          union all select queue, status, status_at, available_at from grading_jobs where status in ('pending', 'retry') and xqueue_id is not null
          union all select queue, status, status_at, available_at from grading_jobs where status = 'pulled'
          -- A trial run that failed has ended: nobody can do anything about it.
          union all select queue, status, status_at, available_at from grading_jobs where status = 'failed' and kind <> 'run') j
        group by j.queue) open on open.queue = q.name
      left join (
        select l.queue, count(*)::int as undelivered from callbacks c join lms_submissions l on l.id = c.subject_id
        where c.state = 'failed' and not c.is_notice group by l.queue) lost on lost.queue = q.name
      cross join lateral (
        select array_agg(coalesce(d.count, 0) order by m.minute) as retired_per_minute
        from generate_series(0, 29) m (minute) left join done d on d.queue = q.name and d.minute = m.minute) rate
      order by q.is_external desc, q.name`,
  )

export interface JobFilter {
  state?: JobState | undefined
  queue?: string | undefined
  kind?: Job['kind'] | undefined
  undelivered?: 'yes' | undefined
  deliveries_min?: number | undefined
  since?: string | undefined
  until?: string | undefined
  search?: string | undefined
  /** Of the pull key that `search` may be. */
  key_sha256: Buffer | null
  /** The last id of the page before. */
  before?: string | undefined
  limit: number
}

const jobColumns = sql`j.id, j.xqueue_id, j.kind, j.queue, j.status as state, j.tries as deliveries, q.max_tries as max_deliveries, j.leased_by,
  case when j.status = 'pulled' then j.lease_expires_at end as lease_expires_at, j.failure, j.status_at as state_changed_at, j.created_at,
  coalesce(l.student_ref, u.display_name, '') as student, coalesce(nullif(l.course_ref, ''), c.title, '') as course,
  coalesce(nullif(l.item_ref, ''), v.title, '') as item, coalesce(l.grader_ref, '') as grader_file`

/** A job with who, where and what: a learner's work here, or what an LMS said of its own. */
const jobRows = sql`grading_jobs j join queues q on q.name = j.queue
  left join lms_submissions l on j.kind = 'lms' and l.id = j.subject_id
  left join submissions s on j.kind = 'submission' and s.id = j.subject_id
  left join runs r on j.kind = 'run' and r.id = j.subject_id
  left join question_versions v on v.id = coalesce(s.question_version_id, r.question_version_id)
  left join courses c on c.id = coalesce(s.course_id, r.course_id)
  left join users u on j.kind <> 'lms' and u.id = j.principal_id`

/** Jobs, newest first, in one statement (R101). Ids of version 7 sort by time. */
export const listJobRows = (db: Db, filter: JobFilter): Promise<Job[]> => {
  const { state, queue, kind, undelivered, deliveries_min, since, until, search, before } = filter
  const conditions: RawBuilder<unknown>[] = [sql`true`]
  if (state !== undefined) conditions.push(sql`j.status = ${state}`)
  if (queue !== undefined) conditions.push(sql`j.queue = ${queue}`)
  if (kind !== undefined) conditions.push(sql`j.kind = ${kind}`)
  if (undelivered !== undefined) conditions.push(sql`j.subject_id in (select subject_id from callbacks where state = 'failed' and not is_notice)`)
  if (deliveries_min !== undefined) conditions.push(sql`j.tries >= ${deliveries_min}`)
  if (since !== undefined) conditions.push(sql`j.created_at >= ${since}::timestamptz`)
  if (until !== undefined) conditions.push(sql`j.created_at < ${until}::timestamptz`)
  if (before !== undefined) conditions.push(sql`j.id < ${before}::uuid`)
  if (search !== undefined && search !== '') conditions.push(matches(search, filter.key_sha256))
  return rows(db, sql<Job>`select ${jobColumns} from ${jobRows} where ${sql.join(conditions, sql` and `)} order by j.id desc limit ${filter.limit}`)
}

/** Part of a name, or the whole of an id, a number or a pull key (R99). */
function matches(search: string, key_sha256: Buffer | null): RawBuilder<unknown> {
  if (key_sha256 !== null) return sql`j.lease_hash = ${key_sha256}`
  const is_id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(search)
  if (is_id) return sql`(j.id = ${search}::uuid or j.subject_id = ${search}::uuid)`
  const pattern = `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const number = /^\d{1,9}$/.test(search) ? sql`j.xqueue_id = ${Number(search)}` : sql`false`
  // Each list is made once and then asked for every job: looking through the joined rows took a second with 250,000 jobs.
  return sql`(${number}
    or j.queue in (select name from queues where lower(name) like ${pattern})
    or j.leased_by in (select username from grader_accounts where lower(username) like ${pattern})
    or j.subject_id in (select id from lms_submissions where search_text like ${pattern})
    or j.principal_id in (select id from users where lower(display_name) like ${pattern} or lower(email) like ${pattern})
    or j.share_id in (select id from courses where lower(title) like ${pattern} or lower(slug) like ${pattern})
    or j.subject_id in (select s.id from submissions s where s.question_version_id in (select id from question_versions where lower(title) like ${pattern})))`
}

export type JobDetail = Job & {
  subject_id: string
  generation: number
  lease_hash: Buffer | null
  leased_at: string | null
  available_at: string
  retired_at: string | null
  refusal: string | null
  reply: Buffer | null
  place: { course_slug: string; course_title: string; submission_id: string; learner_name: string; attempt_number: number } | null
  lms: { submitted_by: string; header: Buffer; body: Buffer; callback_url: string; superseded_by: string | null } | null
  files: { name: string; size_bytes: number; sha256: string }[]
  callbacks: {
    id: string
    url: string
    is_notice: boolean
    state: 'waiting' | 'delivered' | 'failed'
    tries: number
    next_try_at: string | null
    last_status: number | null
    last_error: string | null
    created_at: string
    ended_at: string | null
  }[]
}

/** One job, whole. Undefined where it is gone. */
export async function selectOptionalJobDetail(db: Db, id: string): Promise<JobDetail | undefined> {
  const [job] = await rows(
    db,
    sql<
      Omit<JobDetail, 'lms' | 'files' | 'callbacks'> & {
        submitted_by: string
        header: Buffer
        body: Buffer
        callback_url: string
        superseded_by: string | null
      }
    >`
      select ${jobColumns}, j.subject_id, j.generation, j.lease_hash, j.leased_at, j.available_at, j.retired_at, j.refusal, j.reply,
        case when s.id is not null then jsonb_build_object('course_slug', c.slug, 'course_title', c.title, 'submission_id', s.id,
          'learner_name', u.display_name, 'attempt_number', s.attempt_number) end as place,
        a.username as submitted_by, l.header, l.body, l.callback_url, l.superseded_by
      from ${jobRows} left join grader_accounts a on a.id = l.submitted_by where j.id = ${id}`,
  )
  if (job === undefined) return undefined
  const { submitted_by, header, body, callback_url, superseded_by, ...rest } = job
  if (job.kind !== 'lms') return { ...rest, lms: null, files: [], callbacks: [] }
  const files = await rows(
    db,
    sql<
      JobDetail['files'][number]
    >`select name, size_bytes, encode(sha256, 'hex') as sha256 from lms_files where lms_submission_id = ${job.subject_id} order by name`,
  )
  const callbacks = await rows(
    db,
    sql<JobDetail['callbacks'][number]>`select id, url, is_notice, state, tries, case when state = 'waiting' then available_at end as next_try_at,
        last_status, last_error, created_at, ended_at from callbacks where subject_id = ${job.subject_id} order by created_at, id`,
  )
  return { ...rest, lms: { submitted_by, header, body, callback_url, superseded_by }, files, callbacks }
}

/** How many jobs each grader holds. */
export const countLeases = async (db: Db): Promise<Map<string, number>> => {
  const found = await rows(
    db,
    sql<{
      leased_by: string
      count: number
    }>`select leased_by, count(*)::int as count from grading_jobs where status = 'pulled' and xqueue_id is not null group by leased_by`,
  )
  return new Map(found.map(({ leased_by, count }) => [leased_by, count]))
}

/** Answers to learning management systems that are not delivered, by state. */
export const countCallbacks = (db: Db): Promise<{ state: string; count: number }[]> =>
  rows(
    db,
    sql<{ state: string; count: number }>`select 'waiting' as state, count(*)::int as count from callbacks where state = 'waiting'
    union all select 'failed', count(*)::int from callbacks where state = 'failed'`,
  )
