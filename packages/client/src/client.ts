import type { Endpoint, ReplyOf, Sent } from '@gradus/contract/endpoint'
import { ApiProblem, answeredProblem, networkProblem, unreadableProblem } from './problem.ts'
import { backoff, defaultRetry, isPassing, type RetryPolicy, retryAfter, sleep } from './retry.ts'

type Nothing = Record<never, never>
type Part<Key extends string, Value> = undefined extends Value
  ? { [K in Key]?: Value }
  : Nothing extends Value
    ? { [K in Key]?: Value }
    : { [K in Key]: Value }

/** What a call of `E` takes: parts that have nothing required may be left out. */
export type Call<E extends Endpoint> = Part<'params', Sent<E>['params']> &
  Part<'query', Sent<E>['query']> &
  Part<'body', Sent<E>['body']> & {
    /** Needed on keyed endpoints, good on those that take one: the same again for the same work, however often it is sent (`newIdempotencyKey`). */
    idempotency_key?: string
    signal?: AbortSignal | undefined
    /** Milliseconds for one try, where it differs from the client's. */
    timeout_ms?: number
  }
type CallArguments<E extends Endpoint> = Nothing extends Call<E> ? [sent?: Call<E>] : [sent: Call<E>]

export interface ClientOptions {
  /** Where the server is, without a trailing slash; '' in a page means the page's own origin. */
  base_url: string
  /** A bearer token. Without one, the browser's cookie for the same origin is used. */
  token?: string | undefined
  /** The learner for whom every call is: the server does nothing, and asks to sign in, where the caller is somebody else by then. */
  learner_id?: string
  fetch?: typeof fetch
  retry?: Partial<RetryPolicy>
  /** Milliseconds for one try, answer included. Longer than the longest wait of the API (25 s). */
  timeout_ms?: number
}

export interface Client {
  readonly base_url: string
  /**
   * Calls an endpoint and returns its reply, checked against the contract. Repeats the call with growing waits while
   * the server is away, but only where a second arrival does no harm: GET, PUT, DELETE and keyed POST.
   * @throws ApiProblem for every refusal and failure; the signal's own reason when it is aborted
   */
  call<E extends Endpoint>(endpoint: E, ...sent: CallArguments<E>): Promise<ReplyOf<E>>
  /**
   * Calls an endpoint once and returns the raw answer, once its status says success: for streams and files. The signal
   * also ends the body; the timeout is for the head only.
   * @throws ApiProblem as `call` does
   */
  open<E extends Endpoint>(endpoint: E, sent: Call<E>, headers?: Record<string, string>): Promise<Response>
}

