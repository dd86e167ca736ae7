import type { FastifyRequest } from 'fastify'
import { availabilityAt } from '../courses/availability.ts'
import { crashPoint } from '../db/crash-point.ts'
import { type Db, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import { type ReceivedFile, receiveFile } from '../http/upload.ts'
import { send } from '../outbox/send.ts'
import type { Blobs } from '../storage/blobs.ts'
import { acceptFile, earlierHandIn, type KeptFile, standsAgainstFile, supersedeEarlier } from '../submissions/accept-file.ts'
import { attemptsLeft } from '../submissions/attempts.ts'
import { requestHash } from '../submissions/submit-file.ts'
import { appendLog } from './append-log.ts'
import { issueReceipt } from './issue-receipt.ts'
import { lockHold } from './queries/exams.ts'
import { keepPromise, listOpenPromises, type OpenPromise, type Place, type ReceiptRow, selectReceiptOf } from './queries/hand-in.ts'

export interface Upload {
  idempotency_key: string
  /** The form of the receipt's code. */
  form: 'long' | 'plain'
  client: string
}
export interface Accepted {
  receipt: ReceiptRow
  uploads_left: number | null
  is_replay: boolean
}

/**
 * Takes a candidate's file: when it returns, bytes, hand-in, receipt and log entry are durable, and the bytes of the
 * earlier file are on their way out. `place` was read when the request's head had come: its instant decides window and
 * lateness. Window and uploads left are looked at before a byte of the body is read, and again under the lock of the
 * candidate's counter, so that of ten sixths at once none is taken (R8). Where it throws, nothing is kept (R5, R7).
 * @throws problem not_open_yet, closed, uploads_exhausted, promise_not_kept, idempotency_key_reused, and those of receiveFile
 */
export async function acceptUpload(
  { db, blobs }: { db: Db; blobs: Blobs },
  request: FastifyRequest,
  place: Place,
  upload: Upload,
): Promise<Accepted> {
  const key = { principal_id: place.candidate_id, idempotency_key: upload.idempotency_key }
  const earlier = await earlierHandIn(db, key)
  if (earlier !== undefined) return replay(db, place, earlier, await receiveFile(request, null, place))
  const promises = await listOpenPromises(db, place.candidate_id, place.now)
  refuse(place, promises)
  crashPoint('u1_upload_checked')

  const received = await receiveFile(request, blobs, place)
  crashPoint('u2_upload_kept')
  const file = received as KeptFile
  try {
    const accepted = await write(db, place, upload, file, promises)
    if (accepted !== null) return accepted
  } catch (error) {
    if (!standsAgainstFile(error)) throw await unused(db, file, error)
  }
  await send(db, 'blob_unused', { object_key: file.object_key })
  const same = await earlierHandIn(db, key)
  if (same !== undefined) return replay(db, place, same, received)
  // Between the look and the lock another upload of the same candidate used the last one.
  throw problem('uploads_exhausted', { max_uploads: place.max_attempts })
}

/** The bytes that were kept for nothing go, unless the database cannot be told: then the sweeper finds them. */
async function unused(db: Db, { object_key }: KeptFile, error: unknown): Promise<unknown> {
  await send(db, 'blob_unused', { object_key }).catch(() => {})
  return error
}

/** After the closing only what was promised in time is taken. */
function refuse(place: Place, promises: readonly OpenPromise[]): void {
  const availability = availabilityAt(place, place.now)
  if (availability === 'not_open_yet') throw problem('not_open_yet', { opens_at: place.opens_at })
  if (availability === 'closed' && (place.is_archived || promises.length === 0)) throw problem('closed', { closes_at: place.closes_at })
  if (attemptsLeft(place) === 0) throw problem('uploads_exhausted', { max_uploads: place.max_attempts })
}

/** Null where the lock showed that a rule is against it. */
async function write(db: Db, place: Place, upload: Upload, file: KeptFile, promises: readonly OpenPromise[]): Promise<Accepted | null> {
  const { candidate_id, exam_id, assignment_question_id } = place
  const promise = promises.find((one) => one.promised_size_bytes === file.size_bytes && one.promised_sha256.equals(file.sha256))
  if (promise === undefined && availabilityAt(place, place.now) === 'closed') throw problem('promise_not_kept')
  const id = newId()
  const handed_in_at = promise?.issued_at ?? place.now
  return transact(db, async (tx) => {
    const accepted = await acceptFile(tx, {
      ...{ id, principal_id: candidate_id, assignment_question_id, handed_in_at, client: upload.client, file },
      ...{ idempotency_key: upload.idempotency_key, request_sha256: requestHash(assignment_question_id, file) },
    })
    if (accepted === null) return null
    await supersedeEarlier(tx, {
      principal_id: candidate_id,
      assignment_question_id,
      by_submission_id: id,
      deletes_bytes: !(await lockHold(tx, exam_id)),
    })
    // The counter's lock is held: no other upload of this candidate can keep the same promise meanwhile.
    const is_kept = promise !== undefined && (await keepPromise(tx, promise.id, id))
    const { seq } = await appendLog(tx, exam_id, 'accepted', {
      ...{ candidate_id, submission_id: id, attempt_number: accepted.attempt_number, handed_in_at, is_late: accepted.is_late },
      ...{ sha256: file.sha256.toString('hex'), size_bytes: file.size_bytes },
    })
    if (!is_kept) await issueReceipt(tx, upload.form, { exam_id, candidate_id, submission_id: id, log_seq: seq, issued_at: handed_in_at })
    crashPoint('u3_upload_written')
    const receipt = await selectReceiptOf(tx, id)
    return { receipt, uploads_left: attemptsLeft({ ...accepted, attempts: accepted.attempt_number }), is_replay: false }
  }).then((accepted) => {
    if (accepted !== null) crashPoint('u4_upload_committed')
    return accepted
  })
}

async function replay(db: Db, place: Place, earlier: { id: string; request_sha256: Buffer }, received: ReceivedFile): Promise<Accepted> {
  if (!earlier.request_sha256.equals(requestHash(place.assignment_question_id, received))) throw problem('idempotency_key_reused')
  return { receipt: await selectReceiptOf(db, earlier.id), uploads_left: attemptsLeft(place), is_replay: true }
}
