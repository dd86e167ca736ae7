import { expect, test } from 'vitest'
import { backoff, retryAfter, sleep } from './retry.ts'

test('waits double up to the longest, half fixed and half by chance', () => {
  const policy = { base_ms: 100, max_ms: 500 }
  expect([1, 2, 3, 4, 9].map((n) => backoff(n, policy, () => 0))).toEqual([50, 100, 200, 250, 250])
  expect([1, 2, 3, 4, 9].map((n) => backoff(n, policy, () => 1))).toEqual([100, 200, 400, 500, 500])
})

test('reads Retry-After as seconds, as a date, or not at all', () => {
  const now = Date.parse('2026-03-01T10:00:00Z')
  expect(retryAfter('7', now)).toBe(7000)
  expect(retryAfter('Sun, 01 Mar 2026 10:00:30 GMT', now)).toBe(30_000)
  expect(retryAfter('Sun, 01 Mar 2026 09:00:00 GMT', now)).toBe(0)
  expect(retryAfter('soon', now)).toBeUndefined()
  expect(retryAfter(null, now)).toBeUndefined()
})

test('a sleep ends with its signal', async () => {
  const stop = new AbortController()
  const slept = sleep(60_000, stop.signal)
  stop.abort(new Error('enough'))
  await expect(slept).rejects.toThrow('enough')
  await expect(sleep(1, stop.signal)).rejects.toThrow('enough')
  await sleep(1)
})
