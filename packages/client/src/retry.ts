import { ApiProblem } from './problem.ts'

export interface RetryPolicy {
  /** Tries in all; 1 never repeats. */
  tries: number
  /** The longest wait before the second try, in milliseconds; it doubles with each further one. */
  base_ms: number
  /** No wait is longer. A server that asks for more is not tried again. */
  max_ms: number
}

export const defaultRetry: RetryPolicy = { tries: 4, base_ms: 300, max_ms: 20_000 }

/**
 * Milliseconds to wait after the failed try number `failures` (from 1): half of the doubled base, and up to as much
 * again by chance, so that a class whose server restarts does not come back in one blow.
 */
export function backoff(failures: number, policy: Pick<RetryPolicy, 'base_ms' | 'max_ms'>, random: () => number = Math.random): number {
  const most = Math.min(policy.max_ms, policy.base_ms * 2 ** (failures - 1))
  return most / 2 + (random() * most) / 2
}

const passing = new Set([429, 502, 503, 504])

/** True where the same call may succeed a moment later: no answer at all, too many calls, or a server that is away. */
export const isPassing = (error: unknown): error is ApiProblem =>
  error instanceof ApiProblem && (error.code === 'network' || passing.has(error.status))

/** Milliseconds that a Retry-After header asks for: seconds or an HTTP date (RFC 9110, 10.2.3). */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
