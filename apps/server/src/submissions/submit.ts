import type { ReplyIn } from '@gradus/contract/endpoint'
import type { submit as endpoint } from '@gradus/contract/submissions'
import { crashDuring, crashPoint } from '../db/crash-point.ts'
import { brokenConstraint, type Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import type { Bell } from '../queue/bell.ts'
import { attemptsLeft } from './attempts.ts'
import { sha256 } from './code.ts'
import { selectHead } from './queries/read.ts'
import { type Accepted, insertSubmission, type NewSubmission, selectOptionalByKey, selectOptionalFacts } from './queries/submit.ts'
import { headReply } from './read-submission.ts'
import { refusalOf } from './refusal.ts'

export interface HandIn {
  principal_id: string
  /** A guest hands in only where attempts are without limit: a fresh cookie would be a fresh set of them. */
  is_guest: boolean
  assignment_question_id: string
  language: NewSubmission['language']
  content: Buffer
  client: string
  idempotency_key: string
}

type Answer = ReplyIn<typeof endpoint>

/**
 * Takes a hand-in: when it returns, the submission with its attempt number, its job and its outbox are durable, in one
 * transaction (reliability rule 1). The same key again gives the same submission, whenever it comes, however many at
 * once (I1); attempts never exceed their limit (I2); lateness is decided here by the database's clock and never again (I8).
 * @throws problem idempotency_key_reused, language_not_allowed, not_open_yet, closed, attempts_exhausted, too_many_waiting, guest_limited;
 * with nothing changed
 */
export async function submit({ db, bell }: { db: Db; bell: Bell }, { is_guest, ...hand_in }: HandIn): Promise<Answer> {
  if (is_guest && (await selectOptionalFacts(db, hand_in))?.max_attempts != null) throw problem('guest_limited')
  const submission: NewSubmission = {
    ...hand_in,
    id: newId(),
    job_id: newId(),
    content_sha256: sha256(hand_in.content),
    // The client's label is no part of what was asked: the same work sent from another program is the same request.
    request_sha256: sha256(Buffer.concat([Buffer.from(`${hand_in.assignment_question_id}\n${hand_in.language}\n`), hand_in.content])),
  }
  crashPoint('s1_submit_checked')
  for (let tries = 0; tries < 3; tries++) {
    const accepted = await tryToInsert(db, submission)
    if (accepted !== undefined) {
      crashPoint('s3_submit_committed')
      bell.ring(submission.language)
      return acceptedReply(submission, accepted)
    }
    crashPoint('s5_submit_refused')
    const replayed = await replayOf(db, submission)
    if (replayed !== null) return replayed
    const facts = await selectOptionalFacts(db, submission)
    if (facts === undefined) throw problem('not_found')
    const refusal = refusalOf(facts)
    if (refusal !== null) throw problem(refusal.code, refusal.details)
    // What stood against it is gone by now: a window opened, an attempt was given back.
  }
  throw problem('unavailable')
}

/** Undefined where it was not taken, for whatever reason. */
async function tryToInsert(db: Db, submission: NewSubmission): Promise<Accepted | undefined> {
  try {
    return await crashDuring('s2_submit_sent', insertSubmission(db, submission))
  } catch (error) {
    if (standsAgainst.has(brokenConstraint(error) ?? '')) return undefined
    throw error
  }
}

/** The same key arrived at the same instant, or the placement was taken out of its assignment meanwhile. */
const standsAgainst = new Set([
  'submissions_principal_id_idempotency_key_key',
  'attempt_counters_assignment_question_id_fkey',
  'submissions_assignment_question_id_fkey',
  'progress_step_id_fkey',
])

async function replayOf(
  db: Db,
  { principal_id, assignment_question_id, idempotency_key, request_sha256, language }: NewSubmission,
): Promise<Answer | null> {
  const earlier = await selectOptionalByKey(db, principal_id, idempotency_key)
  if (earlier === undefined) return null
  if (!earlier.request_sha256.equals(request_sha256)) throw problem('idempotency_key_reused')
  crashPoint('s6_submit_replayed')
  const [head, facts] = [await selectHead(db, earlier.id), await selectOptionalFacts(db, { principal_id, assignment_question_id, language })]
  return { ...headReply(head), attempts_left: facts === undefined ? null : attemptsLeft(facts), is_replay: true }
}

function acceptedReply(submission: NewSubmission, { attempt_number, submitted_at, is_late, forgiven, max_attempts }: Accepted): Answer {
  return {
    id: submission.id,
    assignment_question_id: submission.assignment_question_id,
    attempt_number,
    language: submission.language as Answer['language'],
    file: null,
    submitted_at,
    is_late,
    size_bytes: submission.content.length,
    content_sha256: submission.content_sha256.toString('hex'),
    client: submission.client,
    state: 'queued',
    is_voided: false,
    verdict: null,
    points: null,
    points_possible: null,
    attempts_left: attemptsLeft({ attempts: attempt_number, forgiven, max_attempts }),
    is_replay: false,
  }
}
