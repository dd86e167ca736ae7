import fc from 'fast-check'
import { broken, hostile, type JsonSchema, multipartBodies, rawBodies, valuesOf } from './generate.ts'

interface Operation {
  id: string
  method: string
  path: string
  parameters: { name: string; in: string; schema: JsonSchema }[]
  body: JsonSchema | null
  /** Takes one file as multipart/form-data. */
  takes_file: boolean
  streams: boolean
  keyed: boolean
}

/** What a run found. An empty `failures` is the only success. */
export interface Findings {
  requests: number
  operations: number
  by_status: Record<string, number>
  failures: { operation: string; request: string; found: string }[]
}

export interface Fuzzing {
  base_url: string
  /** Bearer tokens to call with, in turn; null calls without one. Asked again before each operation, because calls may end sessions. */
  tokens(): Promise<(string | null)[]>
  /** Ids that exist, by parameter name, so that requests reach past the guard. */
  known: Record<string, string[]>
  requests_per_operation: number
  seed: number
}

/** An answer that took longer than this is a hang: one slow pattern freezes every caller of a single-threaded process. */
const HANG_MS = 10_000
/** What must never reach a caller: driver texts, stacks, paths of the server. */
const leaks =
  /\b(at async|node_modules|\.ts:\d+|duplicate key value|syntax error at or near|violates [a-z-]+ constraint|invalid input syntax|ECONNREFUSED)\b/

/**
 * Sends generated requests to every operation of `/openapi.json` and reports each answer that is a 5xx, leaks internals, is not
 * the one error shape, or does not come. Same seed, same requests.
 */
export async function fuzz(options: Fuzzing): Promise<Findings> {
  const document = (await (await fetch(`${options.base_url}/openapi.json`)).json()) as Record<string, unknown>
  const operations = operationsOf(document)
  const findings: Findings = { requests: 0, operations: operations.length, by_status: {}, failures: [] }
  for (const operation of operations) {
    const tokens = await options.tokens()
    const requests = requestsFor(operation, document as JsonSchema, options, tokens)
    // Eight at a time: enough to find races in the guards without hiding which request did it.
    for (let i = 0; i < requests.length; i += 8) {
      await Promise.all(requests.slice(i, i + 8).map((request) => send(operation, request, options.base_url, findings)))
    }
    if (findings.failures.length >= 50) break
  }
  return findings
}

interface Request {
  address: string
  token: string | null
  bytes: Uint8Array | null
  content_type: string
  note: string
}

function requestsFor(operation: Operation, root: JsonSchema, options: Fuzzing, tokens: (string | null)[]): Request[] {
  const token = fc.constantFrom(...tokens)
  const place = (name: string, schema: JsonSchema): fc.Arbitrary<string> => {
    const known = options.known[name]
    const shaped = valuesOf(schema, root).map(textOf)
    return known === undefined
      ? fc.oneof(shaped, fc.constantFrom(...hostile).map(textOf))
      : fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...known) },
          { weight: 1, arbitrary: shaped },
          { weight: 1, arbitrary: fc.constantFrom(...hostile).map(textOf) },
        )
  }
  const parts = fc.record(Object.fromEntries(operation.parameters.filter((p) => p.in !== 'header').map((p) => [p.name, place(p.name, p.schema)])))
  const body =
    operation.body === null
      ? fc.constant(null)
      : valuesOf(operation.body, root).chain((value) =>
          fc.oneof({ weight: 1, arbitrary: fc.constant(value) }, { weight: 2, arbitrary: broken(value) }),
        )
  const one = fc.record({ token, parts, body, skip: fc.boolean() })
  const requests: Request[] = fc.sample(one, { numRuns: options.requests_per_operation, seed: options.seed }).map((sample) => ({
    address: addressOf(operation, sample.parts as Record<string, string>, sample.skip),
    token: sample.token,
    bytes: sample.body === null && operation.body === null ? null : Buffer.from(toJson(sample.body)),
    content_type: 'application/json',
    note: toJson(sample.body).slice(0, 300),
  }))
  if (operation.body !== null || operation.takes_file) {
    const [first] = requests
    const known = Object.fromEntries(operation.parameters.map((p) => [p.name, options.known[p.name]?.[0] ?? 'x']))
    for (const raw of operation.takes_file ? [...multipartBodies, ...rawBodies] : rawBodies) {
      requests.push({
        address: addressOf(operation, known, true),
        token: tokens.find((t) => t !== null) ?? first?.token ?? null,
        bytes: raw.bytes,
        content_type: raw.content_type,
        note: raw.name,
      })
    }
  }
  return requests
}

