import type { Endpoint, ReplyOf } from '@gradus/contract/endpoint'
import type { z } from 'zod'
import type { Call, Client } from './client.ts'
import { networkProblem, unreadableProblem } from './problem.ts'
import { backoff, isPassing, sleep } from './retry.ts'

/** A stream of the contract: each event is the whole present state; the one whose `outcome` is not null is the last. */
export type Watchable = Endpoint<z.ZodType | undefined, undefined, undefined, z.ZodType<{ outcome: unknown }>>

export interface WatchOptions {
  /** Told when the stream breaks off (from 1, counted anew after each event) and is tried again after a wait. */
  on_break?: (failures: number) => void
  /** Longest and first wait between tries, in milliseconds. */
  base_ms?: number
  max_ms?: number
  /** The server sends a comment at least every 15 s; a connection silent for longer than this is taken for dead. */
  silence_ms?: number
}

/**
 * Watches a grading until it has an outcome. Yields every state the server tells, checked against the contract; may
 * repeat or skip states over a reconnection, and always ends with the outcome. Reconnects for as long as the server is
 * away: the caller's signal is what gives up.
 * @throws ApiProblem where the server refuses or answers something else; the signal's reason when it is aborted
 */
export async function* watch<E extends Watchable>(
  client: Client,
  endpoint: E,
  sent: Call<E>,
  options: WatchOptions = {},
): AsyncGenerator<ReplyOf<E>, void> {
  const waits = { base_ms: options.base_ms ?? 500, max_ms: options.max_ms ?? 10_000 }
  const signal = (sent as { signal?: AbortSignal }).signal
  let failures = 0
  for (;;) {
    let asked = 0
    try {
      const response = await client.open(endpoint, sent)
      for await (const data of eventsOf(response, options.silence_ms ?? 45_000)) {
        const event = readEvent(endpoint, data)
        failures = 0
        yield event
        if ((event as { outcome: unknown }).outcome !== null) return
      }
      // The server ended the stream without an outcome: it is shutting down, and another will take over.
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (!isPassing(error)) throw error
      asked = error.retry_after_ms ?? 0
    }
    failures++
    options.on_break?.(failures)
    await sleep(Math.max(asked, backoff(failures, waits)), signal)
  }
}

function readEvent<E extends Watchable>(endpoint: E, data: string): ReplyOf<E> {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    throw unreadableProblem(200, 'an event is not JSON')
  }
  const parsed = endpoint.reply.safeParse(value)
  if (!parsed.success) throw unreadableProblem(200, `an event is not what the contract says: ${parsed.error.issues[0]?.message}`)
  return parsed.data as ReplyOf<E>
}

/** The `data` of each event of a stream, by the rules of the HTML standard (9.2.6): CR, LF or CRLF, comments skipped. */
async function* eventsOf(response: Response, silence_ms: number): AsyncGenerator<string, void> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream') || response.body === null) {
    await response.body?.cancel()
    throw unreadableProblem(response.status, 'the answer is not an event stream')
  }
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let data: string[] = []
  try {
    for (;;) {
      const { done, value } = await readWithin(reader, silence_ms)
      if (done) return
      text += decoder.decode(value, { stream: true })
      // A CR at the very end may be the first half of a CRLF: it waits for the next piece.
      const lines = text.split(/\r\n|\n|\r(?!$)/)
      text = lines.pop()!
      for (const line of lines) {
        if (line === '') {
          if (data.length > 0) yield data.join('\n')
          data = []
        } else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5))
      }
    }
  } finally {
    // Closes the connection also when the caller stops in the middle.
    await reader.cancel().catch(() => undefined)
  }
}

/** One read; a connection that breaks or stays silent is a network problem. */
async function readWithin(reader: ReadableStreamDefaultReader<Uint8Array>, silence_ms: number): Promise<ReadableStreamReadResult<Uint8Array>> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the stream was silent for ${silence_ms} ms`)), silence_ms)
  })
  try {
    return await Promise.race([reader.read(), silence])
  } catch (error) {
    throw networkProblem(error)
  } finally {
    clearTimeout(timer)
  }
}
