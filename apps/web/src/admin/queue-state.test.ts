import type { QueueDepth } from '@gradus/contract/queues'
import { expect, test } from 'vitest'
import { adviceFor, rateSentence, summaryOf } from './queue-state.ts'
import { resetSentence } from './reset-report.ts'

const quiet: QueueDepth = {
  ...{ name: 'lab', is_external: true, is_enabled: true, lease_seconds: 60, max_deliveries: 5, created_at: '2026-01-01T00:00:00Z' },
  ...{
    pending: 0,
    pulled: 0,
    retry: 0,
    failed: 0,
    undelivered: 0,
    oldest_waiting_seconds: null,
    retired_per_minute: new Array(30).fill(0),
    graders: ['watcher'],
  },
}
const waits = { ...quiet, pending: 2, retry: 1, oldest_waiting_seconds: 300 }

test('a queue that runs by itself asks for nothing', () => {
  expect(adviceFor(quiet)).toBeNull()
  expect(adviceFor({ ...waits, oldest_waiting_seconds: 10 })).toBeNull()
  expect(adviceFor({ ...waits, pulled: 1 })).toBeNull()
  expect(adviceFor({ ...waits, retired_per_minute: [...quiet.retired_per_minute.slice(1), 4] })).toBeNull()
})

test('what is the matter comes with what to do, the worst first', () => {
  expect(adviceFor({ ...waits, failed: 1 })).toEqual({ tone: 'red', sentence: '1 job failed: see why, then put back.' })
  expect(adviceFor({ ...quiet, undelivered: 2 })).toEqual({
    tone: 'red',
    sentence: '2 answers could not be delivered: find the job, then deliver again.',
  })
  expect(adviceFor({ ...waits, is_enabled: false })?.sentence).toBe('Switched off while 3 wait, the oldest for 5 min.')
  expect(adviceFor({ ...quiet, is_enabled: false })?.tone).toBe('gray')
  expect(adviceFor({ ...waits, graders: [] })?.sentence).toContain('no grader account')
  expect(adviceFor(waits)?.sentence).toContain('Is the grader up?')
})

test('the whole is one sentence', () => {
  expect(summaryOf([quiet, quiet]).sentence).toBe('All is well: nothing has failed and nothing waits.')
  expect(summaryOf([{ ...waits, failed: 9 }, waits]).sentence).toBe('9 jobs failed and wait for you.')
  expect(summaryOf([{ ...quiet, undelivered: 1 }]).sentence).toBe('1 answer could not be brought to its learning management system.')
  expect(summaryOf([waits, quiet]).sentence).toBe('One queue does not move. Its line says why.')
})

test('a sparkline has words', () => {
  expect(rateSentence(quiet.retired_per_minute)).toBe('No job was retired in the last 30 minutes')
  expect(rateSentence([0, 7, 3, 1])).toBe('11 jobs retired in the last 4 minutes, at most 7 in one, 3 in the last whole one')
})

test('a report counts what was put back, skipped and refused', () => {
  const ids = (n: number) => Array.from({ length: n }, (_, i) => String(i))
  expect(resetSentence({ reset: ids(9), skipped: ids(3), errors: [] })).toBe('9 put back, 3 skipped')
  expect(resetSentence({ reset: ids(1), skipped: [], errors: [{ id: 'a', message: 'internal' }] })).toBe('1 put back, 1 with an error')
})
