import type { ProblemCode } from '@gradus/contract/problems'
import type { DbOrTx } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { recordFailure, refuseAfterFailures } from '../identity/failures.ts'
import { networkOf } from '../identity/network.ts'
import { uploadCodeIn, verificationCodeIn } from './codes.ts'
import { type Place, type ReceiptRow, selectOptionalPlace, selectOptionalReceipt } from './queries/hand-in.ts'

/** Wrong codes from one network in ten minutes before they are refused as too many. */
const WRONG_CODES = 20

/**
 * What an upload code opens. The code is looked up first and only wrong ones are counted: a hall of 1,000 behind one
 * address is never refused for the typing errors of some, and what guessing could gain is bounded by a code's length.
 * @throws problem hand_in_code_unknown, rate_limited
 */
export async function placeOf(
  db: DbOrTx,
  typed: string,
  address: string,
  { idempotency_key = null, is_wanted = () => true }: { idempotency_key?: string | null; is_wanted?: (place: Place) => boolean } = {},
): Promise<Place> {
  const code = uploadCodeIn(typed)
  const place = code === null ? undefined : await selectOptionalPlace(db, code, idempotency_key)
  if (place !== undefined && is_wanted(place)) return place
  return refuseWrong(db, 'upload', address, 'hand_in_code_unknown')
}

/** What a verification code stands for, by the same rule. @throws problem receipt_unknown, rate_limited */
export async function receiptOf(db: DbOrTx, typed: string, address: string): Promise<ReceiptRow> {
  const code = verificationCodeIn(typed)
  const receipt = code === null ? undefined : await selectOptionalReceipt(db, code)
  return receipt ?? refuseWrong(db, 'receipt', address, 'receipt_unknown')
}

async function refuseWrong(db: DbOrTx, kind: string, address: string, code: ProblemCode): Promise<never> {
  const allowances = [{ bucket: `${kind} code ${networkOf(address)}`, limit: WRONG_CODES }]
  await refuseAfterFailures(db, allowances)
  await recordFailure(db, allowances)
  throw problem(code)
}
