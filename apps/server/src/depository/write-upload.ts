import { availabilityAt } from '../courses/availability.ts'
import { crashPoint } from '../db/crash-point.ts'
import { brokenConstraint, type Db, sqlState, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import { type AcceptedFile, acceptFile, type KeptFile, type NewFileSubmission, supersedeEarlier } from '../submissions/accept-file.ts'
import { attemptsLeft } from '../submissions/attempts.ts'
import { requestHash } from '../submissions/submit-file.ts'
import { appendLog } from './append-log.ts'
import { drawVerificationCode } from './codes.ts'
import { logWithReceipt } from './issue-receipt.ts'
import { entryMiddle, type LogEntry } from './log-entry.ts'
import { lockHold } from './queries/exams.ts'
import { insertFirstFile } from './queries/first-file.ts'
import { keepPromise, type OpenPromise, type Place, type ReceiptRow, selectReceiptOf } from './queries/hand-in.ts'

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
interface Writing {
  place: Place
  form: Upload['form']
  hand_in: NewFileSubmission
}

/**
 * Writes a file whose bytes are durable: hand-in, log entry and receipt, all of it or nothing. Null where a rule is against
 * it that the look before did not show.
 * @throws problem promise_not_kept
 */
export async function writeUpload(db: Db, place: Place, { idempotency_key, form, client }: Upload, file: KeptFile): Promise<Accepted | null> {
  const sha256 = file.sha256.toString('hex')
  const promise = place.promises.find((one) => one.size_bytes === file.size_bytes && one.sha256 === sha256)
  if (promise === undefined && availabilityAt(place, place.now) === 'closed') throw problem('promise_not_kept')
  const { candidate_id: principal_id, assignment_question_id } = place
  const hand_in = {
    ...{ id: newId(), principal_id, assignment_question_id, handed_in_at: promise?.issued_at ?? place.now, client, file },
    ...{ idempotency_key, request_sha256: requestHash(assignment_question_id, file) },
  }
  const of = { place, form, hand_in }
  const first = place.attempts === 0 && promise === undefined ? await writeFirst(db, of) : null
  const accepted = first ?? (await writeNext(db, of, promise))
  if (accepted !== null) crashPoint('u4_upload_committed')
  return accepted
}

/** What the log tells of it. */
const told = (
  { place, hand_in: { id, handed_in_at, file } }: Writing,
  { attempt_number, is_late }: Pick<AcceptedFile, 'attempt_number' | 'is_late'>,
) => ({
  ...{ candidate_id: place.candidate_id, submission_id: id, attempt_number, handed_in_at, is_late },
  ...{ sha256: file.sha256.toString('hex'), size_bytes: file.size_bytes },
})

/**
 * In one statement, as most files of a hall come: a transaction of five was a quarter of the server's busy time there
 * (bench/depository.ts). Null where it is not the first after all, its code exists already, or two waited for each other:
 * the other way decides then.
 */
async function writeFirst(db: Db, of: Writing): Promise<Accepted | null> {
  const { place, form, hand_in } = of
  const { exam_id } = place
  const [in_time, late] = [false, true].map((is_late) => entryMiddle({ exam_id, kind: 'accepted', body: told(of, { attempt_number: 1, is_late }) }))
  const code = drawVerificationCode(form)
  try {
    const taken = await insertFirstFile(db, hand_in, { id: newId(), code, exam_id }, { in_time: in_time!, late: late! })
    if (taken === undefined) return null
    const uploads_left = attemptsLeft({ ...taken, attempts: taken.attempt_number })
    return { receipt: freshReceipt(of, { ...taken, code }), uploads_left, is_replay: false }
  } catch (error) {
    const isWorthAnother = brokenConstraint(error) === 'receipts_code_key' || sqlState(error) === '40P01'
    if (isWorthAnother) return null
    throw error
  }
}

/** A later file, or one that keeps a promise: in the place of the earlier one. */
const writeNext = (db: Db, of: Writing, promise: OpenPromise | undefined): Promise<Accepted | null> =>
  transact(db, async (tx) => {
    const { place, form, hand_in } = of
    const { candidate_id, exam_id, assignment_question_id } = place
    const submission_id = hand_in.id
    const taken = await acceptFile(tx, hand_in)
    if (taken === null) return null
    if (taken.attempt_number > 1) {
      const earlier = { principal_id: candidate_id, assignment_question_id, by_submission_id: submission_id }
      await supersedeEarlier(tx, { ...earlier, deletes_bytes: !(await lockHold(tx, exam_id)) })
    }
    const uploads_left = attemptsLeft({ ...taken, attempts: taken.attempt_number })
    // The counter's lock is held: no other upload of this candidate can keep the same promise meanwhile.
    if (promise !== undefined && (await keepPromise(tx, promise.id, submission_id))) {
      await appendLog(tx, exam_id, 'accepted', told(of, taken))
      crashPoint('u3_upload_written')
      return { receipt: await selectReceiptOf(tx, submission_id), uploads_left, is_replay: false }
    }
    const of_receipt = { exam_id, candidate_id, submission_id, issued_at: hand_in.handed_in_at }
    const { code, entry } = await logWithReceipt(tx, form, of_receipt, told(of, taken))
    crashPoint('u3_upload_written')
    return { receipt: freshReceipt(of, { ...taken, ...entry, code }), uploads_left, is_replay: false }
  })

/** The receipt as `selectReceiptOf` would read it: everything of it is known here. */
function freshReceipt(
  { place, hand_in }: Writing,
  { code, attempt_number, is_late, seq, entry, sha256 }: Pick<AcceptedFile, 'attempt_number' | 'is_late'> & LogEntry & { code: string },
): ReceiptRow {
  const { title: exam_title, time_zone, is_default, is_held, retention_seconds } = place
  const { id: submission_id, handed_in_at, file } = hand_in
  return {
    ...{ code, exam_title, time_zone, is_default, submission_id, object_key: file.object_key, filename: file.original_filename },
    ...{ content_type: file.content_type, size_bytes: file.size_bytes, sha256: file.sha256.toString('hex'), md5: file.md5?.toString('hex') ?? null },
    ...{ handed_in_at, attempt_number, is_late },
    deletes_at: is_held ? null : new Date(Date.parse(handed_in_at) + retention_seconds * 1000).toISOString(),
    ...{ bytes_until: null, superseded_at: null, bytes_deleted_at: null, deleted_because: null },
    ...{ seq, entry, entry_sha256: sha256.toString('hex') },
  }
}
