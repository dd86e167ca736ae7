import type { HandIn, Receipt } from '@gradus/contract/exams'
import { availabilityAt } from '../courses/availability.ts'
import type { DbOrTx } from '../db/database.ts'
import { attemptsLeft } from '../submissions/attempts.ts'
import { listReceipts, type Place, type ReceiptRow } from './queries/hand-in.ts'

/** What a receipt's file has come to. */
export function stateOf({
  submission_id,
  superseded_at,
  bytes_deleted_at,
}: Pick<ReceiptRow, 'submission_id' | 'superseded_at' | 'bytes_deleted_at'>): Receipt['state'] {
  if (submission_id === null) return 'promised'
  if (superseded_at !== null) return 'superseded'
  return bytes_deleted_at === null ? 'kept' : 'deleted'
}

/** A receipt in the contract's shape. */
export function shownReceipt(row: ReceiptRow): Receipt {
  const { code, exam_title, time_zone, filename, content_type, size_bytes, sha256, md5, handed_in_at, attempt_number, is_late } = row
  const { bytes_until, deletes_at, bytes_deleted_at, seq, entry, entry_sha256 } = row
  return {
    verification_code: code,
    state: stateOf(row),
    ...{ exam_title, time_zone, filename, content_type, size_bytes, sha256, md5, handed_in_at, attempt_number, is_late },
    ...{ bytes_until, deletes_at, bytes_deleted_at, log: { seq, entry, entry_sha256 } },
  }
}

/** What the holder of a code sees: the exam, what is left, and receipts. No names: a code proves no person. */
export async function readHandIn(db: DbOrTx, place: Place): Promise<HandIn> {
  const { title, instructions_markdown, time_zone, opens_at, due_at, closes_at, max_bytes, allowed_types, retention_seconds } = place
  return {
    now: place.now,
    exam: {
      ...{ title, instructions_markdown, time_zone, opens_at, due_at, closes_at, max_bytes, allowed_types, retention_seconds },
      availability: availabilityAt(place, place.now),
      max_uploads: place.max_attempts,
      hash_first_grace_seconds: place.hash_first_grace_seconds,
    },
    uploads_used: place.attempts,
    uploads_left: attemptsLeft(place),
    // Most looks come before the first file: they are one statement.
    receipts: place.has_receipts ? (await listReceipts(db, place.candidate_id)).map(shownReceipt) : [],
  }
}
