import type { FastifyRequest } from 'fastify'
import { availabilityAt } from '../courses/availability.ts'
import { crashPoint } from '../db/crash-point.ts'
import { brokenConstraint, type Db } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { type ReceivedFile, receiveFile } from '../http/upload.ts'
import { send } from '../outbox/send.ts'
import type { Blobs } from '../storage/blobs.ts'
import { earlierHandIn, type KeptFile, standsAgainstFile } from '../submissions/accept-file.ts'
import { attemptsLeft } from '../submissions/attempts.ts'
import { requestHash } from '../submissions/submit-file.ts'
import { type Place, selectReceiptOf } from './queries/hand-in.ts'
import { type Accepted, type Upload, writeUpload } from './write-upload.ts'

/**
 * Takes a candidate's file: when it returns, bytes, hand-in, receipt and log entry are durable, and the bytes of the
 * earlier file are on their way out. `place` was read when the request's head had come: its instant decides window and
 * lateness. Window and uploads left are looked at before a byte of the body is read, and again under the lock of the
 * candidate's counter, so that of ten sixths at once none is taken (R8). Where it throws, nothing is kept (R5, R7).
 * @throws problem not_open_yet, closed, uploads_exhausted, promise_not_kept, idempotency_key_reused, hand_in_code_unknown, and those of receiveFile
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
    const accepted = await writeUpload(db, place, upload, file)
    if (accepted !== null) return accepted
  } catch (error) {
    if (!standsAgainstFile(error)) throw await unused(db, file, isOfNobody(error) ? problem('hand_in_code_unknown') : error)
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

/** Whether a failure means that the candidate was removed while the bytes came. */
const isOfNobody = (error: unknown): boolean => brokenConstraint(error) === 'attempt_counters_principal_id_fkey'

/** After the closing only what was promised in time is taken. */
function refuse(place: Place): void {
  const availability = availabilityAt(place, place.now)
  if (availability === 'not_open_yet') throw problem('not_open_yet', { opens_at: place.opens_at })
  if (availability === 'closed' && (place.is_archived || place.promises.length === 0)) throw problem('closed', { closes_at: place.closes_at })
  if (attemptsLeft(place) === 0) throw problem('uploads_exhausted', { max_uploads: place.max_attempts })
}

async function replay(db: Db, place: Place, earlier: NonNullable<Place['earlier']>, received: ReceivedFile): Promise<Accepted> {
  if (earlier.request_sha256 !== requestHash(place.assignment_question_id, received).toString('hex')) throw problem('idempotency_key_reused')
  return { receipt: await selectReceiptOf(db, earlier.id), uploads_left: attemptsLeft(place), is_replay: true }
}
