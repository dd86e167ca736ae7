import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attemptsLeft } from './attempts.ts'
import { foldScore, type ScoreEvent } from './fold.ts'

const event = (attempt_number: number, source: ScoreEvent['source'], points: number, points_possible = 10): ScoreEvent => ({
  submission_id: `s${attempt_number}`,
  ...{ attempt_number, source, points, points_possible },
})

describe('the score is what the events say', () => {
  test.each<[string, ScoreEvent[], number | null]>([
    ['nothing happened', [], null],
    ['one result', [event(1, 'auto', 4)], 4],
    ['the best of several', [event(1, 'auto', 4), event(2, 'auto', 7), event(3, 'auto', 6)], 7],
    ['a regrade replaces', [event(1, 'auto', 4), event(1, 'regrade', 2)], 2],
    ['an override replaces, an adjustment adds', [event(1, 'auto', 4), event(1, 'override', 5), event(1, 'adjustment', 1.5)], 6.5],
    ['an adjustment never goes below nothing', [event(1, 'auto', 1), event(1, 'adjustment', -3)], 0],
    ['tenths add up', [event(1, 'auto', 0.1), event(1, 'adjustment', 0.2)], 0.3],
    ['a void takes the attempt out', [event(1, 'auto', 9), event(2, 'auto', 3), event(1, 'void', 0)], 3],
    ['all are void', [event(1, 'auto', 9), event(1, 'void', 0)], null],
    ['a result after the void does not bring it back', [event(1, 'void', 0), event(1, 'auto', 9)], null],
  ])('%s', (_, events, points) => {
    expect(foldScore(events, 'best')?.points ?? null).toBe(points)
  })

  test('the order between attempts does not matter, only within one', () => {
    const attempts = fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 100_000 })), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(attempts, fc.constantFrom('best', 'latest', 'first'), (all, policy) => {
        const events = all.map(([n, units]) => event(n, 'regrade', units / 1e4))
        const byAttempt = events.toSorted((a, b) => b.attempt_number - a.attempt_number)
        expect(foldScore(byAttempt, policy)).toEqual(foldScore(events, policy))
      }),
    )
  })
})

test('attempts left never fall below nothing, and forgiven ones do not count', () => {
  expect(attemptsLeft({ attempts: 2, forgiven: 0, max_attempts: null })).toBeNull()
  expect(attemptsLeft({ attempts: 2, forgiven: 1, max_attempts: 3 })).toBe(2)
  expect(attemptsLeft({ attempts: 5, forgiven: 0, max_attempts: 3 })).toBe(0)
})
