import type { Candidate, swapWhat } from '@gradus/contract/exams'
import type { z } from 'zod'
import { recordAudit } from '../audit/record.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { appendLog } from './append-log.ts'
import {
  type CandidateFields,
  lockCandidates,
  moveCode,
  selectOptionalCandidates,
  setCodesAside,
  takeCodesBack,
  updateCandidate,
} from './queries/candidates.ts'

export interface Swap {
  exam_id: string
  course_id: string | null
  candidate_id: string
  other_candidate_id: string
  what: z.infer<typeof swapWhat>
  reason: string
}

/**
 * Exchanges two candidates' codes, hand-ins, or both. What was handed in never changes, so for hand-ins it is the names
 * that move: a candidate's id stays with its hand-ins and receipts, and stands for the other person from then on.
 * @throws problem not_found where they are not two candidates of this exam
 */
export async function swapCandidates(
  db: Db,
  { exam_id, course_id, candidate_id, other_candidate_id, what, reason }: Swap,
  by: By,
): Promise<Candidate[]> {
  const ids = [candidate_id, other_candidate_id]
  return transact(db, async (tx) => {
    const found = await lockCandidates(tx, ids)
    const [a, b] = found
    if (a === undefined || b === undefined || found.some((one) => one.exam_id !== exam_id)) throw problem('not_found')
    const before = await selectOptionalCandidates(tx, ids)
    const codeOf = (id: string): string => before.find((one) => one.id === id)!.upload_code
    if (what !== 'codes') await swapNames(tx, a, b)
    // Names moved and codes with them, or codes alone: `both` leaves each code where the hand-ins are.
    if (what !== 'both') await swapCodes(tx, { a: a.id, b: b.id, code_a: codeOf(a.id), code_b: codeOf(b.id) })
    const after = { what, candidate_ids: ids, nicknames_before: ids.map((id) => found.find((one) => one.id === id)!.nickname) }
    for (const object_id of ids) {
      await recordAudit(tx, { ...by, action: 'candidate.swapped', object_kind: 'candidate', object_id, course_id, after, reason })
    }
    await appendLog(tx, exam_id, 'swapped', { what, candidate_ids: ids })
    return selectOptionalCandidates(tx, ids)
  })
}

const namesOf = ({ nickname, first_name, last_name, email }: CandidateFields): CandidateFields => ({ nickname, first_name, last_name, email })

/** Nicknames and addresses are unique at every instant, so one of the two is called something else in between. */
async function swapNames(tx: Tx, a: CandidateFields & { id: string }, b: CandidateFields & { id: string }): Promise<void> {
  await updateCandidate(tx, a.id, { nickname: newId(), email: null })
  await updateCandidate(tx, b.id, namesOf(a))
  await updateCandidate(tx, a.id, namesOf(b))
}

async function swapCodes(tx: Tx, { a, b, code_a, code_b }: { a: string; b: string; code_a: string; code_b: string }): Promise<void> {
  await setCodesAside(tx, [code_a, code_b], 'swapped')
  await moveCode(tx, code_a, b)
  await moveCode(tx, code_b, a)
  await takeCodesBack(tx, [code_a, code_b])
}
