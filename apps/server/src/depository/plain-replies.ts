import type { FastifyReply } from 'fastify'
import { Problem } from '../http/problems.ts'
import { StorageUnavailable } from '../storage/blobs.ts'

/** What the original says, word for word: clients compare these texts (requirements 2.1). */
export const details = {
  wrong_key: [401, 'Invalid authorization header'],
  no_key: [401, 'Not authenticated'],
  not_allowed: [403, 'Not enough rights'],
  absent: [404, 'Not Found'],
  student_unknown: [404, 'Student not found'],
  upload_code_unknown: [404, 'No student found with the provided upload_code'],
  submission_unknown: [404, 'Submission not found'],
  too_large: [413, 'Upload size limit exceeded'],
  too_many: [422, 'Submissions count limit exceeded'],
  closed: [422, 'Submissions are closed'],
  superseded: [410, 'Submission superseded'],
  deleted: [410, 'Submission deleted by policy'],
  rate_limited: [429, 'Too many requests'],
  storage: [500, 'Submission Storage Error'],
  key_reused: [422, 'Idempotency-Key was used for another file'],
  type_refused: [422, 'Unsupported file type'],
  file_refused: [422, 'File refused'],
  nickname_taken: [422, 'duplicate key value violates unique constraint "students_nickname_key"'],
  email_taken: [422, 'duplicate key value violates unique constraint "students_email_key"'],
} as const satisfies Record<string, readonly [status: number, detail: string]>

/** Sends one of the original's sentences. */
export function say(reply: FastifyReply, name: keyof typeof details): FastifyReply {
  const [status, detail] = details[name]
  return reply.status(status).send({ detail })
}

/** The original's shape for a body or a file that is not as it should be. */
export const sayInvalid = (reply: FastifyReply, issues: readonly { loc: readonly (string | number)[]; msg: string; type: string }[]): FastifyReply =>
  reply.status(422).send({ detail: issues })

const ofProblem: Partial<Record<Problem['code'], keyof typeof details>> = {
  file_too_large: 'too_large',
  body_too_large: 'too_large',
  uploads_exhausted: 'too_many',
  attempts_exhausted: 'too_many',
  not_open_yet: 'closed',
  closed: 'closed',
  promise_not_kept: 'closed',
  file_superseded: 'superseded',
  file_deleted: 'deleted',
  file_not_yet_there: 'submission_unknown',
  receipt_unknown: 'submission_unknown',
  hand_in_code_unknown: 'student_unknown',
  file_type_not_allowed: 'type_refused',
  file_refused: 'file_refused',
  idempotency_key_reused: 'key_reused',
  nickname_taken: 'nickname_taken',
  candidate_email_taken: 'email_taken',
  forbidden: 'not_allowed',
  not_found: 'not_allowed',
  scope_missing: 'not_allowed',
}

/** Says a failure of ours in the original's words. @throws the failure itself where the original has none for it */
export function sayFailure(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof StorageUnavailable) return say(reply, 'storage')
  if (!(error instanceof Problem)) throw error
  if (error.code === 'rate_limited') return say(reply.header('retry-after', String(error.details.retry_after_seconds)), 'rate_limited')
  if (error.code === 'no_file' || error.code === 'unsupported_media_type' || error.code === 'invalid_request')
    return sayInvalid(reply, [{ loc: ['body', 'file'], msg: 'field required', type: 'value_error.missing' }])
  const name = ofProblem[error.code]
  if (name === undefined) throw error
  return say(reply, name)
}
