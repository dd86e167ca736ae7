import { type ProblemBody, type ProblemCode, problems } from '@gradus/contract/problems'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sqlState } from '../db/database.ts'
import { StorageUnavailable } from '../storage/blobs.ts'

/** A failure from the catalogue. Thrown by verbs and rules; answered by the one handler below. */
export class Problem extends Error {
  override name = 'Problem'
  readonly code: ProblemCode
  readonly details: Record<string, unknown>
  constructor(code: ProblemCode, details: Record<string, unknown>) {
    super(code)
    this.code = code
    this.details = details
  }
  get status(): number {
    return problems[this.code][0]
  }
}

/** Makes a failure to throw: `throw problem('attempts_exhausted', { max_attempts: 3 })`. Details are shown to the caller. */
export const problem = (code: ProblemCode, details: Record<string, unknown> = {}): Problem => new Problem(code, details)

export function problemBody(code: ProblemCode, details: Record<string, unknown>, request_id: string): ProblemBody {
  return { code, message: problems[code][1], details, request_id }
}

/** The contract's details of a refused shape: which field, and what it must be. */
export const fieldsOf = (error: z.ZodError): { path: string; message: string }[] =>
  error.issues.slice(0, 20).map((issue) => ({ path: issue.path.join('.'), message: issue.message }))

/** Fastify's own refusals in our words. */
const fastifyCodes: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_BAD_URL: 'not_found',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
  FST_ERR_ASYNC_CONSTRAINT: 'not_found',
}

/** States in which the database, not the request, is at fault for a moment: connection lost, shutting down, full, a deadlock resolved. */
const databaseAway = /^(08|40|53|57P|58|25P03|57014)/
const socketAway = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'ENOSPC'])

/** Turns any thrown value into a problem, or null where it is a fault of ours that staff must see. */
export function asProblem(error: unknown): Problem | null {
  if (error instanceof Problem) return error
  if (error instanceof StorageUnavailable) return problem('unavailable')
  if (error instanceof z.ZodError) return problem('invalid_request', { fields: fieldsOf(error) })
  const code = sqlState(error)
  if (code === undefined) {
    const text = error instanceof Error ? error.message : ''
    if (/timeout exceeded when trying to connect|Connection terminated|connection error and is not queryable|Client was closed/.test(text))
      return problem('unavailable')
    const status = (error as FastifyError | undefined)?.statusCode
    if (status === 429) return problem('rate_limited')
    return status !== undefined && status >= 400 && status < 500 ? problem('invalid_request') : null
  }
  if (code in fastifyCodes) return problem(fastifyCodes[code]!)
  if (socketAway.has(code) || databaseAway.test(code)) return problem('unavailable')
  // Class 22: a value PostgreSQL cannot hold. The schemas should have refused it, but it is still the caller's value.
  if (/^22/.test(code)) return problem('invalid_request')
  const status = (error as FastifyError).statusCode
  return status !== undefined && status >= 400 && status < 500 ? problem('invalid_request') : null
}

export type RecordError = (event: { request_id: string; route: string; detail: string }) => Promise<void>

/** The one error handler (R107, R108): the catalogue's body, or 500 with the request id and a row for staff. */
export const errorHandler = (recordError: RecordError) => (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  let known = asProblem(error)
  if (known === null) {
    request.log.error({ err: error }, 'unhandled error')
    const detail = error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}` : String(error)
    recordError({ request_id: request.id, route: request.routeOptions.url ?? '', detail: detail.slice(0, 8000) }).catch((failure: unknown) =>
      request.log.error({ err: failure }, 'the error could not be recorded'),
    )
    known = problem('internal')
  }
  if (known.code === 'unavailable') reply.header('retry-after', '2')
  if (typeof known.details.retry_after_seconds === 'number') reply.header('retry-after', String(known.details.retry_after_seconds))
  return reply
    .status(known.status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(problemBody(known.code, known.details, request.id)))
}
