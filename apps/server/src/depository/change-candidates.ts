import type { Candidate } from '@gradus/contract/exams'
import { recordAudit } from '../audit/record.ts'
import { changed, pick } from '../courses/change.ts'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { addCandidates, giveCodes, type NewCandidate, unlessTaken } from './add-candidates.ts'
import { appendLog } from './append-log.ts'
import { type CandidateFields, lockCandidates, revokeCode, selectCandidate, updateCandidate as update } from './queries/candidates.ts'

/** Adds one candidate with a code. @throws problem nickname_taken, candidate_email_taken */
export async function createCandidate(
  db: Db,
  { exam_id, course_id }: { exam_id: string; course_id: string | null },
  candidate: NewCandidate,
  by: By,
): Promise<Candidate> {
  return transact(db, async (tx) => {
    const [made] = await addCandidates(tx, exam_id, [candidate])
    const about = { object_kind: 'candidate', object_id: made!.id, course_id, after: { exam_id, nickname: candidate.nickname } }
    await recordAudit(tx, { ...by, action: 'candidate.created', ...about })
    return selectCandidate(tx, made!.id)
  })
}

/** Corrects a candidate's names or address. @throws problem nickname_taken, candidate_email_taken */
export async function updateCandidate(
  db: Db,
  { candidate_id, course_id }: { candidate_id: string; course_id: string | null },
  change: { [K in keyof CandidateFields]?: CandidateFields[K] | undefined },
  by: By,
): Promise<Candidate> {
  return transact(db, async (tx) => {
    const [before] = await lockCandidates(tx, [candidate_id])
    if (before === undefined) throw problem('not_found')
    const after = changed<CandidateFields>(before, change)
    if (Object.keys(after).length > 0) {
      await unlessTaken(() => update(tx, candidate_id, after))
      const about = { object_kind: 'candidate', object_id: candidate_id, course_id, before: pick<CandidateFields>(before, after), after }
      await recordAudit(tx, { ...by, action: 'candidate.changed', ...about })
    }
    return selectCandidate(tx, candidate_id)
  })
}

/** Gives a candidate a new code; the old one is dead when this returns, and is never given out again. */
export async function reissueCode(
  db: Db,
  { candidate_id, course_id, reason }: { candidate_id: string; course_id: string | null; reason: string },
  by: By,
): Promise<Candidate> {
  return transact(db, async (tx) => {
    const [candidate] = await lockCandidates(tx, [candidate_id])
    if (candidate === undefined) throw problem('not_found')
    await revokeCode(tx, candidate_id, reason)
    await giveCodes(tx, [{ id: candidate_id, upload_code: null }])
    // Codes are secrets of their candidates: that there is a new one is what the logs tell.
    await recordAudit(tx, { ...by, action: 'candidate.code_reissued', object_kind: 'candidate', object_id: candidate_id, course_id, reason })
    await appendLog(tx, candidate.exam_id, 'code_reissued', { candidate_id })
    return selectCandidate(tx, candidate_id)
  })
}
