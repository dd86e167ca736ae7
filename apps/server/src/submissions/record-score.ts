import type { Tx } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { advance } from '../progress/advance.ts'
import { foldScore } from './fold.ts'
import {
  insertScoreEvent,
  listScoreEvents,
  lockPlace,
  type NewScoreEvent,
  type Place,
  putScore,
  selectPolicy,
  selectStepStanding,
} from './queries/scores.ts'

/**
 * Records a fact that moves a grade and brings the cached score up to date with the fold of all of them, in the caller's
 * transaction. Facts of one learner and question follow each other, so none is folded without the one before.
 */
export async function recordScore(tx: Tx, event: Omit<NewScoreEvent, 'id'>): Promise<void> {
  await lockPlace(tx, event)
  await insertScoreEvent(tx, { id: newId(), ...event })
  await refreshScore(tx, event)
}

/**
 * Sets the cached score to what the fold says, and tells progress where the step stands by it, so that whatever moves a
 * score moves both or neither. The caller holds the place's lock. True where the cache was different.
 */
export async function refreshScore(tx: Tx, place: Place): Promise<boolean> {
  const events = await listScoreEvents(tx, place)
  const isChanged = await putScore(tx, place, foldScore(events, await selectPolicy(tx, place.assignment_question_id)))
  await advance(tx, { principal_id: place.principal_id, ...(await selectStepStanding(tx, place)) })
  return isChanged
}
