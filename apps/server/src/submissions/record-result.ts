import type { Outcome } from '@gradus/contract/submissions'
import type { Tx } from '../db/database.ts'
import { finishRun } from './queries/runs.ts'
import { insertResult, type NewResult, type Place } from './queries/scores.ts'
import { recordScore } from './record-score.ts'

/** Makes a grading of a hand-in its current result and moves the score accordingly, in the caller's transaction (I4). */
export async function recordResult(tx: Tx, place: Place, result: NewResult): Promise<void> {
  await insertResult(tx, result)
  const { submission_id, generation, points, points_possible } = result
  await recordScore(tx, {
    ...place,
    ...{ submission_id, generation, points, points_possible },
    source: generation === 1 ? 'auto' : 'regrade',
    reason: '',
    caused_by: null,
  })
}

/** Ends a run with what came out. A run that has ended already stays as it is. */
export const recordRun = (tx: Tx, run_id: string, outcome: Outcome): Promise<void> => finishRun(tx, run_id, outcome)
