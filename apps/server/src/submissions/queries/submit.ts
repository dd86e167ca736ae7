import { type RawBuilder, sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import { sending } from '../../outbox/send.ts'
import { countingAttempt } from '../../progress/count-attempt.ts'
import { enqueueing, OWN_QUEUE } from '../../queue/enqueue.ts'
import type { Facts } from '../refusal.ts'

export interface NewSubmission {
  id: string
  job_id: string
  principal_id: string
  assignment_question_id: string
  language: string
  content: Buffer
  content_sha256: Buffer
  client: string
  idempotency_key: string
  request_sha256: Buffer
}

export interface Accepted {
  attempt_number: number
  submitted_at: string
  is_late: boolean
  forgiven: number
  max_attempts: number | null
}

/** Whether a placed question offers a language: its version has it, and the placement does not leave it out. */
const offers = (language: string) => sql<boolean>`(v.spec -> 'languages' ? ${language}::text
  and coalesce(aq.config -> 'allowed_languages' ? ${language}::text, true))`

/**
 * Hand-ins of one learner to one question that may wait at once; a few more where they arrive at the same instant. Fair turns keep a program
 * that hands in without end from delaying others, and this keeps it from filling the queue.
 */
export const MAX_WAITING = 100

/** Whether that many wait (migration 0034); asked from the counter that has so many attempts only. */
const isCrowded = (attempts: RawBuilder<unknown>, principal_id: string, assignment_question_id: string) => sql<boolean>`(
  ${attempts} >= ${sql.lit(MAX_WAITING)} and is_crowded(${principal_id}::uuid, ${assignment_question_id}::uuid, ${sql.lit(MAX_WAITING)}))`

const placed = sql`assignment_questions aq join assignments a on a.id = aq.assignment_id join steps st on st.id = a.step_id
  join modules m on m.id = st.module_id join courses c on c.id = m.course_id join question_versions v on v.id = aq.question_version_id`

/**
 * The hot statement: a whole hand-in in one round trip and one transaction. It writes everything or, where a rule is
 * against it, nothing: then it returns no row, and `selectFacts` tells why.
 * The counter's row is the lock: of many hand-ins at once each sees the count the one before left (I2).
 * The key is checked twice: by a look, so that a repetition costs no attempt, and by the unique constraint, which
 * undoes the statement when the same key arrives twice at the same instant.
 */
export const submitStatement = (s: NewSubmission) => sql<Accepted>`/* submit */
with placed as materialized (
  select aq.id, a.step_id, aq.question_version_id, m.course_id, coalesce(v.spec ->> 'queue', ${sql.lit(OWN_QUEUE)}) as queue, a.max_attempts, coalesce(now() >= a.due_at, false) as is_late,
    (select greatest(sum(t.time_ms), 1)::int from test_cases t where t.question_version_id = aq.question_version_id) as work_ms
  from ${placed}
  where aq.id = ${s.assignment_question_id}::uuid and c.state <> 'archived' and ${offers(s.language)}
    and coalesce(now() >= a.opens_at, true) and coalesce(now() < a.closes_at, true)
    and not exists (select from submissions o where o.principal_id = ${s.principal_id}::uuid and o.idempotency_key = ${s.idempotency_key}::text)),
counted as (
  insert into attempt_counters as k (principal_id, assignment_question_id, attempts)
  select ${s.principal_id}::uuid, id, 1 from placed
  on conflict (principal_id, assignment_question_id) do update set attempts = k.attempts + 1
  where coalesce(k.attempts - k.forgiven < (select max_attempts from placed), true)
    and not ${isCrowded(sql`k.attempts`, s.principal_id, s.assignment_question_id)}
  returning attempts, forgiven),
handed_in as (
  insert into submissions (id, principal_id, assignment_question_id, question_version_id, course_id, attempt_number, language,
    content, content_sha256, submitted_at, is_late, client, idempotency_key, request_sha256)
  select ${s.id}::uuid, ${s.principal_id}::uuid, placed.id, placed.question_version_id, placed.course_id, counted.attempts, ${s.language}::text,
    ${s.content}::bytea, ${s.content_sha256}::bytea, now(), placed.is_late, ${s.client}::text, ${s.idempotency_key}::text, ${s.request_sha256}::bytea
  from placed, counted
  returning id, principal_id, course_id, language, attempt_number, submitted_at, is_late),
${countingAttempt(sql`select h.principal_id, placed.step_id from handed_in h, placed`)},
${enqueueing(sql`select ${s.job_id}::uuid as id, placed.queue, 'submission' as kind, h.id as subject_id, h.course_id as share_id, h.principal_id,
    h.language as needs, placed.work_ms, null::bytea as supersede_key from handed_in h, placed`)},
sent as (
  select ${sending(
    'submission_accepted',
    sql`json_build_object('course_id', h.course_id, 'principal_id', h.principal_id)`,
    sql`'active ' || h.course_id || ' ' || h.principal_id`,
  )}
  from handed_in h where exists (
    select from enrolments e where e.course_id = h.course_id and e.user_id = h.principal_id
      and coalesce(e.last_active_at < now() - interval '1 minute', true)))
select h.attempt_number, h.submitted_at, h.is_late, counted.forgiven, placed.max_attempts, (select count(*) from sent) as sent
from handed_in h, counted, placed, enqueued`

export const insertSubmission = async (db: DbOrTx, submission: NewSubmission): Promise<Accepted | undefined> =>
  (await rows(db, submitStatement(submission)))[0]

/** The hand-in that a learner's key names already. */
export const selectOptionalByKey = async (
  db: DbOrTx,
  principal_id: string,
  idempotency_key: string,
): Promise<{ id: string; request_sha256: Buffer } | undefined> =>
  db
    .selectFrom('submissions')
    .select(['id', 'request_sha256'])
    .where('principal_id', '=', principal_id)
    .where('idempotency_key', '=', idempotency_key)
    .executeTakeFirst()

/** What a hand-in in this language would be decided by right now. */
export const selectOptionalFacts = async (
  db: DbOrTx,
  { principal_id, assignment_question_id, language }: { principal_id: string; assignment_question_id: string; language: string },
): Promise<Facts | undefined> =>
  (
    await rows(
      db,
      sql<Facts>`select now() as now, a.opens_at, a.due_at, a.closes_at, c.state = 'archived' as is_archived, a.max_attempts,
          coalesce(k.attempts, 0) as attempts, coalesce(k.forgiven, 0) as forgiven, ${offers(language)} as is_language_offered,
          ${isCrowded(sql`coalesce(k.attempts, 0)`, principal_id, assignment_question_id)} as is_crowded
        from ${placed} left join attempt_counters k on k.assignment_question_id = aq.id and k.principal_id = ${principal_id}
        where aq.id = ${assignment_question_id}`,
    )
  )[0]
