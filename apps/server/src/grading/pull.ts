import { createHmac, randomBytes } from 'node:crypto'
import { crashPoint } from '../db/crash-point.ts'
import type { Db } from '../db/database.ts'
import { hashSecret, tokenOf } from '../queue/lease.ts'
import { handBackJob } from '../queue/release.ts'
import { dropStale } from './hand-out.ts'
import { type Pulled, pullDue } from './queries/xqueue.ts'

/** A job in an external grader's hands, in the words of its protocol. */
export interface Delivery {
  job_id: string
  xqueue_id: number
  lease_generation: number
  /** Proof of this lease, new at every delivery; the protocol's `submission_key`. */
  key: string
  /** The protocol's `xqueue_body`. */
  body: string
  files: readonly { id: string; name: string }[]
}

export type Pull =
  | { outcome: 'delivered'; strict_status: boolean; delivery: Delivery }
  | { outcome: 'empty' | 'unknown_queue'; strict_status: boolean }
  | { outcome: 'no_session' }

/**
 * Hands out the job of a queue that has been due longest, to a grader that serves it. Two graders never hold the same; each delivery
 * has a fresh key, and the one before is worth nothing from then on (R86, R87, D11).
 */
export async function pull({ db, pseudonyms }: { db: Db; pseudonyms: Buffer }, token_hash: Buffer | null, queue: string): Promise<Pull> {
  if (token_hash === null) return { outcome: 'no_session' }
  for (;;) {
    const secret = randomBytes(32).toString('base64url')
    const pulled = await pullDue(db, token_hash, { queue, lease_hash: hashSecret(secret) })
    const { is_in, is_known, strict_status, job } = pulled
    if (!is_in) return { outcome: 'no_session' }
    if (!is_known) return { outcome: 'unknown_queue', strict_status }
    if (job === null) return { outcome: 'empty', strict_status }
    crashPoint('x2_pull_committed')
    // Its outcome would prove nothing.
    if (pulled.is_stale) await dropStale(db, job.subject_id)
    else return { outcome: 'delivered', strict_status, delivery: deliveryOf(pulled, job, secret, pseudonyms) }
  }
}

function deliveryOf(pulled: Pulled, job: NonNullable<Pulled['job']>, secret: string, pseudonyms: Buffer): Delivery {
  const { job_id, xqueue_id, lease_generation } = job
  const body = job.kind === 'lms' ? pulled.body!.toString() : bodyOf(pulled, pseudonymOf(pseudonyms, job))
  return { job_id, xqueue_id, lease_generation, key: tokenOf(lease_generation, secret), body, files: pulled.files ?? [] }
}

/**
 * A learner's name for graders: the same in one course, another in the next, and nobody outside can tell whose it is (R106). 32
 * hexadecimal digits, as Open edX writes them.
 */
const pseudonymOf = (key: Buffer, { share_id, principal_id }: { share_id: string; principal_id: string }): string =>
  createHmac('sha256', key).update(`${share_id}\n${principal_id}`).digest('hex').slice(0, 32)

/** A hand-in of ours as an LMS would have written it (xqueue.md 1.3), with the language beside it. */
function bodyOf({ content, language, grader_payload, handed_in_at }: Pulled, anonymous_student_id: string): string {
  const submission_time = (handed_in_at ?? '').replace(/\D/g, '').slice(0, 14)
  return JSON.stringify({
    student_info: JSON.stringify({ anonymous_student_id, submission_time, random_seed: 1 }),
    grader_payload: grader_payload ?? '',
    student_response: content?.toString() ?? '',
    language,
  })
}

/** Takes a job back from a grader that did not receive it: no delivery is counted. One that is lost by now is nobody's worry. */
export const takeUnreceived = (db: Db, { job_id, key }: Delivery): Promise<void> =>
  handBackJob(db, { job_id, lease_token: key }).then(
    () => {},
    () => {},
  )
