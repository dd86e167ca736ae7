import type { Verdict } from './spec.ts'

/**
 * Points are decimals with four places, added as integers of a ten-thousandth so that 0.1 + 0.2 is 0.3. A score is a pure fold of
 * results and policy: nothing here reads a clock or a table.
 */
const UNIT = 10_000
const toUnits = (points: number): number => Math.round(points * UNIT)
const toPoints = (units: number): number => units / UNIT

/** The sum of points, exact to four places. */
export const sumPoints = (all: readonly number[]): number => toPoints(all.reduce((sum, points) => sum + toUnits(points), 0))

export interface ScoredTest {
  key: string
  verdict: Verdict
  /** What the test is worth in the question version. */
  points_possible: number
}

export interface Score {
  verdict: Verdict
  points: number
  points_possible: number
  /** Earned per test, in the question version's own points (before an override scales the sum). */
  tests: { key: string; points: number }[]
}

/**
 * The score of one grading. A test earns all of its points or none: only `accepted` earns. The effective maximum is
 * `points_override`, else the sum of the tests' points (R69); an override scales the sum, rounded half up to four places.
 * A version whose tests are worth nothing earns the override only when every test is accepted.
 */
export function scoreTests(tests: readonly ScoredTest[], points_override: number | null): Score {
  const earned = tests.map((test) => ({ key: test.key, points: test.verdict === 'accepted' ? test.points_possible : 0 }))
  const possible_units = tests.reduce((sum, test) => sum + toUnits(test.points_possible), 0)
  const earned_units = earned.reduce((sum, test) => sum + toUnits(test.points), 0)
  const verdict = overallVerdict(tests.map((test) => test.verdict))
  if (points_override === null) return { verdict, points: toPoints(earned_units), points_possible: toPoints(possible_units), tests: earned }
  const ratio = possible_units === 0 ? (verdict === 'accepted' ? 1 : 0) : earned_units / possible_units
  return { verdict, points: toPoints(Math.floor(toUnits(points_override) * ratio + 0.5)), points_possible: points_override, tests: earned }
}

/**
 * The one word for a whole grading: `compile_error` where nothing could run, `accepted` where every test is, else the first
 * verdict in test order that is neither accepted nor skipped.
 */
export function overallVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length > 0 && verdicts.every((verdict) => verdict === 'skipped')) return 'compile_error'
  return verdicts.find((verdict) => verdict !== 'accepted' && verdict !== 'skipped') ?? (verdicts.includes('skipped') ? 'skipped' : 'accepted')
}

export type GradedAttempt = 'best' | 'latest' | 'first'

export interface AttemptScore {
  submission_id: string
  attempt_number: number
  points: number
  points_possible: number
}

/**
 * The attempt that counts under the assignment's policy, or null where none is graded. Of equally good ones the earliest counts,
 * so that handing in again never moves a date.
 */
export function countingAttempt(attempts: readonly AttemptScore[], policy: GradedAttempt): AttemptScore | null {
  let chosen: AttemptScore | null = null
  for (const attempt of attempts) {
    if (chosen === null || comesBefore(attempt, chosen, policy)) chosen = attempt
  }
  return chosen
}

function comesBefore(a: AttemptScore, b: AttemptScore, policy: GradedAttempt): boolean {
  if (policy === 'latest') return a.attempt_number > b.attempt_number
  if (policy === 'first') return a.attempt_number < b.attempt_number
  const difference = toUnits(a.points) - toUnits(b.points)
  return difference > 0 || (difference === 0 && a.attempt_number < b.attempt_number)
}
