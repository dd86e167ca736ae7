import type { promiseFile as endpoint } from '@gradus/contract/exams'
import type { z } from 'zod'
import { availabilityAt } from '../courses/availability.ts'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { takesName } from '../http/upload.ts'
import { attemptsLeft } from '../submissions/attempts.ts'
import { appendLog } from './append-log.ts'
import { issueReceipt } from './issue-receipt.ts'
import { lockCandidates } from './queries/candidates.ts'
import { countOpenPromises, listReceipts, type Place, selectOptionalReceipt } from './queries/hand-in.ts'
import type { Accepted } from './write-upload.ts'

/** Promises that wait for their bytes at once, where uploads have no limit: a slow line needs one or two. */
const MOST_OPEN = 20

/**
 * Takes the promise of a file: its hash and size, inside the window. Receipt and log entry are durable when it returns.
 * The bytes are taken until the grace period is over, and the instant of the promise is what counts for them. Files and
 * open promises together never exceed the uploads of a candidate.
 * @throws problem not_open_yet, closed, uploads_exhausted, file_too_large, file_type_not_allowed,
 * hand_in_code_unknown where the candidate was removed meanwhile
 */
export async function promiseFile(db: Db, place: Place, promise: z.output<typeof endpoint.body>): Promise<Accepted> {
  const { candidate_id, exam_id, now } = place
  const availability = availabilityAt(place, now)
  if (availability === 'not_open_yet') throw problem('not_open_yet', { opens_at: place.opens_at })
  if (availability === 'closed') throw problem('closed', { closes_at: place.closes_at })
  if (promise.size_bytes > place.max_bytes) throw problem('file_too_large', { max_bytes: place.max_bytes })
  if (!takesName(place, promise.filename)) throw problem('file_type_not_allowed', { allowed_types: place.allowed_types })
  const bytes_until = new Date(Date.parse(now) + place.hash_first_grace_seconds * 1000).toISOString()

  return transact(db, async (tx) => {
    // One after the other: two at once must not take the same last upload.
    if ((await lockCandidates(tx, [candidate_id])).length === 0) throw problem('hand_in_code_unknown')
    const known = (await listReceipts(tx, candidate_id)).find(
      (one) =>
        one.sha256 === promise.sha256 &&
        one.size_bytes === promise.size_bytes &&
        (one.bytes_until === null ? one.superseded_at === null : one.bytes_until > now),
    )
    const open = await countOpenPromises(tx, candidate_id, now)
    const left = attemptsLeft(place)
    if (known !== undefined) return { receipt: known, uploads_left: left, is_replay: true }
    if ((left ?? MOST_OPEN) - open <= 0) throw problem('uploads_exhausted', { max_uploads: place.max_attempts })
    const { seq } = await appendLog(tx, exam_id, 'promised', {
      ...{ candidate_id, sha256: promise.sha256, size_bytes: promise.size_bytes, handed_in_at: now, bytes_until },
    })
    const code = await issueReceipt(tx, 'long', {
      ...{ exam_id, candidate_id, submission_id: null, log_seq: seq, issued_at: now, bytes_until },
      promised_sha256: Buffer.from(promise.sha256, 'hex'),
      promised_size_bytes: promise.size_bytes,
      promised_filename: promise.filename,
    })
    return { receipt: (await selectOptionalReceipt(tx, code))!, uploads_left: left, is_replay: false }
  })
}
