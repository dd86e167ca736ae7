import { type Attempt, countingAttempt, type GradedAttempt } from '@gradus/problem/score'

/** A fact that moved a grade, as the fold sees it. */
export interface ScoreEvent {
  submission_id: string
  attempt_number: number
  source: 'auto' | 'rubric' | 'adjustment' | 'override' | 'regrade' | 'void'
  points: number
  points_possible: number
}

interface FoldedAttempt extends Attempt {
  submission_id: string
}

/**
 * The score that counts, from everything that happened in order, or null while nothing counts (I10: a grade is a pure
 * fold of events and policy). An automatic result, a regrade, a rubric or an override sets an attempt's points; an
 * adjustment adds to them and never takes them below nothing; a void takes the attempt out.
 */
export function foldScore(
  events: readonly ScoreEvent[],
  policy: GradedAttempt,
): { submission_id: string; points: number; points_possible: number } | null {
  const attempts = new Map<string, FoldedAttempt>()
  for (const { submission_id, attempt_number, source, points, points_possible } of events) {
    const before = attempts.get(submission_id) ?? { submission_id, attempt_number, is_voided: false, points: null, points_possible: null }
    if (source === 'void') attempts.set(submission_id, { ...before, is_voided: true })
    else if (source === 'adjustment') {
      const adjusted = Math.max(0, Math.round(((before.points ?? 0) + points) * 1e4) / 1e4)
      attempts.set(submission_id, { ...before, points: adjusted, points_possible: before.points_possible ?? points_possible })
    } else attempts.set(submission_id, { ...before, points, points_possible })
  }
  const counting = countingAttempt([...attempts.values()], policy)
  return counting === null ? null : { submission_id: counting.submission_id, points: counting.points!, points_possible: counting.points_possible! }
}
