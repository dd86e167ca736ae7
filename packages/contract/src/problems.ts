import { z } from 'zod'

/**
 * Every failure the API answers with: code -> HTTP status and a sentence that says what to do. Codes are never
 * reused. `details` of a thrown problem are for machines and forms; the sentence is for people.
 */
export const problems = {
  // The request itself
  invalid_request: [400, 'Something in the request is not as it should be. See the details for each field.'],
  invalid_json: [400, 'The body is not valid JSON. Send UTF-8 JSON nested at most 32 levels deep.'],
  invalid_utf8: [400, 'The body has bytes or characters that are not valid Unicode. Send it as UTF-8, or send code as code_base64.'],
  unsupported_media_type: [
    415,
    'This address does not take a body of this type. Send application/json, or multipart/form-data where a file is handed in.',
  ],
  header_too_large: [431, 'The address and headers of the request are longer than 16 KB together. Send less in them.'],
  body_too_large: [413, 'The body is larger than this address takes.'],
  code_too_large: [413, 'The code is larger than 100 KB (102,400 bytes). Shorten it and hand it in again.'],
  not_found: [404, 'There is nothing here, or it is not yours to see.'],
  method_not_allowed: [405, 'This address does not take that method.'],
  request_timeout: [408, 'The request did not arrive whole in time. Send it again on a better line.'],
  rate_limited: [429, 'Too many failed tries from here. Wait for the time named in Retry-After, then try again.'],
  internal: [500, 'Something failed on our side. Nothing of your work was lost. Try again; if it stays, send the request id to your staff.'],
  unavailable: [503, 'The server cannot take this right now. Your work is safe where it is; try again shortly.'],
  foreign_origin: [403, 'This request came from another web site. Open Gradus itself and try there.'],
  // Identity
  sign_in_required: [401, 'Sign in first, or send a bearer token.'],
  registration_closed: [403, 'Accounts are made by the administrator here. Ask your teacher or the administrator for one.'],
  wrong_credentials: [401, 'The e-mail address or the password is not right.'],
  email_taken: [409, 'An account with this e-mail address exists already. Sign in instead.'],
  wrong_password: [403, 'The present password is not right.'],
  forbidden: [403, 'Your role does not allow this here.'],
  scope_missing: [403, 'This key does not hold the scope that this address needs.'],
  scope_not_allowed: [403, 'Only an administrator’s key can hold the scopes grade and admin, and only a person’s key the scope user.'],
  last_admin: [409, 'Gradus needs an administrator. Make someone else one first.'],
  creator_required: [403, 'Only people who may create courses can do this. Ask the administrator for it.'],
  // Roster
  join_code_unknown: [404, 'No course has this join code. Compare it with what your teacher gave you.'],
  join_code_closed: [410, 'This join code is switched off, used up or past its time. Ask your teacher for a new one.'],
  already_enrolled: [409, 'This person is in the course already.'],
  user_unknown: [404, 'No account has this e-mail address. The person must register first.'],
  last_owner: [409, 'A course needs an owner. Make someone else the owner first.'],
  course_not_open: [404, 'No course of this address takes everybody. Ask its teacher for a join code.'],
  // Courses and questions
  slug_taken: [409, 'This short name is taken. Choose another.'],
  time_zone_unknown: [400, 'This time zone is not known. Use a name such as Europe/Berlin.'],
  times_out_of_order: [400, 'Opening, due and closing times must follow each other.'],
  order_mismatch: [409, 'The order sent does not name every item exactly once. Reload and try again.'],
  step_has_work: [409, 'Students have handed in work here, so it cannot be deleted. Set it to draft to hide it.'],
  module_not_empty: [409, 'The module still has steps. Move or delete them first.'],
  question_placed_already: [409, 'This question is in the assignment already.'],
  version_not_published: [409, 'Only a published version can be placed.'],
  no_draft: [409, 'There is no draft to work on. Save one first.'],
  draft_changed: [409, 'Someone saved this draft after you opened it. Reload to see it; your text is still on this page.'],
  try_required: [409, 'Try this exact draft first: the reference solution must pass and the starter must fail, in every language.'],
  not_an_assignment: [409, 'This step is not an assignment.'],
  // Submissions
  language_not_allowed: [400, 'This question does not take that language.'],
  not_open_yet: [409, 'This assignment has not opened yet.'],
  closed: [409, 'This assignment is closed; nothing can be handed in any more.'],
  attempts_exhausted: [409, 'All attempts at this question are used.'],
  idempotency_key_required: [400, 'Send an Idempotency-Key header of 8 to 100 characters, the same again when you repeat this hand-in.'],
  idempotency_key_reused: [422, 'This Idempotency-Key was used for a different hand-in. Use a new key for new work.'],
  no_visible_tests: [409, 'This question has no visible tests to run.'],
  too_many_runs: [429, 'You have several runs waiting already. Wait for one to finish.'],
  too_many_waiting: [
    429,
    'Many of your hand-ins to this question still wait to be graded. They are safe; this one was not taken. Hand it in again once the first results are there.',
  ],
  no_content: [400, 'Send exactly one of code and code_base64.'],
  // Progress
  score_invalid: [422, 'The score is no number on its scale: send 0 to 1 with score_scale unit, or 0 to 100 with score_scale percent.'],
  step_not_done: [409, 'This step counts as done once its questions have the points they ask for. Hand in first; nothing was changed.'],
  guest_limited: [403, 'Attempts at this question are limited, so it takes an account. Register or sign in; what you did as a guest comes along.'],
  guests_throttled: [
    429,
    'More was done from here without an account than one network may. Sign in or register to go on at once, or wait for the time named in Retry-After. What you did is kept.',
  ],
  no_certificate: [404, 'You have no certificate of this course yet. It comes by itself once every step is done.'],
  nothing_to_grade: [409, 'This step has no question to answer. Mark it as done instead.'],
  // Grading
  lease_lost: [409, 'This lease is not live any more; the job was handed to someone else or is finished. Nothing was changed.'],
  result_mismatch: [422, 'The results do not name exactly the tests of this job.'],
  job_not_failed: [409, 'Only a job that needs staff can be put back.'],
  // Files and exams
  hand_in_code_unknown: [404, 'No exam has this code. Compare it with your slip; upper and lower case, spaces and hyphens do not matter.'],
  receipt_unknown: [404, 'No receipt has this code. Compare it with what you printed or saved.'],
  no_file: [400, 'Send one file, as the part `file` of a multipart/form-data body.'],
  file_too_large: [413, 'The file is larger than this exam or question takes. Nothing was kept, and no upload was used.'],
  file_type_not_allowed: [422, 'This exam or question does not take files of this type. Nothing was kept, and no upload was used.'],
  file_refused: [
    422,
    'The scanner of this installation found something harmful in the file. Nothing was kept, and no upload was used. Hand in another file.',
  ],
  code_expected: [409, 'This question takes code and no file.'],
  uploads_exhausted: [422, 'All uploads of this code are used. What you handed in last is what counts.'],
  promise_not_kept: [422, 'These are not the bytes whose hash you sent in time. Choose the same file again; your promise still stands.'],
  file_superseded: [410, 'A later file took the place of this one, and its bytes are deleted. The receipt stays valid as a record.'],
  file_deleted: [410, 'The file was deleted by policy: the time for which its bytes are kept is over. The receipt stays valid as a record.'],
  file_not_yet_there: [409, 'Only the hash of this file has come so far.'],
  nickname_taken: [409, 'This exam has a candidate with this nickname already.'],
  candidate_email_taken: [409, 'This exam has a candidate with this e-mail address already.'],
  candidates_have_receipts: [
    409,
    'Some of these candidates have handed in or promised a file, so they stay with their receipts. Nobody was removed. Correct their names, or swap them with another.',
  ],
  // External graders
  job_superseded: [409, 'A later hand-in of the same learner to the same problem waits already; this one is no longer asked for.'],
  queue_taken: [409, 'A queue with this name exists already.'],
  queue_unknown: [404, 'There is no queue of this name that external graders serve. Open it first, or choose another.'],
  own_queue: [409, 'This is the queue of our own workers; it has no external graders and stays as it is.'],
  grader_taken: [409, 'A grader account with this name exists already.'],
  job_is_kept: [409, 'This job belongs to a learner’s work here, which is never deleted. Put it back or void the hand-in instead.'],
} as const satisfies Record<string, readonly [status: number, sentence: string]>

export type ProblemCode = keyof typeof problems

/** The one error shape (R107). */
export const problemBody = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
  request_id: z.string(),
})
export type ProblemBody = z.infer<typeof problemBody>

/** The sentence a person reads for an error body, also for codes newer than this client. */
export function sentence(body: Pick<ProblemBody, 'code' | 'message'>): string {
  return body.code in problems ? problems[body.code as ProblemCode][1] : body.message
}
