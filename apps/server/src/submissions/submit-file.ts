import type { ReplyIn } from '@gradus/contract/endpoint'
import type { submitFile as endpoint } from '@gradus/contract/submissions'
import type { FastifyRequest } from 'fastify'
import { type Db, type Tx, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import { type ReceivedFile, receiveFile } from '../http/upload.ts'
import { send } from '../outbox/send.ts'
import { advance } from '../progress/advance.ts'
import type { Blobs } from '../storage/blobs.ts'
import { acceptFile, type KeptFile, standsAgainstFile } from './accept-file.ts'
import { attemptsLeft } from './attempts.ts'
import { sha256 } from './code.ts'
import { type FileFacts, insertAttempt, selectOptionalFileFacts } from './queries/files.ts'
import { selectHead } from './queries/read.ts'
import { selectStepStanding } from './queries/scores.ts'
import { selectOptionalByKey } from './queries/submit.ts'
import { headReply } from './read-submission.ts'
import { refusalOf } from './refusal.ts'

export interface FileHandIn {
  principal_id: string
  assignment_question_id: string
  client: string
  idempotency_key: string
}
type Answer = ReplyIn<typeof endpoint>

/**
 * Takes a learner's file: when it returns, bytes, submission and attempt number are durable. What speaks against it is
 * looked at before its bytes are read; the request's first byte decides lateness. The same key again gives the same
 * submission for the same bytes (I1); attempts never exceed their limit (I2).
 * @throws problem not_found, code_expected, not_open_yet, closed, attempts_exhausted, idempotency_key_reused, and those of receiveFile
 */
export async function submitFile({ db, blobs }: { db: Db; blobs: Blobs }, request: FastifyRequest, hand_in: FileHandIn): Promise<Answer> {
  const facts = await selectOptionalFileFacts(db, hand_in)
  if (facts === undefined) throw problem('not_found')
  const rules = rulesOf(facts)
  const earlier = await selectOptionalByKey(db, hand_in.principal_id, hand_in.idempotency_key)
  if (earlier !== undefined) return replay(db, hand_in, earlier, await receiveFile(request, null, rules))
  refuse(facts)

  const received = await receiveFile(request, blobs, rules)
  const file = received as KeptFile
  const id = newId()
  try {
    const accepted = await transact(db, async (tx) => {
      const request_sha256 = requestHash(hand_in.assignment_question_id, received)
      const taken = await acceptFile(tx, { ...hand_in, id, handed_in_at: facts.now, request_sha256, file })
      if (taken !== null) await recordAttempt(tx, hand_in)
      return taken
    })
    if (accepted !== null) {
      const head = headReply(await selectHead(db, id))
      return { ...head, attempts_left: attemptsLeft({ ...accepted, attempts: accepted.attempt_number }), is_replay: false }
    }
  } catch (error) {
    if (!standsAgainstFile(error)) throw error
  }
  await send(db, 'blob_unused', { object_key: file.object_key })
  const same = await selectOptionalByKey(db, hand_in.principal_id, hand_in.idempotency_key)
  if (same !== undefined) return replay(db, hand_in, same, received)
  const now = await selectOptionalFileFacts(db, hand_in)
  if (now === undefined) throw problem('not_found')
  refuse({ ...now, now: facts.now })
  throw problem('unavailable')
}

/** @throws problem code_expected */
function rulesOf({ kind, max_bytes, allowed_types }: FileFacts): { max_bytes: number; allowed_types: string[] } {
  if (kind !== 'file' || max_bytes === null || allowed_types === null) throw problem('code_expected')
  return { max_bytes, allowed_types }
}

function refuse(facts: FileFacts): void {
  const refusal = refusalOf(facts)
  if (refusal !== null) throw problem(refusal.code, refusal.details)
}

/** What was asked: which place, which name, which bytes. */
export const requestHash = (place_id: string, { original_filename, sha256: content }: Pick<ReceivedFile, 'original_filename' | 'sha256'>): Buffer =>
  sha256(`${place_id}\nfile\n${content.toString('hex')}\n${original_filename}`)

/** Counts the attempt and tells progress, in the transaction that takes the file: nothing grades it that would do so later. */
async function recordAttempt(tx: Tx, place: { principal_id: string; assignment_question_id: string }): Promise<void> {
  const { principal_id } = place
  const standing = await selectStepStanding(tx, place)
  await insertAttempt(tx, principal_id, standing.step_id)
  await advance(tx, { principal_id, ...standing })
}

async function replay(db: Db, hand_in: FileHandIn, earlier: { id: string; request_sha256: Buffer }, received: ReceivedFile): Promise<Answer> {
  if (!earlier.request_sha256.equals(requestHash(hand_in.assignment_question_id, received))) throw problem('idempotency_key_reused')
  const [head, facts] = [await selectHead(db, earlier.id), await selectOptionalFileFacts(db, hand_in)]
  return { ...headReply(head), attempts_left: facts === undefined ? null : attemptsLeft(facts), is_replay: true }
}
