import { type IncomingHttpHeaders, Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'

/** No answer came, or not all of it: refused, broken off, or too slow. The same request may succeed a moment later. */
export class NoAnswer extends Error {
  override name = 'NoAnswer'
}

/** The answer is larger than whoever asked wants to hold. */
export class TooLarge extends Error {
  override name = 'TooLarge'
}

export interface Question {
  url: string
  method: 'GET' | 'POST'
  headers?: Record<string, string>
  /** Sent as a form. */
  form?: URLSearchParams
  timeout_ms: number
  /** Bytes of body that are taken. */
  max_bytes: number
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface Exchange {
  /**
   * One request and its whole answer, whatever its status. Redirects are answers and are not followed.
   * @throws NoAnswer, TooLarge, or the signal's reason once that is aborted
   */
  ask(question: Question): Promise<Answer>
  /** Ends the connections. */
  close(): void
}

/** Requests over connections that are kept open: the queue is asked every second, and a handshake costs more than an empty answer. */
export function openExchange(signal: AbortSignal): Exchange {
  const plain = new PlainAgent({ keepAlive: true })
  const tls = new TlsAgent({ keepAlive: true })

  function once(question: Question): Promise<Answer | 'closed_meanwhile'> {
    return new Promise((resolve, reject) => {
      const { url, method, timeout_ms, max_bytes } = question
      const form = question.form?.toString()
      const headers: Record<string, string> = { accept: '*/*', 'user-agent': 'gradus-bridge', ...question.headers }
      if (form !== undefined) {
        headers['content-type'] = 'application/x-www-form-urlencoded'
        headers['content-length'] = String(Buffer.byteLength(form))
      }
      const until = AbortSignal.any([signal, AbortSignal.timeout(timeout_ms)])
      const is_tls = url.startsWith('https:')
      const request = (is_tls ? tlsRequest : plainRequest)(url, { method, headers, agent: is_tls ? tls : plain, signal: until })
      let has_answered = false
      const fail = (error: Error): void => {
        // Servers close connections that idle; one that did so while this request was on its way has not read it.
        const code = (error as NodeJS.ErrnoException).code
        const is_stale = request.reusedSocket && !has_answered && (code === 'ECONNRESET' || code === 'EPIPE')
        const why = until.aborted ? `no answer within ${timeout_ms / 1000} s` : error.message || (code ?? 'the connection broke')
        if (signal.aborted) reject(signal.reason)
        else if (error instanceof TooLarge) reject(error)
        else if (is_stale) resolve('closed_meanwhile')
        else reject(new NoAnswer(why, { cause: error }))
      }
      request.on('error', fail)
      request.on('response', (response) => {
        has_answered = true
        const chunks: Buffer[] = []
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk)
          bytes += chunk.length
          if (bytes > max_bytes) response.destroy(new TooLarge(`more than ${max_bytes} bytes`))
        })
        response.on('error', fail)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }))
      })
      request.end(form)
    })
  }

  return {
    async ask(question) {
      const first = await once(question)
      const answer = first === 'closed_meanwhile' ? await once(question) : first
      if (answer === 'closed_meanwhile') throw new NoAnswer('the server closes every connection')
      return answer
    },
    close() {
      plain.destroy()
      tls.destroy()
    },
  }
}