/** A value as it stands in an address. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : toJson(value))

const toJson = (value: unknown): string => JSON.stringify(value) ?? 'null'

function addressOf(operation: Operation, parts: Record<string, string>, leaveOptionalOut: boolean): string {
  const encode = (text: string): string => encodeURIComponent(text.toWellFormed().slice(0, 3_000))
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encode(parts[name] ?? 'x') || '-')
  const query = operation.parameters.filter((p) => p.in === 'query' && !leaveOptionalOut).map((p) => `${p.name}=${encode(parts[p.name] ?? '')}`)
  return query.length === 0 ? path : `${path}?${query.join('&')}`
}

async function send(operation: Operation, request: Request, base_url: string, findings: Findings): Promise<void> {
  const report = (found: string): void => {
    findings.failures.push({ operation: operation.id, request: `${operation.method} ${request.address.slice(0, 200)} ${request.note}`, found })
  }
  findings.requests++
  const leave = new AbortController()
  const timer = setTimeout(() => leave.abort(), HANG_MS)
  try {
    const response = await fetch(base_url + request.address, {
      method: operation.method,
      redirect: 'manual',
      signal: leave.signal,
      headers: {
        ...(request.token === null ? {} : { authorization: `Bearer ${request.token}` }),
        ...(operation.keyed ? { 'idempotency-key': `fuzz-${findings.requests}-${Math.random().toString(36).slice(2)}` } : {}),
        ...(request.bytes === null ? {} : { 'content-type': request.content_type }),
      },
      ...(request.bytes === null || operation.method === 'GET' ? {} : { body: new Uint8Array(request.bytes) }),
    })
    findings.by_status[response.status] = (findings.by_status[response.status] ?? 0) + 1
    if (operation.streams && response.status === 200) return
    const text = await response.text()
    if (response.status >= 500) report(`${response.status} ${text.slice(0, 300)}`)
    else if (leaks.test(text) && response.status >= 400) report(`leak: ${text.slice(0, 300)}`)
    else if (response.status >= 400 && !isProblem(text)) report(`not the error shape: ${response.status} ${text.slice(0, 300)}`)
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as { code?: string } | undefined)?.code : undefined
    if (leave.signal.aborted) report(`no answer in ${HANG_MS} ms`)
    // A server that refuses an oversized body may close before all of it is sent; that is an answer.
    else if (cause !== 'ECONNRESET' && cause !== 'EPIPE' && cause !== 'UND_ERR_SOCKET') report(`no answer: ${String(error)} ${cause ?? ''}`)
    else findings.by_status.closed = (findings.by_status.closed ?? 0) + 1
  } finally {
    clearTimeout(timer)
    leave.abort()
  }
}

function isProblem(text: string): boolean {
  try {
    const body = JSON.parse(text) as Record<string, unknown>
    return (
      typeof body.code === 'string' && typeof body.message === 'string' && typeof body.details === 'object' && typeof body.request_id === 'string'
    )
  } catch {
    return false
  }
}

const methods = ['get', 'post', 'put', 'patch', 'delete']

function operationsOf(document: Record<string, unknown>): Operation[] {
  const paths = document.paths as Record<string, Record<string, Record<string, unknown>>>
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => {
        const content = (operation.requestBody as { content?: Record<string, { schema: JsonSchema }> } | undefined)?.content
        const replies = Object.values((operation.responses ?? {}) as Record<string, { content?: object }>)
        const parameters = (operation.parameters ?? []) as Operation['parameters']
        return {
          id: String(operation.operationId ?? `${method} ${path}`),
          method: method.toUpperCase(),
          path,
          parameters,
          body: content?.['application/json']?.schema ?? null,
          takes_file: content?.['multipart/form-data'] !== undefined,
          streams: replies.some((reply) => reply.content !== undefined && 'text/event-stream' in reply.content),
          keyed: parameters.some((p) => p.in === 'header' && p.name.toLowerCase() === 'idempotency-key'),
        }
      }),
  )
}
