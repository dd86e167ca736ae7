import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { lockCandidatePrincipals, removeCandidatePrincipals } from '../identity/create-candidates.ts'
import { deleteCandidates, listWithReceipts, lockCandidates } from './queries/candidates.ts'

/** As many nicknames as a refusal names. */
const NAMED = 20

/**
 * Removes candidates who were entered by mistake: all of them or none. Whoever has a receipt stays (a receipt is for
 * ever); a file that arrives meanwhile either makes one first, or finds the code unknown. Their codes are dead when this
 * returns.
 * @throws problem not_found where one is no candidate of this exam, candidates_have_receipts
 */
export async function removeCandidates(
  db: Db,
  { exam_id, course_id, candidate_ids, reason }: { exam_id: string; course_id: string | null; candidate_ids: readonly string[]; reason: string },
  by: By,
): Promise<{ removed_count: number }> {
  const ids = [...new Set(candidate_ids)]
  return transact(db, async (tx) => {
    // In the order in which a file's rows refer to them: whoever comes second waits, and neither waits for both.
    await lockCandidatePrincipals(tx, ids)
    const found = await lockCandidates(tx, ids)
    if (found.length !== ids.length || found.some((one) => one.exam_id !== exam_id)) throw problem('not_found')
    const staying = await listWithReceipts(tx, ids)
    if (staying.length > 0) {
      const nicknames = staying.slice(0, NAMED).map(({ nickname }) => nickname)
      throw problem('candidates_have_receipts', { candidate_count: staying.length, nicknames })
    }
    await deleteCandidates(tx, ids)
    await removeCandidatePrincipals(tx, ids)
    const before = { nicknames: found.map(({ nickname }) => nickname) }
    await recordAudit(tx, { ...by, action: 'candidates.removed', object_kind: 'exam', object_id: exam_id, course_id, before, reason })
    return { removed_count: ids.length }
  })
}
