import { type RawBuilder, sql } from 'kysely'
import { type DbOrTx, rows } from '../../db/database.ts'

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
 * (R38, R58, D5). Where this is what completes the step, the learner's course is locked until the transaction ends:
 * of two last steps at once, the one that comes second then sees the first (D8, see certify.ts).
 */
const raise = (values: RawBuilder<unknown>) => sql`insert into progress as p (principal_id, step_id, best_ratio, completed_at) ${values}
    on conflict (principal_id, step_id) do update set
      best_ratio = greatest(p.best_ratio, excluded.best_ratio),
      completed_at = coalesce(p.completed_at, excluded.completed_at)`

/** Held until the transaction ends. */
export const lockingCourse = (principal_id: string, course_id: string) =>
  sql`pg_advisory_xact_lock(hashtextextended(${principal_id}::text || ${course_id}::text, 5))`

export interface Raised extends ProgressRow {
  /** True where this very statement completed it. */
  is_new: boolean
}

/** What results say of a step enters; the learner was not active by it. */
export const raiseProgress = async (
  tx: DbOrTx,
  { principal_id, step_id, course_id, ratio, is_completed }: Spot & { course_id: string; ratio: number | null; is_completed: boolean },
): Promise<Raised> =>
  (
    await rows(
      tx,
      sql<Raised>`/* raise_progress */ with raised as (
          ${raise(sql`select ${principal_id}::uuid, ${step_id}::uuid, ${ratio}::float8, case when ${is_completed}::boolean then now() end`)}
          returning p.attempts, p.best_ratio, p.completed_at, coalesce(p.completed_at = now(), false) as is_new)
        select raised.*, case when raised.is_new then ${lockingCourse(principal_id, course_id)} end as locked from raised`,
    )
  )[0]!

export interface NewCompletion extends Spot {
  id: string
  course_id: string
  ratio: number | null
  /** Null where the caller gave none. */
  idempotency_key: string | null
  request_sha256: Buffer
}

/**
 * A reader's mark: noted once per key, and the step is done, in one statement. No row where the step has questions, or the
 * key was used before.
 */
export const insertCompletion = async (tx: DbOrTx, c: NewCompletion): Promise<Raised | undefined> =>
  (
    await rows(
      tx,
      sql<Raised>`/* complete */ with noted as (
          insert into completions (id, principal_id, step_id, ratio, idempotency_key, request_sha256)
          select ${c.id}::uuid, ${c.principal_id}::uuid, s.id, ${c.ratio}::float8, ${c.idempotency_key}::text, ${c.request_sha256}::bytea
          from steps s where s.id = ${c.step_id}::uuid and ${isSelfMarked(sql`s.id`)}
          on conflict (principal_id, idempotency_key) do nothing
          returning principal_id, step_id, ratio),
        raised as (
          ${raise(sql`select principal_id, step_id, ratio, now() from noted`)}, active_at = now()
          returning p.attempts, p.best_ratio, p.completed_at, p.completed_at = now() as is_new)
        select raised.*, case when raised.is_new then ${lockingCourse(c.principal_id, c.course_id)} end as locked from raised`,
    )
  )[0]

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