/** A fresh key for one hand-in: 128 random bits, also where crypto.randomUUID is missing (plain http). */
export const newIdempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Makes a caller of the API for browsers and Node. Keeps no state but what it is given. */
export function createClient(options: ClientOptions): Client {
  const base_url = options.base_url.replace(/\/+$/, '')
  const policy: RetryPolicy = { ...defaultRetry, ...options.retry }
  // Looked up on every call, so that a page may replace fetch after this was made.
  const send: typeof fetch = (input, init) => (options.fetch ?? globalThis.fetch)(input, init)

  /** One try. `read` takes what it needs of the answer before the timeout's clock stops. */
  async function attempt<T>(request: Prepared, read: (response: Response) => Promise<T>): Promise<T> {
    const clock = new AbortController()
    const timer = setTimeout(() => clock.abort(new Error(`no answer within ${request.timeout_ms} ms`)), request.timeout_ms)
    try {
      const signal = request.signal === undefined ? clock.signal : AbortSignal.any([request.signal, clock.signal])
      const response = await send(request.url, { ...request.init, signal })
      if (!response.ok) throw answeredProblem(response.status, await response.text(), retryAfter(response.headers.get('retry-after'), Date.now()))
      return await read(response)
    } catch (error) {
      if (request.signal?.aborted) throw request.signal.reason
      throw error instanceof ApiProblem ? error : networkProblem(clock.signal.aborted ? clock.signal.reason : error)
    } finally {
      clearTimeout(timer)
    }
  }

  function prepare(endpoint: Endpoint, sent: Loose, headers: Record<string, string>): Prepared {
    if (endpoint.keyed === true && sent.idempotency_key === undefined) {
      throw new TypeError(`${endpoint.method} ${endpoint.path} needs an idempotency_key: make one per hand-in and keep it for every repeat`)
    }
    const all: Record<string, string> = { accept: endpoint.streams ? 'text/event-stream' : 'application/json', ...headers }
    if (options.token !== undefined) all.authorization = `Bearer ${options.token}`
    if (options.learner_id !== undefined) all['gradus-learner'] = options.learner_id
    if (sent.idempotency_key !== undefined) all['idempotency-key'] = sent.idempotency_key
    const init: RequestInit = {
      method: endpoint.method,
      headers: all,
      credentials: options.token === undefined ? 'same-origin' : 'omit',
      cache: 'no-store',
    }
    if (endpoint.body !== undefined) {
      all['content-type'] = 'application/json'
      init.body = JSON.stringify(sent.body ?? {})
    }
    return {
      url: base_url + address(endpoint.path, sent.params, sent.query),
      init,
      signal: sent.signal,
      is_keyed: sent.idempotency_key !== undefined,
      timeout_ms: sent.timeout_ms ?? options.timeout_ms ?? 60_000,
    }
  }

  return {
    base_url,
    async call(endpoint, ...[sent]) {
      const request = prepare(endpoint, (sent ?? {}) as Loose, {})
      const isKeyed = endpoint.keyed !== false && request.is_keyed
      const mayRepeat = isKeyed || endpoint.method === 'GET' || endpoint.method === 'PUT' || endpoint.method === 'DELETE'
      for (let failures = 1; ; failures++) {
        try {
          return await attempt(request, (response) => readReply(endpoint, response))
        } catch (error) {
          if (!mayRepeat || failures >= policy.tries || !isPassing(error)) throw error
          const asked = error.retry_after_ms ?? 0
          if (asked > policy.max_ms) throw error
          await sleep(Math.max(asked, backoff(failures, policy)), request.signal)
        }
      }
    },
    open(endpoint, sent, headers = {}) {
      return attempt(prepare(endpoint, sent as Loose, headers), async (response) => response)
    },
  }
}

interface Loose {
  params?: Record<string, unknown>
  query?: Record<string, unknown>
  body?: unknown
  idempotency_key?: string
  signal?: AbortSignal | undefined
  timeout_ms?: number
}

interface Prepared {
  url: string
  init: RequestInit
  signal: AbortSignal | undefined
  is_keyed: boolean
  timeout_ms: number
}

/** Fills in the path and appends the query; what is null or undefined is left out of the query. */
function address(path: string, params: Record<string, unknown> = {}, query: Record<string, unknown> = {}): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = String(params[name] ?? '')
    // A URL treats these as no segment at all, encoded or not, and would name another address.
    if (/^\.{0,2}$/.test(value)) throw new ApiProblem({ code: 'not_found', status: 404, message: `There is nothing here: ${name} is missing.` })
    return encodeURIComponent(value)
  })
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null)
  return pairs.length === 0 ? filled : `${filled}?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}`
}

/** Reads a reply by the contract's schema: a page left open over an update fails here, named, and not somewhere later. */
async function readReply<E extends Endpoint>(endpoint: E, response: Response): Promise<ReplyOf<E>> {
  const body = await response.text()
  if (endpoint.reply === undefined) return undefined as ReplyOf<E>
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw unreadableProblem(response.status, 'the body is not JSON')
  }
  const parsed = endpoint.reply.safeParse(value)
  if (!parsed.success)
    throw unreadableProblem(response.status, parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
  return parsed.data as ReplyOf<E>
}
