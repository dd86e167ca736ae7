import type { ProblemCode } from '@gradus/contract/problems'
import { availabilityAt, type Window } from '../courses/availability.ts'
import { type AttemptCount, attemptsLeft } from './attempts.ts'

/** What decides whether a hand-in is taken. */
export interface Facts extends Window, AttemptCount {
  /** The database's clock. */
  now: string
  is_language_offered: boolean
  /** As many of the learner's hand-ins to the question wait as may. */
  is_crowded: boolean
}

/** When it is worth asking again: the queue moves by then, or a whole class waits. */
const CROWDED_SECONDS = 30

/**
 * Why a hand-in is not taken, or null where nothing speaks against it. The statement in queries/submit.ts decides by the
 * same rule inside the transaction; submit.test.ts holds the two to each other.
 */
export function refusalOf(facts: Facts): { code: ProblemCode; details: Record<string, unknown> } | null {
  if (!facts.is_language_offered) return { code: 'language_not_allowed', details: {} }
  const availability = availabilityAt(facts, facts.now)
  if (availability === 'not_open_yet') return { code: 'not_open_yet', details: { opens_at: facts.opens_at } }
  if (availability === 'closed') return { code: 'closed', details: { closes_at: facts.closes_at } }
  if (attemptsLeft(facts) === 0) return { code: 'attempts_exhausted', details: { max_attempts: facts.max_attempts } }
  if (facts.is_crowded) return { code: 'too_many_waiting', details: { retry_after_seconds: CROWDED_SECONDS } }
  return null
}
