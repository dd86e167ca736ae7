import { sql } from 'kysely'
import { type Db, type DbOrTx, rows } from '../../db/database.ts'

export async function lockSubmissions(tx: DbOrTx, principal_id: string): Promise<void> {
  await rows(tx, sql`select from submissions where principal_id = ${principal_id} order by id for update`)
}

export interface MovedCounter {
  assignment_question_id: string
  /** How many attempts the user had before. */
  before: number
}

/** Adds the guest's counts to the user's. */
export const moveCounters = (tx: DbOrTx, guest_id: string, user_id: string): Promise<MovedCounter[]> =>
  rows(
    tx,
    sql<MovedCounter>`with gone as (delete from attempt_counters where principal_id = ${guest_id}::uuid returning *),
      moved as (
        insert into attempt_counters as k (principal_id, assignment_question_id, attempts, forgiven)
        select ${user_id}::uuid, assignment_question_id, attempts, forgiven from gone order by assignment_question_id
        on conflict (principal_id, assignment_question_id) do update set attempts = k.attempts + excluded.attempts, forgiven = k.forgiven + excluded.forgiven
        returning assignment_question_id, attempts)
      select moved.assignment_question_id, moved.attempts - gone.attempts as before from moved join gone using (assignment_question_id)`,
  )

/** Numbers them on from the user's own; a key that both have used stays the user's. */
export async function moveSubmissions(tx: DbOrTx, guest_id: string, user_id: string, counters: readonly MovedCounter[]): Promise<void> {
  await rows(
    tx,
    sql`update submissions s set principal_id = ${user_id}, attempt_number = s.attempt_number + b.before,
        idempotency_key = case when exists (select from submissions o where o.principal_id = ${user_id} and o.idempotency_key = s.idempotency_key)
          then 'adopted-' || s.id else s.idempotency_key end
      from unnest(${counters.map((c) => c.assignment_question_id)}::uuid[], ${counters.map((c) => c.before)}::int[]) as b(assignment_question_id, before)
      where s.principal_id = ${guest_id} and s.assignment_question_id = b.assignment_question_id`,
  )
}

/** Moves what scores are folded from and takes the guest's cached ones away; returns the placed questions. */
export const moveEvents = async (tx: DbOrTx, guest_id: string, user_id: string): Promise<string[]> =>
  (
    await rows(
      tx,
      sql<{
        id: string
      }>`with moved as (update score_events set principal_id = ${user_id}::uuid where principal_id = ${guest_id}::uuid returning assignment_question_id),
        gone as (delete from scores where principal_id = ${guest_id}::uuid returning assignment_question_id)
        select assignment_question_id as id from moved union select assignment_question_id from gone`,
    )
  ).map(({ id }) => id)

/** Finished runs move; those that wait take the user's free places, the oldest first. */
export async function moveRuns(tx: DbOrTx, guest_id: string, user_id: string): Promise<void> {
  await rows(tx, sql`update runs set principal_id = ${user_id} where principal_id = ${guest_id} and finished_at is not null`)
  await rows(
    tx,
    sql`with free as (
        select place, row_number() over (order by place) as nth from generate_series(1, 3) place
        where not exists (select from runs r where r.principal_id = ${user_id} and r.place = place.place and r.finished_at is null)),
      waiting as (select id, row_number() over (order by created_at, id) as nth from runs where principal_id = ${guest_id} and finished_at is null)
      update runs r set principal_id = ${user_id}, place = free.place from waiting join free using (nth) where r.id = waiting.id`,
  )
}

export const listWaitingRuns = async (tx: DbOrTx, principal_id: string): Promise<string[]> =>
  (await tx.selectFrom('runs').select('id').where('principal_id', '=', principal_id).where('finished_at', 'is', null).execute()).map(({ id }) => id)

/** Guests adopted within the last hour under whom something came in since: a request that was under way at that moment. */
export const listLateGuests = (db: Db): Promise<{ guest_id: string; user_id: string }[]> =>
  rows(
    db,
    sql<{ guest_id: string; user_id: string }>`select g.id as guest_id, g.migrated_to as user_id from guests g
      where g.migrated_at > now() - interval '1 hour' and (
        exists (select from progress p where p.principal_id = g.id) or exists (select from completions c where c.principal_id = g.id)
        or exists (select from attempt_counters k where k.principal_id = g.id) or exists (select from score_events e where e.principal_id = g.id)
        or exists (select from runs r where r.principal_id = g.id) or exists (select from certificates f where f.principal_id = g.id))
      limit 100`,
  )

/** Guests who called to do something, have been away for so many days, and of whom nothing is left: a bounded number, the longest away first. */
export const listEmptyGuests = async (db: Db, idle_days: number): Promise<string[]> =>
  (
    await rows(
      db,
      sql<{ id: string }>`select g.id from guests g
        where g.has_worked and g.migrated_at is null and g.last_seen_at < now() - make_interval(days => ${idle_days}::int)
          and not exists (select from progress p where p.principal_id = g.id) and not exists (select from completions c where c.principal_id = g.id)
          and not exists (select from certificates f where f.principal_id = g.id) and not exists (select from submissions s where s.principal_id = g.id)
          and not exists (select from attempt_counters k where k.principal_id = g.id) and not exists (select from runs r where r.principal_id = g.id)
        order by g.last_seen_at limit 1000`,
    )
  ).map(({ id }) => id)
