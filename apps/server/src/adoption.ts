import type { Adoption } from './identity/adopt-guest.ts'
import { adoptProgress, issuedHere } from './progress/adopt.ts'
import { surveyGuest } from './progress/survey-guest.ts'
import { moveHandIns, refold } from './submissions/adopt.ts'

/**
 * What becomes of a guest's work at a sign-in, slice by slice. Hand-ins and counters are held before progress, as grading and handing in
 * hold them, so that nobody waits in a circle; scores are folded last, when progress and certificates are the user's already.
 */
export const adoption: Adoption = {
  survey: surveyGuest,
  async adopt(tx, move) {
    const places = await moveHandIns(tx, move)
    await adoptProgress(tx, move)
    await refold(tx, move.user_id, places)
    return issuedHere(tx, move.user_id)
  },
}
