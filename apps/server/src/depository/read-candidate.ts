import type { ReplyIn } from '@gradus/contract/endpoint'
import type { getCandidate as endpoint } from '@gradus/contract/exams'
import type { DbOrTx } from '../db/database.ts'
import { listCodes, selectCandidate } from './queries/candidates.ts'
import { listReceipts } from './queries/hand-in.ts'
import { shownReceipt } from './read-hand-in.ts'

/** A candidate with every code and receipt. @throws problem not_found */
export async function readCandidate(db: DbOrTx, candidate_id: string): Promise<ReplyIn<typeof endpoint>> {
  const [candidate, codes, receipts] = [
    await selectCandidate(db, candidate_id),
    await listCodes(db, candidate_id),
    await listReceipts(db, candidate_id),
  ]
  return { ...candidate, codes, receipts: receipts.map((row) => ({ ...shownReceipt(row), submission_id: row.submission_id })) }
}
