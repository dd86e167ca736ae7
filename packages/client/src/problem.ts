import { type ProblemCode, problemBody, problems } from '@gradus/contract/problems'

/**
 * What only a client can find out: `network`: no answer came; `unreadable`: an answer came that Gradus did not write,
 * or that does not have the shape of the contract.
 */
export type ClientCode = 'network' | 'unreadable'
/** A code of the catalogue, one of the client's own, or one that a newer server knows. */
export type ApiCode = ProblemCode | ClientCode | (string & Record<never, never>)

/** A call that did not succeed. `status` is 0 where no answer came. `message` is a sentence that says what to do. */
export class ApiProblem extends Error {
  override name = 'ApiProblem'
  readonly code: ApiCode
  readonly status: number
  readonly details: Record<string, unknown>
  /** Names the request in the server's logs; empty where the server never saw it. */
  readonly request_id: string
  /** What Retry-After asked for, in milliseconds from now. */
  readonly retry_after_ms: number | undefined

  constructor(fields: {
    code: ApiCode
    status: number
    message: string
    details?: Record<string, unknown>
    request_id?: string
    retry_after_ms?: number | undefined
    cause?: unknown
  }) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.code = fields.code
    this.status = fields.status
    this.details = fields.details ?? {}
    this.request_id = fields.request_id ?? ''
    this.retry_after_ms = fields.retry_after_ms
  }
}

/** No answer: refused, broken off, or too slow. */
export function networkProblem(cause: unknown): ApiProblem {
  return new ApiProblem({
    code: 'network',
    status: 0,
    message: 'The server could not be reached. Check the connection, then try again.',
    details: { reason: reasonOf(cause) },
    cause,
  })
}

/** An answer that is not what the contract promises, such as a proxy's page or another program's. */
export function unreadableProblem(status: number, reason: string): ApiProblem {
  return new ApiProblem({
    code: 'unreadable',
    status,
    message: 'The answer did not come from Gradus or from another version of it. Reload, or check the address of the server.',
    details: { reason },
  })
}

/** Statuses that proxies answer with on their own, in the words of the catalogue. */
const proxyCodes: Record<number, ProblemCode> = {
  413: 'body_too_large',
  429: 'rate_limited',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
}

/** The problem that an answer of 400 and above stands for, whoever wrote it. */
export function answeredProblem(status: number, body: string, retry_after_ms: number | undefined): ApiProblem {
  const parsed = problemBody.safeParse(parsedOrUndefined(body))
  if (parsed.success) return new ApiProblem({ ...parsed.data, status, retry_after_ms })
  const code = proxyCodes[status]
  if (code === undefined) return unreadableProblem(status, `status ${status} with a body that is not a problem`)
  return new ApiProblem({ code, status, message: problems[code][1], retry_after_ms })
}

function parsedOrUndefined(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** fetch says "fetch failed" and hides the reason one level down. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message
}
