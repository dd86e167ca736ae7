import { type RawBuilder, sql } from 'kysely'

/**
 * Adds one to the attempts at a step, as a part of the statement that takes the hand-in: `attempt` selects principal_id and
 * step_id. An attempt never completes a step (R34), and nothing a client sends sets the count (R33).
 */
export const countingAttempt = (attempt: RawBuilder<unknown>): RawBuilder<unknown> => sql`attempted as (
  insert into progress as p (principal_id, step_id, attempts) select principal_id, step_id, 1 from (${attempt}) a
  on conflict (principal_id, step_id) do update set attempts = p.attempts + 1, active_at = now()
  returning p.attempts)`
