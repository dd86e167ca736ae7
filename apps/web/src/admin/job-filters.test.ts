import { listJobs } from '@gradus/contract/queues'
import { expect, test } from 'vitest'
import { jobQuery, saysNothing } from './job-filters.ts'

test('an address becomes what the server takes', () => {
  const words = { state: 'failed', queue: 'lab', kind: 'lms', deliveries: '3', since: '2026-11-21T22:59:00Z', search: 'anon-7' }
  const query = jobQuery(words)
  expect(query).toEqual({ state: 'failed', queue: 'lab', kind: 'lms', deliveries_min: 3, since: '2026-11-21T22:59:00.000Z', search: 'anon-7' })
  expect(listJobs.query.safeParse(query).success).toBe(true)
})

test('what an address cannot mean is left out', () => {
  const mistyped: Record<string, string>[] = [
    { state: 'all' },
    { state: 'broken' },
    { kind: 'x' },
    { deliveries: '-1' },
    { deliveries: '0' },
    { since: 'yesterday' },
    { until: '7' },
  ]
  for (const words of mistyped) expect(jobQuery(words)).toEqual({})
  expect(listJobs.query.safeParse(jobQuery({ deliveries: '9999', search: 'x'.repeat(300), queue: 'q'.repeat(300) })).success).toBe(true)
})

test('only an address without any filter leaves the choice to the page', () => {
  expect(saysNothing({})).toBe(true)
  expect(saysNothing({ size: '200' })).toBe(true)
  expect(saysNothing({ state: 'all' })).toBe(false)
})
