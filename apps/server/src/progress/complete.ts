import { createHash } from 'node:crypto'
import type { ReplyIn } from '@gradus/contract/endpoint'
import type { completeStep } from '@gradus/contract/progress'
import { brokenConstraint, type Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { problem } from '../http/problems.ts'
import { certificateReply, drawSerial } from './certificate.ts'
import { selectOptionalCertificate } from './queries/certificates.ts'
import { insertCompletion, type ProgressRow, selectOptionalCompletion, selectOptionalProgress } from './queries/progress.ts'

export interface Completion {
  principal_id: string
  step_id: string
  course_id: string
  /** What the reader scored, 0 to 1; null for nothing. */
  ratio: number | null
  /** Empty where the caller gave none. */
  idempotency_key: string
}

type Answer = ReplyIn<typeof completeStep>

/**
 * Marks a step that nobody grades as done, durably and once per key: the best score and the first date stay, and the
 * course's certificate is issued in the same statement (R52, D5). A step with questions is done by its results alone;
 * for it this only tells that they have done so (D3).
 * @throws problem idempotency_key_reused, step_not_done, not_found (deleted at this instant); with nothing changed
 */
export async function complete(db: Db, { idempotency_key, ...completion }: Completion): Promise<Answer> {
  const { principal_id, step_id, course_id, ratio } = completion
  const request_sha256 = createHash('sha256')
    .update(JSON.stringify([step_id, ratio]))
    .digest()
  const key = idempotency_key === '' ? null : idempotency_key
  const done = await insertCompletion(db, { ...completion, id: newId(), idempotency_key: key, request_sha256, serial: drawSerial() }).catch(
    (error) => {
      throw vanishing.has(brokenConstraint(error) ?? '') ? problem('not_found') : error
    },
  )
  if (done !== undefined) {
    const is_issued = done.issued !== null
    const certificate = is_issued ? await selectOptionalCertificate(db, principal_id, course_id) : done.certificate
    return {
      ...reply(step_id, done),
      certificate_issued: is_issued,
      certificate: certificate ? certificateReply(certificate) : null,
      is_replay: false,
    }
  }
  const earlier = key === null ? undefined : await selectOptionalCompletion(db, principal_id, key)
  if (earlier !== undefined && !earlier.request_sha256.equals(request_sha256)) throw problem('idempotency_key_reused')
  const [row, certificate] = [await selectOptionalProgress(db, completion), await selectOptionalCertificate(db, principal_id, course_id)]
  if (row === undefined || row.completed_at === null) throw problem('step_not_done')
  return {
    ...reply(step_id, row),
    certificate_issued: false,
    certificate: certificate === undefined ? null : certificateReply(certificate),
    is_replay: earlier !== undefined,
  }
}

/** The step was deleted after the guard had found it. */
const vanishing = new Set(['completions_step_id_fkey', 'progress_step_id_fkey'])

const reply = (step_id: string, { attempts, best_ratio, completed_at }: ProgressRow) =>
  ({ status: 'ok', step_id, completed: true, attempts, score: best_ratio, completed_at: completed_at! }) as const
