import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AttemptScore, countingAttempt, overallVerdict, scoreTests, sumPoints } from './score.ts'
import type { Verdict } from './spec.ts'

const verdicts: Verdict[] = ['accepted', 'wrong_answer', 'presentation_error', 'time_limit', 'memory_limit', 'output_limit', 'runtime_error']
const points = fc.integer({ min: 0, max: 999_990_000 }).map((n) => n / 10_000)
const tests = fc.array(fc.record({ verdict: fc.constantFrom(...verdicts), points_possible: points }), { minLength: 1, maxLength: 20 })
const named = (all: { verdict: Verdict; points_possible: number }[]) => all.map((t, i) => ({ key: `t${i}`, ...t }))

describe('points', () => {
  test('add up exactly', () => {
    expect(sumPoints([0.1, 0.2])).toBe(0.3)
    expect(sumPoints(Array(10).fill(0.0001))).toBe(0.001)
  })
  test('only accepted tests earn', () => {
    const score = scoreTests(
      named([
        { verdict: 'accepted', points_possible: 2.5 },
        { verdict: 'presentation_error', points_possible: 1 },
      ]),
      null,
    )
    expect(score).toMatchObject({ points: 2.5, points_possible: 3.5, verdict: 'presentation_error' })
  })
  test('an override scales the sum (R69)', () => {
    const three = named([...Array(2).fill({ verdict: 'accepted', points_possible: 1 }), { verdict: 'wrong_answer', points_possible: 1 }])
    expect(scoreTests(three, 10)).toMatchObject({ points: 6.6667, points_possible: 10 })
    expect(scoreTests(three, 25).points).toBe(16.6667)
    expect(scoreTests(three, 0)).toMatchObject({ points: 0, points_possible: 0 })
  })
  test('tests worth nothing earn an override whole or not at all', () => {
    expect(scoreTests(named([{ verdict: 'accepted', points_possible: 0 }]), 5).points).toBe(5)
    expect(scoreTests(named([{ verdict: 'wrong_answer', points_possible: 0 }]), 5).points).toBe(0)
  })
  test('stay between nothing and everything, reach everything exactly when all is accepted', () =>
    fc.assert(
      fc.property(tests, fc.option(points), (all, override) => {
        const score = scoreTests(named(all), override)
        expect(score.points).toBeGreaterThanOrEqual(0)
        expect(score.points).toBeLessThanOrEqual(score.points_possible)
        if (all.every((t) => t.verdict === 'accepted')) expect(score.points).toBe(score.points_possible)
      }),
    ))
  test('one more accepted test never costs points', () =>
    fc.assert(
      fc.property(tests, fc.option(points), fc.nat(), (all, override, at) => {
        const better = all.map((t, i) => (i === at % all.length ? { ...t, verdict: 'accepted' as const } : t))
        expect(scoreTests(named(better), override).points).toBeGreaterThanOrEqual(scoreTests(named(all), override).points)
      }),
    ))
})

test('the overall verdict is the first that is not accepted; all skipped means it did not compile', () => {
  expect(overallVerdict(['accepted', 'accepted'])).toBe('accepted')
  expect(overallVerdict(['accepted', 'time_limit', 'wrong_answer'])).toBe('time_limit')
  expect(overallVerdict(['skipped', 'skipped'])).toBe('compile_error')
})

describe('the attempt that counts', () => {
  const attempts = fc
    .array(points, { maxLength: 12 })
    .map((all) => all.map((p, i): AttemptScore => ({ submission_id: `s${i}`, attempt_number: i + 1, points: p, points_possible: 100_000 })))
  test('none where nothing is graded', () => expect(countingAttempt([], 'best')).toBeNull())
  test('does not depend on the order in which results arrive', () =>
    fc.assert(
      fc.property(attempts, fc.constantFrom('best', 'latest', 'first'), (all, policy) => {
        expect(countingAttempt([...all].reverse(), policy)).toEqual(countingAttempt(all, policy))
      }),
    ))
  test('best is the maximum and of equals the earliest; latest the last; first the first', () =>
    fc.assert(
      fc.property(attempts, (all) => {
        fc.pre(all.length > 0)
        const best = countingAttempt(all, 'best')!
        expect(best.points).toBe(Math.max(...all.map((a) => a.points)))
        expect(all.find((a) => a.points === best.points)).toEqual(best)
        expect(countingAttempt(all, 'latest')).toEqual(all.at(-1))
        expect(countingAttempt(all, 'first')).toEqual(all[0])
      }),
    ))
})
