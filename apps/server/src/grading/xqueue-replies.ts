import type { FastifyReply } from 'fastify'

/**
 * What the protocol says, word for word: clients compare these texts (xqueue.md section 3). Each has the status of the older dialect,
 * which is 200 for everything, and the one an account with `strict_status` is given.
 */
export const replies = {
  login_required: [1, 'login_required', 200],
  logged_in: [0, 'Logged in', 200],
  login_incomplete: [1, 'Insufficient login info', 400],
  login_wrong: [1, 'Incorrect login credentials', 401],
  goodbye: [0, 'Goodbye', 200],
  ok: [0, 'OK', 200],
  taken: [0, '', 200],
  submit_not_post: [1, 'Queue requests should use HTTP POST', 405],
  submit_invalid: [1, 'Queue request has invalid format', 400],
  put_not_post: [1, "'put_result' must use HTTP POST", 405],
  put_invalid: [1, 'Incorrect reply format', 400],
  put_unknown: [1, 'Submission does not exist', 404],
  put_wrong_key: [1, 'Incorrect key for submission', 403],
  put_again: [1, 'Incorrect key for submission', 409],
  pull_without_queue: [1, "'get_submission' must provide parameter 'queue_name'", 400],
  length_without_queue: [1, "'get_queuelen' must provide parameter 'queue_name'", 400],
} as const satisfies Record<string, readonly [return_code: 0 | 1, content: string, strict_status: number]>

/** For machines: no page is ever made of it. A dozen headers for pages would cost a tenth of a call (bench/xqueue.ts). */
const headers = {
  'content-type': 'application/json; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

/** Sends an envelope. JSON with spaces, as the peers write it: some clients look at the text. */
export const sendEnvelope = (reply: FastifyReply, status: number, return_code: 0 | 1, content: string | number): FastifyReply =>
  reply
    .status(status)
    .headers(headers)
    .send(`{"return_code": ${return_code}, "content": ${JSON.stringify(content)}}`)

/** Sends one of the protocol's sentences in the account's dialect. */
export function say(reply: FastifyReply, name: keyof typeof replies, strict_status: boolean): FastifyReply {
  const [return_code, content, status] = replies[name]
  return sendEnvelope(reply, strict_status ? status : 200, return_code, content)
}
