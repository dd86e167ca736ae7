import type { Outcome, Progress } from '@gradus/contract/submissions'
import { pointsPerTest } from '@gradus/problem/score'
import type { StoredOutcome } from './queries/read.ts'

/** A stored result as it is shown: what each test is worth adds up to the points possible when it was graded (R69). */
export function outcomeOf({ submission_id: _, tests, ...result }: StoredOutcome): Outcome {
  const worth = pointsPerTest(
    tests.map((test) => test.worth),
    result.points_possible,
  )
  return { ...result, tests: tests.map(({ worth: __, ...test }, i) => ({ ...test, points_possible: worth[i]! })) }
}

/**
 * What a learner sees: of a hidden test its verdict and points, and nothing that tells what it is. Time and memory would: a program can
 * spend as much of them as its input says.
 */
export const forLearner = (progress: Progress): Progress => ({
  ...progress,
  outcome: progress.outcome && {
    ...progress.outcome,
    tests: progress.outcome.tests.map((test) => (test.is_hidden ? { ...test, time_ms: null, memory_kb: null, detail: {} } : test)),
  },
})
