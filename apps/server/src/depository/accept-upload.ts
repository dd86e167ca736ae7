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
import { logWithReceipt } from './issue-receipt.ts'
import type { LogEntry } from './log-entry.ts'
import { lockHold } from './queries/exams.ts'
import { keepPromise, type Place, type ReceiptRow, selectReceiptOf } from './queries/hand-in.ts'

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
  if (place.earlier !== null) return replay(db, place, place.earlier, await receiveFile(request, null, place))
  refuse(place)
  crashPoint('u1_upload_checked')

  const received = await receiveFile(request, blobs, { ...place, with_md5: place.is_default })
  crashPoint('u2_upload_kept')
  const file = received as KeptFile
  try {
    const accepted = await write(db, place, upload, file)
    if (accepted !== null) return accepted
  } catch (error) {
    if (!standsAgainstFile(error)) throw await unused(db, file, error)
  }
  await send(db, 'blob_unused', { object_key: file.object_key })
  const same = await earlierHandIn(db, { principal_id: place.candidate_id, idempotency_key: upload.idempotency_key })
  if (same !== undefined) return replay(db, place, { id: same.id, request_sha256: same.request_sha256.toString('hex') }, received)
  // Between the look and the lock another upload of the same candidate used the last one.
  throw problem('uploads_exhausted', { max_uploads: place.max_attempts })
}

/** The bytes that were kept for nothing go, unless the database cannot be told: then the sweeper finds them. */
async function unused(db: Db, { object_key }: KeptFile, error: unknown): Promise<unknown> {
  await send(db, 'blob_unused', { object_key }).catch(() => {})
  return error
}

/** After the closing only what was promised in time is taken. */
function refuse(place: Place): void {
  const availability = availabilityAt(place, place.now)
  if (availability === 'not_open_yet') throw problem('not_open_yet', { opens_at: place.opens_at })
  if (availability === 'closed' && (place.is_archived || place.promises.length === 0)) throw problem('closed', { closes_at: place.closes_at })
  if (attemptsLeft(place) === 0) throw problem('uploads_exhausted', { max_uploads: place.max_attempts })
}

/** Null where the lock showed that a rule is against it. */
async function write(db: Db, place: Place, upload: Upload, file: KeptFile): Promise<Accepted | null> {
  const { candidate_id, exam_id, assignment_question_id } = place
  const sha256 = file.sha256.toString('hex')
  const promise = place.promises.find((one) => one.size_bytes === file.size_bytes && one.sha256 === sha256)
  if (promise === undefined && availabilityAt(place, place.now) === 'closed') throw problem('promise_not_kept')
  const submission_id = newId()
  const handed_in_at = promise?.issued_at ?? place.now
  const accepted = await transact(db, async (tx): Promise<Accepted | null> => {
    const taken = await acceptFile(tx, {
      ...{ id: submission_id, principal_id: candidate_id, assignment_question_id, handed_in_at, client: upload.client, file },
      ...{ idempotency_key: upload.idempotency_key, request_sha256: requestHash(assignment_question_id, file) },
    })
    if (taken === null) return null
    const { attempt_number, is_late } = taken
    if (attempt_number > 1) {
      const of = { principal_id: candidate_id, assignment_question_id, by_submission_id: submission_id }
      await supersedeEarlier(tx, { ...of, deletes_bytes: !(await lockHold(tx, exam_id)) })
    }
    const body = { candidate_id, submission_id, attempt_number, handed_in_at, is_late, sha256, size_bytes: file.size_bytes }
    const uploads_left = attemptsLeft({ ...taken, attempts: attempt_number })
    // The counter's lock is held: no other upload of this candidate can keep the same promise meanwhile.
    if (promise !== undefined && (await keepPromise(tx, promise.id, submission_id))) {
      await appendLog(tx, exam_id, 'accepted', body)
      crashPoint('u3_upload_written')
      return { receipt: await selectReceiptOf(tx, submission_id), uploads_left, is_replay: false }
    }
    const { code, entry } = await logWithReceipt(tx, upload.form, { exam_id, candidate_id, submission_id, issued_at: handed_in_at }, body)
    crashPoint('u3_upload_written')
    return { receipt: freshReceipt(place, file, { ...body, code }, entry), uploads_left, is_replay: false }
  })
  if (accepted !== null) crashPoint('u4_upload_committed')
  return accepted
}

/** The receipt as `selectReceiptOf` would read it: everything of it is known here. */
function freshReceipt(
  place: Place,
  { object_key, original_filename, content_type, md5 }: KeptFile,
  of: { code: string; submission_id: string; attempt_number: number; handed_in_at: string; is_late: boolean; sha256: string; size_bytes: number },
  { seq, entry, sha256 }: LogEntry,
): ReceiptRow {
  const { title, time_zone, is_default, is_held, retention_seconds } = place
  return {
    ...{ ...of, exam_title: title, time_zone, is_default, object_key, filename: original_filename, content_type, md5: md5?.toString('hex') ?? null },
    deletes_at: is_held ? null : new Date(Date.parse(of.handed_in_at) + retention_seconds * 1000).toISOString(),
    ...{ bytes_until: null, superseded_at: null, bytes_deleted_at: null, deleted_because: null },
    ...{ seq, entry, entry_sha256: sha256.toString('hex') },
  }
}

async function replay(db: Db, place: Place, earlier: NonNullable<Place['earlier']>, received: ReceivedFile): Promise<Accepted> {
  if (earlier.request_sha256 !== requestHash(place.assignment_question_id, received).toString('hex')) throw problem('idempotency_key_reused')
  return { receipt: await selectReceiptOf(db, earlier.id), uploads_left: attemptsLeft(place), is_replay: true }
}
