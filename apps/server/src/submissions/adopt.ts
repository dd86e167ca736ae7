import type { Tx } from '../db/database.ts'
import type { GuestMove } from '../identity/adopt-guest.ts'
import { forgetJobs } from '../queue/forget.ts'
import { dropRun } from './drop-run.ts'
import { listWaitingRuns, lockSubmissions, moveCounters, moveEvents, moveRuns, moveSubmissions } from './queries/adopt.ts'
import { lockPlace } from './queries/scores.ts'
import { refreshScore } from './record-score.ts'

/**
 * Moves a guest's hand-ins, results and runs to a user, in the caller's transaction. Hand-ins follow the user's own in number and keep
 * everything else they are. A run that waits where the user has no place left for one is dropped: it can be asked for again.
 * @returns the placed questions whose scores `refold` must fold anew
 */
export async function moveHandIns(tx: Tx, { guest_id, user_id }: GuestMove): Promise<string[]> {
  // First the hand-ins, as grading does: whoever holds one waits for nothing that is held here.
  await lockSubmissions(tx, guest_id)
  const counted = await moveCounters(tx, guest_id, user_id)
  await moveSubmissions(tx, guest_id, user_id, counted)
  const scored = await moveEvents(tx, guest_id, user_id)
  await moveRuns(tx, guest_id, user_id)
  for (const run_id of await listWaitingRuns(tx, guest_id)) {
    await dropRun(tx, run_id)
    await forgetJobs(tx, [run_id])
  }
  return [...new Set([...counted.map((counter) => counter.assignment_question_id), ...scored])].sort()
}

/** Folds a user's scores of these questions anew from the events of both, and tells progress (D6). */
export async function refold(tx: Tx, principal_id: string, assignment_question_ids: readonly string[]): Promise<void> {
  for (const assignment_question_id of assignment_question_ids) {
    await lockPlace(tx, { principal_id, assignment_question_id })
    await refreshScore(tx, { principal_id, assignment_question_id })
  }
}
