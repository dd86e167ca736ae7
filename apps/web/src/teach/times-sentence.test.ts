import { expect, test } from 'vitest'
import { timesProblems, timesSentence } from './times-sentence.ts'

const now = new Date('2026-01-10T12:00:00Z')
const none = { opens_at: null, due_at: null, closes_at: null }

test.each([
  [none, 'Open now; no due time; never closes.'],
  [{ ...none, opens_at: '2026-01-10T14:10:00Z', due_at: '2026-01-13T12:00:00Z' }, 'Opens in 2 h 10 min; due in 3 days; never closes.'],
  [
    { ...none, opens_at: '2026-01-01T00:00:00Z', due_at: '2026-01-10T11:30:00Z', closes_at: '2026-01-10T12:30:00Z' },
    'Open now; was due 30 min ago, hand-ins are marked late; closes in 30 min.',
  ],
  [{ ...none, closes_at: '2026-01-10T11:00:00Z' }, 'Closed 1 h ago: nothing is taken any more.'],
])('%j', (times, sentence) => expect(timesSentence(times, now)).toBe(sentence))

test('times out of order are told at the later field', () => {
  const [a, b, c] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z'] as const
  expect(timesProblems({ opens_at: a, due_at: b, closes_at: c })).toEqual({})
  expect(timesProblems({ opens_at: a, due_at: a, closes_at: a })).toEqual({})
  expect(Object.keys(timesProblems({ opens_at: b, due_at: a, closes_at: c }))).toEqual(['due_at'])
  expect(Object.keys(timesProblems({ opens_at: a, due_at: c, closes_at: b }))).toEqual(['closes_at'])
  expect(Object.keys(timesProblems({ opens_at: b, due_at: null, closes_at: a }))).toEqual(['closes_at'])
})
