import { type RawBuilder, sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'
import type { StoredCertificate } from '../certificate.ts'
import { heldCertificate } from './certificates.ts'

/** A learner and a step. */
export interface Spot {
  principal_id: string
  step_id: string
}

export interface ProgressRow {
  attempts: number
  best_ratio: number | null
  completed_at: string | null
}

/** A step without questions has nothing that could be graded: whoever read it says so. */
const isSelfMarked = (step_id: RawBuilder<unknown>) => sql<boolean>`not exists (
  select from assignments a join assignment_questions aq on aq.assignment_id = a.id where a.step_id = ${step_id})`

/**
 * The one way completion and score move: up. Whatever writes at the same time, the best ratio and the first date stay
 * (R38, R58, D5).
 */
const raise = (values: RawBuilder<unknown>) => sql`insert into progress as p (principal_id, step_id, best_ratio, completed_at) ${values}
    on conflict (principal_id, step_id) do update set
      best_ratio = greatest(p.best_ratio, excluded.best_ratio),
      completed_at = coalesce(p.completed_at, excluded.completed_at)`

/** Issues the certificate where the row `raised` was completed by this very statement and was the last one (R52, D8; migration 0033). */
const certifying = ({ principal_id, course_id, serial }: { principal_id: string; course_id: string; serial: string }) =>
  sql`case when raised.is_new then certify(${principal_id}::uuid, ${course_id}::uuid, ${serial}::text) end`

/** What results say of a step enters, with the certificate where it completes the course; the learner was not active by it. */
export async function raiseProgress(
  tx: DbOrTx,
  to: Spot & { course_id: string; ratio: number | null; is_completed: boolean; serial: string },
): Promise<void> {
  await rows(
    tx,
    sql`/* raise_progress */ with raised as (
        ${raise(sql`select ${to.principal_id}::uuid, ${to.step_id}::uuid, ${to.ratio}::float8, case when ${to.is_completed}::boolean then now() end`)}
        returning coalesce(p.completed_at = now(), false) as is_new)
      select ${certifying(to)} from raised`,
  )
}

export interface NewCompletion extends Spot {
  id: string
  course_id: string
  ratio: number | null
  /** Null where the caller gave none. */
  idempotency_key: string | null
  request_sha256: Buffer
  serial: string
}

export interface Completed extends ProgressRow {
  /** The serial, where this completed the course. */
  issued: string | null
  /** The certificate there was before. */
  certificate: StoredCertificate | null
}

/**
 * A reader's mark: noted once per key, the step is done, and where it was the last one the certificate is issued, in one statement and so in
 * one transaction. No row where the step has questions, or the key was used before.
 */
export const insertCompletion = async (db: DbOrTx, c: NewCompletion): Promise<Completed | undefined> => {
  const [found] = await rows(
    db,
    sql<ProgressRow & { issued: string | null } & StoredCertificate>`/* complete */ with noted as (
        insert into completions (id, principal_id, step_id, ratio, idempotency_key, request_sha256)
        select ${c.id}::uuid, ${c.principal_id}::uuid, s.id, ${c.ratio}::float8, ${c.idempotency_key}::text, ${c.request_sha256}::bytea
        from steps s where s.id = ${c.step_id}::uuid and ${isSelfMarked(sql`s.id`)}
        on conflict (principal_id, idempotency_key) do nothing
        returning principal_id, step_id, ratio),
      raised as (
        ${raise(sql`select principal_id, step_id, ratio, now() from noted`)}, active_at = now()
        returning p.attempts, p.best_ratio, p.completed_at, p.completed_at = now() as is_new)
      select raised.attempts, raised.best_ratio, raised.completed_at, ${certifying(c)} as issued, had.*
      from raised left join lateral (${heldCertificate(c)}) had on true`,
  )
  if (found === undefined) return undefined
  const { attempts, best_ratio, completed_at, issued, ...had } = found
  return { attempts, best_ratio, completed_at, issued, certificate: had.serial === null ? null : had }
}

export const selectOptionalCompletion = (
  db: DbOrTx,
  principal_id: string,
  idempotency_key: string,
): Promise<{ request_sha256: Buffer } | undefined> =>
  db
    .selectFrom('completions')
    .select('request_sha256')
    .where('principal_id', '=', principal_id)
    .where('idempotency_key', '=', idempotency_key)
    .executeTakeFirst()

export const selectOptionalProgress = (db: DbOrTx, { principal_id, step_id }: Spot): Promise<ProgressRow | undefined> =>
  db
    .selectFrom('progress')
    .select(['attempts', 'best_ratio', 'completed_at'])
    .where('principal_id', '=', principal_id)
    .where('step_id', '=', step_id)
    .executeTakeFirst()

export interface StepLine extends ProgressRow {
  module_id: string
  module_title: string
  /** Null in the one row of a module without published steps. */
  step_id: string | null
  is_self_marked: boolean
}

/** Every module of a course with its published steps, in order, and where the learner stands with each. */
export const listProgress = (db: DbOrTx, principal_id: string, course_id: string): Promise<StepLine[]> =>
  rows(
    db,
    sql<StepLine>`/* list_progress */ select m.id as module_id, m.title as module_title, s.id as step_id, ${isSelfMarked(sql`s.id`)} as is_self_marked,
        coalesce(p.attempts, 0) as attempts, p.best_ratio, p.completed_at
      from modules m left join steps s on s.module_id = m.id and s.state = 'published'
        left join progress p on p.step_id = s.id and p.principal_id = ${principal_id}
      where m.course_id = ${course_id} order by m.position, s.position`,
  )

/** Takes a learner's completion and score of a step of this course back. Undefined where there is none. */
export const resetProgress = async (tx: DbOrTx, spot: Spot & { course_id: string }): Promise<ProgressRow | undefined> =>
  (
    await rows(
      tx,
      sql<ProgressRow>`with before as (
          select p.* from progress p join steps s on s.id = p.step_id join modules m on m.id = s.module_id
          where p.principal_id = ${spot.principal_id} and p.step_id = ${spot.step_id} and m.course_id = ${spot.course_id} for update of p)
        update progress p set best_ratio = null, completed_at = null from before b
        where p.principal_id = b.principal_id and p.step_id = b.step_id
        returning b.attempts, b.best_ratio, b.completed_at`,
    )
  )[0]
