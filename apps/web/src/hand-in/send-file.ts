import { answeredProblem, networkProblem, unreadableProblem } from '@gradus/client/problem'
import { retryAfter } from '@gradus/client/retry'
import type { z } from 'zod'

interface Sending<R> {
  url: string
  file: File
  /** The same on every try of one hand-in. */
  idempotency_key: string
  reply: z.ZodType<R>
  /** How many bytes have left this device. */
  onProgress: (sent_bytes: number, total_bytes: number) => void
  signal: AbortSignal
}

/** A connection on which nothing moves for this long is taken for dead. */
const SILENCE_MS = 45_000

/**
 * Sends a file once and returns the reply, checked against the contract. By XMLHttpRequest: fetch does not tell how much
 * of a body has left.
 * @throws ApiProblem for every refusal and failure; the signal's reason when it is aborted
 */
export function sendFile<R>({ url, file, idempotency_key, reply, onProgress, signal }: Sending<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const request = new XMLHttpRequest()
    let silence: ReturnType<typeof setTimeout> | undefined
    const heard = () => {
      clearTimeout(silence)
      silence = setTimeout(() => fail('nothing moved for too long'), SILENCE_MS)
    }
    const settle = () => {
      clearTimeout(silence)
      signal.removeEventListener('abort', stop)
      window.removeEventListener('offline', cut)
    }
    const fail = (reason: string) => {
      settle()
      request.abort()
      reject(networkProblem(new Error(reason)))
    }
    const stop = () => {
      settle()
      request.abort()
      reject(signal.reason)
    }
    // A browser may let a request hang for minutes after the network has gone.
    const cut = () => fail('offline')
    request.upload.onprogress = (event) => {
      heard()
      onProgress(event.loaded, event.total)
    }
    request.onprogress = heard
    request.onerror = () => fail('the connection broke')
    request.onload = () => {
      settle()
      if (request.status < 200 || request.status > 299)
        return reject(answeredProblem(request.status, request.responseText, retryAfter(request.getResponseHeader('retry-after'), Date.now())))
      try {
        const read = reply.safeParse(JSON.parse(request.responseText))
        if (read.success) return resolve(read.data)
        reject(unreadableProblem(request.status, read.error.issues[0]?.message ?? ''))
      } catch {
        reject(unreadableProblem(request.status, 'the body is not JSON'))
      }
    }
    signal.addEventListener('abort', stop, { once: true })
    window.addEventListener('offline', cut, { once: true })
    request.open('POST', url)
    request.setRequestHeader('accept', 'application/json')
    request.setRequestHeader('idempotency-key', idempotency_key)
    const form = new FormData()
    form.append('file', file, file.name)
    heard()
    request.send(form)
  })
}
