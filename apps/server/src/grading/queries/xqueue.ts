import { sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { graderSession, servesQueue } from '../../identity/grader-session.ts'
import { callingBack } from '../../outbox/call-back.ts'
import { enqueueing, NO_SHARE } from '../../queue/enqueue.ts'
import { leasingDue, retiringLms, superseding } from '../../queue/lease-due.ts'

/** Who calls, by session. Undefined where the session is none. */
export const selectOptionalGrader = async (
  db: DbOrTx,
  token_hash: Buffer,
): Promise<{ account_id: string; username: string; strict_status: boolean } | undefined> =>
  (
    await rows(
      db,
      sql<{ account_id: string; username: string; strict_status: boolean }>`/* xqueue_who */ with ${graderSession(token_hash)} select * from who`,
    )
  )[0]

/** The queues that the caller of a session serves, by name; undefined without a session. */
export const listQueuesOf = async (
  db: DbOrTx,
  token_hash: Buffer,
): Promise<{ username: string; strict_status: boolean; queues: string[] } | undefined> =>
  (
    await rows(
      db,
      sql<{ username: string; strict_status: boolean; queues: string[] }>`with ${graderSession(token_hash)}
        select who.username, who.strict_status, coalesce((select array_agg(g.queue order by g.queue) from grader_account_queues g
          join queues q on q.name = g.queue where g.grader_account_id = who.account_id and q.is_external), '{}') as queues from who`,
    )
  )[0]

export interface NewLmsSubmission {
  id: string
  job_id: string
  queue: string
  header: Buffer
  body: Buffer
  callback_url: string
  callback_host: string
  /** Of the whole callback address: it names one learner at one problem. */
  callback_sha256: Buffer
  student_ref: string
  course_ref: string
  item_ref: string
  grader_ref: string
  files: readonly { id: string; name: string; object_key: string; size_bytes: number; sha256: string }[]
}

/** Lengths up to this are counted with every hand-in; what is beyond is known to the second (accept-lms.ts). */
export const COUNTED_LENGTH = 64

/**
 * The hot statement of an LMS: who calls, the hand-in with its files and job, the end of an earlier one that it replaces, and the
 * line's length with it, in one round trip and one transaction. Writes nothing without a session or for a queue the caller has not.
 */
export const submitLms = async (
  db: DbOrTx,
  token_hash: Buffer,
  s: NewLmsSubmission,
): Promise<{ is_in: boolean; strict_status: boolean; is_accepted: boolean; length: number }> =>
  (
    await rows(
      db,
      sql<{ is_in: boolean; strict_status: boolean; is_accepted: boolean; length: number }>`/* xqueue_submit */ with ${graderSession(token_hash)},
        line as materialized (select q.name from queues q where q.name = ${s.queue}::text and q.is_external and ${servesQueue(sql`q.name`)}),
        ${superseding({ queue: s.queue, supersede_key: s.callback_sha256, is_allowed: sql`exists (select from line)` })},
        stored as (
          insert into lms_submissions (id, queue, submitted_by, header, body, callback_url, callback_host,
            student_ref, course_ref, item_ref, grader_ref)
          select ${s.id}::uuid, line.name, who.account_id, ${s.header}::bytea, ${s.body}::bytea, ${s.callback_url}::text, ${s.callback_host}::text,
            ${s.student_ref}::text, ${s.course_ref}::text, ${s.item_ref}::text, ${s.grader_ref}::text
          -- The one before has made way by then: of one key only one job may be open.
          from line, who, (select count(*) from superseded) made_way returning id, queue, submitted_by),
        replaced as (update lms_submissions l set superseded_by = ${s.id}::uuid where l.id = (select subject_id from superseded)),
        filed as (
          insert into lms_files (id, lms_submission_id, name, object_key, size_bytes, sha256)
          select f.id, stored.id, f.name, f.object_key, f.size_bytes, decode(f.sha256, 'hex')
          from stored, jsonb_to_recordset(${JSON.stringify(s.files)}::jsonb) as f(id uuid, name text, object_key text, size_bytes bigint, sha256 text)),
        ${enqueueing(sql`select ${s.job_id}::uuid as id, stored.queue, 'lms' as kind, stored.id as subject_id, ${NO_SHARE}::uuid as share_id,
          stored.submitted_by as principal_id, '' as needs, 1 as work_ms, ${s.callback_sha256}::bytea as supersede_key from stored`)}
        select exists (select from who) as is_in, coalesce((select strict_status from who), false) as strict_status,
          exists (select from enqueued) as is_accepted,
          1 + (select count(*) from (
            select from grading_jobs j where j.queue = ${s.queue}::text and j.xqueue_id is not null and j.status in ('pending', 'retry')
              and j.supersede_key is distinct from ${s.callback_sha256}::bytea limit ${sql.lit(COUNTED_LENGTH)}) waiting)::int as length`,
    )
  )[0]!

export interface Pulled {
  is_in: boolean
  strict_status: boolean
  /** The queue is there and the caller's. */
  is_known: boolean
  job: {
    job_id: string
    xqueue_id: number
    kind: 'submission' | 'run' | 'lms'
    subject_id: string
    principal_id: string
    share_id: string
    lease_generation: number
  } | null
  /** What an LMS handed in, byte for byte. */
  body: Buffer | null
  files: { id: string; name: string }[] | null
  /** What a learner here handed in. */
  content: Buffer | null
  language: string | null
  grader_payload: string | null
  handed_in_at: string | null
  /** A run of a draft that changed meanwhile. */
  is_stale: boolean
}

/**
 * The hot statement of a grader: who calls, the lease of the job that has been due longest, and what it is about, in one round trip.
 * With 20,000 waiting and 200,000 retired jobs it costs what it costs with none (bench/xqueue.ts): the partial index holds what waits.
 */
export const pullDue = async (db: DbOrTx, token_hash: Buffer, { queue, lease_hash }: { queue: string; lease_hash: Buffer }): Promise<Pulled> =>
  (
    await rows(
      db,
      sql<Pulled>`/* xqueue_pull */ with ${graderSession(token_hash)},
        asked as materialized (select from queues q where q.name = ${queue}::text and q.is_external and ${servesQueue(sql`q.name`)}),
        ${leasingDue({ queue, lease_hash, is_allowed: sql`exists (select from asked)`, leased_by: sql`(select username from who)` })}
        select exists (select from who) as is_in, coalesce((select strict_status from who), false) as strict_status,
          exists (select from asked) as is_known, to_jsonb(leased) as job, told.times,
          l.body, case when leased.kind = 'lms' then (select jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name) order by f.name)
            from lms_files f where f.lms_submission_id = leased.subject_id) end as files,
          work.content, work.language, work.grader_payload, work.handed_in_at, coalesce(work.is_stale, false) as is_stale
        from told left join leased on true
          left join lms_submissions l on leased.kind = 'lms' and l.id = leased.subject_id
          left join lateral (
            select s.content, s.language, s.submitted_at as handed_in_at, t.input ->> 'grader_payload' as grader_payload, false as is_stale
            from submissions s join test_cases t on t.question_version_id = s.question_version_id
            where leased.kind = 'submission' and s.id = leased.subject_id
            union all
            select r.content, r.language, r.created_at, t.input ->> 'grader_payload', r.version_sha256 <> v.content_sha256
            from runs r join question_versions v on v.id = r.question_version_id left join test_cases t on t.question_version_id = v.id
            where leased.kind = 'run' and r.id = leased.subject_id limit 1) work on true`,
    )
  )[0]!

export interface PutFacts {
  is_in: boolean
  strict_status: boolean
  username: string | null
  /** Null where no job has this number. */
  job_id: string | null
  kind: 'submission' | 'run' | 'lms' | null
  subject_id: string | null
  status: string | null
  is_allowed: boolean
  /** The key is that of the job's last lease. */
  is_key: boolean
  is_same_reply: boolean
  /** This very call retired it. */
  is_retired: boolean
}

/**
 * The hot statement of a grader's answer: who calls, what the job is, and for an LMS's hand-in its end with the answer on its way back,
 * in one round trip and one transaction. `takes` false looks only.
 */
export const putLms = async (
  db: DbOrTx,
  token_hash: Buffer,
  of: {
    xqueue_id: number
    lease_generation: number
    lease_hash: Buffer
    report_sha256: Buffer
    reply: Buffer
    takes: boolean
    callback_id: string
  },
): Promise<PutFacts> =>
  (
    await rows(
      db,
      sql<PutFacts>`/* xqueue_put */ with ${graderSession(token_hash)},
        job as materialized (
          select j.id, j.kind, j.subject_id, j.status, ${servesQueue(sql`j.queue`)} as is_allowed, j.report_sha256,
            j.lease_generation = ${of.lease_generation}::int and j.lease_hash = ${of.lease_hash}::bytea as is_key
          from grading_jobs j where j.xqueue_id = ${of.xqueue_id}::int),
        ${retiringLms({ ...of, is_allowed: sql`${of.takes}::boolean and exists (select from job where job.is_allowed)` })},
        ${callingBack(sql`select ${of.callback_id}::uuid as id, l.id as subject_id, l.callback_url as url, l.callback_host as host, l.submitted_by as sent_for, l.header,
          ${of.reply}::bytea as body, false as is_notice from retired join lms_submissions l on l.id = retired.subject_id`)}
        select exists (select from who) as is_in, coalesce((select strict_status from who), false) as strict_status, (select username from who) as username,
          job.id as job_id, job.kind, job.subject_id, job.status, coalesce(job.is_allowed, false) as is_allowed, coalesce(job.is_key, false) as is_key,
          coalesce(job.report_sha256 = ${of.report_sha256}::bytea, false) as is_same_reply,
          exists (select from called_back) as is_retired
        from (select) one left join job on true`,
    )
  )[0]!

/** A file of a hand-in, as long as the lease is live that the address was made for. */
export const selectOptionalLeasedFile = async (
  db: DbOrTx,
  of: { file_id: string; xqueue_id: number; lease_generation: number },
): Promise<{ object_key: string; name: string; size_bytes: number } | undefined> =>
  (
    await rows(
      db,
      sql<{ object_key: string; name: string; size_bytes: number }>`select f.object_key, f.name, f.size_bytes from lms_files f
        join grading_jobs j on j.subject_id = f.lms_submission_id and j.kind = 'lms'
        where f.id = ${of.file_id} and j.xqueue_id = ${of.xqueue_id} and j.lease_generation = ${of.lease_generation}
          and j.status = 'pulled' and j.lease_expires_at > now()`,
    )
  )[0]

export const selectOptionalLmsSubmission = (db: DbOrTx, id: string) =>
  db.selectFrom('lms_submissions').select(['id', 'header', 'callback_url', 'callback_host', 'submitted_by']).where('id', '=', id).executeTakeFirst()

/** Deletes a hand-in of an LMS with its files' rows, and returns the files' keys. */
export async function deleteLmsSubmission(tx: DbOrTx, id: string): Promise<string[]> {
  const files = await tx.selectFrom('lms_files').select('object_key').where('lms_submission_id', '=', id).execute()
  await rows(tx, sql`delete from lms_submissions where id = ${id}`)
  return files.map(({ object_key }) => object_key)
}

export const listKeptLmsFiles = async (db: DbOrTx, keys: readonly string[]): Promise<string[]> =>
  (await db.selectFrom('lms_files').select('object_key').where('object_key', 'in', keys).execute()).map((row) => row.object_key)

/** Hand-ins of LMSs that ended more than `days` ago and whose answers are all brought, a bounded number. */
export const listEndedLms = async (db: DbOrTx, days: number, most: number): Promise<string[]> =>
  (
    await rows(
      db,
      sql<{ id: string }>`select l.id from lms_submissions l
        where l.created_at < now() - make_interval(days => ${days})
          and not exists (select from grading_jobs j where j.subject_id = l.id and (j.status <> 'retired' or j.retired_at >= now() - make_interval(days => ${days})))
          and not exists (select from callbacks c where c.subject_id = l.id and (c.state = 'waiting' or (c.state = 'failed' and not c.is_notice)))
        order by l.created_at limit ${most}`,
    )
  ).map(({ id }) => id)
