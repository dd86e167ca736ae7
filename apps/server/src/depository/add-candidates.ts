import { brokenConstraint, type Tx } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import { createCandidatePrincipals } from '../identity/create-candidates.ts'
import { drawUploadCode } from './codes.ts'
import { type CandidateFields, insertCandidates, insertCodes } from './queries/candidates.ts'

export interface NewCandidate extends CandidateFields {
  /** A code of the original depository that goes on; drawn where there is none. */
  upload_code?: string | null
}

/**
 * Adds candidates with a code each, in the caller's transaction, in a few statements whatever their number. A drawn code
 * that exists already is drawn again (R4).
 * @throws problem nickname_taken, candidate_email_taken
 */
export async function addCandidates(tx: Tx, exam_id: string, all: readonly NewCandidate[]): Promise<{ id: string; upload_code: string }[]> {
  const made = all.map(({ nickname, first_name, last_name, email, upload_code }) => ({
    ...{ id: newId(), nickname, first_name, last_name, email },
    upload_code: upload_code ?? null,
  }))
  await createCandidatePrincipals(
    tx,
    made.map(({ id }) => id),
  )
  await unlessTaken(() =>
    insertCandidates(
      tx,
      exam_id,
      made.map(({ upload_code: _, ...fields }) => fields),
    ),
  )
  const codes = await giveCodes(tx, made)
  return made.map(({ id }) => ({ id, upload_code: codes.get(id)! }))
}

/** Gives each of these candidates, who must have no live code, one. */
export async function giveCodes(tx: Tx, all: readonly { id: string; upload_code: string | null }[]): Promise<Map<string, string>> {
  const given = new Map<string, string>()
  for (let left = [...all]; left.length > 0; left = left.filter(({ id }) => !given.has(id))) {
    const drawn = left.map(({ id, upload_code }) => ({ id: newId(), candidate_id: id, code: upload_code ?? drawUploadCode() }))
    const made = await insertCodes(tx, drawn)
    for (const { candidate_id, code } of drawn) if (made.has(candidate_id)) given.set(candidate_id, code)
    // One that was named and exists is somebody else's: drawing again will not help.
    if (left.some(({ id, upload_code }) => upload_code !== null && !given.has(id))) throw problem('unavailable')
  }
  return given
}

/** Says in our words that an exam has such a candidate. */
export async function unlessTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const broken = brokenConstraint(error)
    if (broken === 'candidates_nickname_key') throw problem('nickname_taken')
    if (broken === 'candidates_email_key') throw problem('candidate_email_taken')
    throw error
  }
}
