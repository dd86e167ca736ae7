import type { Verdict } from './spec.ts'

/** A test's weight and how it ended. */
export interface ScoredTest {
  points: number
  verdict: Verdict
}

export interface Score {
  points: number
  points_possible: number
}

/** Which of a learner's attempts counts. */
export type GradedAttempt = 'best' | 'latest' | 'first'

/** An attempt as the choice between attempts sees it; `points` is null until it is graded. */
export interface Attempt {
  attempt_number: number
  is_voided: boolean
  points: number | null
  points_possible: number | null
}

/** Points have four decimal places everywhere, so sums are made of whole ten-thousandths: 0.1 + 0.2 is 0.3. */
const SCALE = 10_000

function units(points: number): bigint {
  if (!Number.isFinite(points) || points < 0) throw new RangeError(`${points} is not a number of points`)
  return BigInt(Math.round(points * SCALE))
}
const fromUnits = (count: bigint): number => Number(count) / SCALE

/** Half up, for numbers that are not negative. */
const divide = (dividend: bigint, divisor: bigint): bigint => (2n * dividend + divisor) / (2n * divisor)

/**
 * What a submission earns. An accepted test earns its points and any other none. The maximum is the override where
 * there is one, else the sum of the tests' points (R69); with an override the earned share scales in proportion,
 * rounded half up to four places. Where the tests weigh nothing together, all of the override goes to a submission
 * whose tests are all accepted. Throws RangeError for points that are negative or not finite.
 */
export function scoreOf(tests: readonly ScoredTest[], points_override: number | null): Score {
  const total = tests.reduce((sum, test) => sum + units(test.points), 0n)
  const earned = tests.reduce((sum, test) => (test.verdict === 'accepted' ? sum + units(test.points) : sum), 0n)
  if (points_override === null) return { points: fromUnits(earned), points_possible: fromUnits(total) }
  const possible = units(points_override)
  const isWhole = tests.length > 0 && tests.every((test) => test.verdict === 'accepted')
  const scaled = total === 0n ? (isWhole ? possible : 0n) : divide(earned * possible, total)
  return { points: fromUnits(scaled), points_possible: fromUnits(possible) }
}

/**
 * What each test is worth under the override (R69), for display beside the score: shares of four places that add up
 * to the maximum exactly, because each is the difference of two rounded running totals.
 */
export function pointsPerTest(points: readonly number[], points_override: number | null): number[] {
  const weights = points.map(units)
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  if (points_override === null || total === 0n) return weights.map(fromUnits)
  const possible = units(points_override)
  let before = 0n
  return weights.map((weight) => {
    const after = before + weight
    const share = divide(after * possible, total) - divide(before * possible, total)
    before = after
    return fromUnits(share)
  })
}

/**
 * The attempt whose points count, or null while none does. Voided attempts never count, and one that is not graded
 * does not count yet: a hand-in that waits for staff must not hide an earlier grade. `best` compares shares of the
 * possible points, because versions may differ in them, and takes the earliest of equals.
 */
export function countingAttempt<T extends Attempt>(attempts: readonly T[], policy: GradedAttempt): T | null {
  const graded = attempts.filter((attempt) => !attempt.is_voided && attempt.points !== null && attempt.points_possible !== null)
  const inOrder = graded.toSorted((a, b) => a.attempt_number - b.attempt_number)
  if (policy === 'first') return inOrder[0] ?? null
  if (policy === 'latest') return inOrder.at(-1) ?? null
  return inOrder.reduce<T | null>((best, attempt) => (best === null || isBetter(attempt, best) ? attempt : best), null)
}

/** Cross-multiplied, so that thirds compare exactly. A question worth nothing has no share and loses to one that has. */
function isBetter(a: Attempt, b: Attempt): boolean {
  if (b.points_possible === 0) return a.points_possible !== 0
  return units(a.points!) * units(b.points_possible!) > units(b.points!) * units(a.points_possible!)
}
