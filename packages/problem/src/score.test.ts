import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Attempt, countingAttempt, pointsPerTest, type ScoredTest, scoreOf } from './score.ts'
import type { Verdict } from './spec.ts'

const right = (points: number): ScoredTest => ({ points, verdict: 'accepted' })
const wrong = (points: number, verdict: Verdict = 'wrong_answer'): ScoredTest => ({ points, verdict })

/** Points as the contract takes them: up to 99,999 with four places. */
const points = fc.integer({ min: 0, max: 999_990_000 }).map((n) => n / 10_000)
const verdict = fc.constantFrom<Verdict>('accepted', 'wrong_answer', 'presentation_error', 'time_limit', 'skipped')
const tests = fc.array(fc.record({ points, verdict }), { minLength: 1, maxLength: 200 })
const override = fc.option(points)

describe('scoreOf', () => {
  test.each([
    [[right(1), wrong(2)], null, { points: 1, points_possible: 3 }],
    [[right(0.1), right(0.2)], null, { points: 0.3, points_possible: 0.3 }],
    [[right(1), wrong(2)], 25, { points: 8.3333, points_possible: 25 }],
    [[right(2), wrong(1)], 25, { points: 16.6667, points_possible: 25 }],
    [[right(1), wrong(7)], 0.0004, { points: 0.0001, points_possible: 0.0004 }],
    [[right(1), right(1)], 0, { points: 0, points_possible: 0 }],
    [[right(0), right(0)], 10, { points: 10, points_possible: 10 }],
    [[right(0), wrong(0)], 10, { points: 0, points_possible: 10 }],
    [[], 10, { points: 0, points_possible: 10 }],
    [[], null, { points: 0, points_possible: 0 }],
    [[wrong(1, 'presentation_error'), wrong(1, 'internal_error'), wrong(1, 'skipped')], null, { points: 0, points_possible: 3 }],
    [[right(99_999), right(99_999)], 99_999, { points: 99_999, points_possible: 99_999 }],
  ])('%j with override %j', (all, points_override, score) => {
    expect(scoreOf(all, points_override)).toEqual(score)
  })

  test('a half rounds up', () => {
    expect(scoreOf([right(1), wrong(1)], 0.0001)).toEqual({ points: 0.0001, points_possible: 0.0001 })
    expect(scoreOf([right(1), wrong(3)], 0.0001).points).toBe(0)
  })

  test('refuses points that no contract lets in', () => {
    expect(() => scoreOf([right(Number.NaN)], null)).toThrow(RangeError)
    expect(() => scoreOf([right(1)], -1)).toThrow(RangeError)
    expect(() => scoreOf([right(Infinity)], 1)).toThrow(RangeError)
  })

  test('stays between nothing and the maximum, has at most four places, and the maximum is the override or the sum (R69)', () => {
    fc.assert(
      fc.property(tests, override, (all, points_override) => {
        const score = scoreOf(all, points_override)
        expect(score.points).toBeGreaterThanOrEqual(0)
        expect(score.points).toBeLessThanOrEqual(score.points_possible)
        expect(score.points * 10_000).toBeCloseTo(Math.round(score.points * 10_000), 3)
        const sum = all.reduce((total, one) => total + BigInt(Math.round(one.points * 10_000)), 0n)
        expect(score.points_possible).toBe(points_override ?? Number(sum) / 10_000)
      }),
    )
  })

  test('all accepted earns the whole maximum', () => {
    fc.assert(
      fc.property(tests, override, (all, points_override) => {
        const score = scoreOf(
          all.map((one) => right(one.points)),
          points_override,
        )
        expect(score.points).toBe(score.points_possible)
      }),
    )
  })

  test('one more accepted test never earns less', () => {
    fc.assert(
      fc.property(tests, override, fc.nat(), (all, points_override, pick) => {
        const better = all.with(pick % all.length, right(all[pick % all.length]!.points))
        expect(scoreOf(better, points_override).points).toBeGreaterThanOrEqual(scoreOf(all, points_override).points)
      }),
    )
  })

  test('the order of the tests does not matter', () => {
    fc.assert(
      fc.property(tests, override, (all, points_override) => {
        expect(scoreOf(all.toReversed(), points_override)).toEqual(scoreOf(all, points_override))
      }),
    )
  })
})

describe('pointsPerTest', () => {
  test('adds up to the maximum exactly', () => {
    expect(pointsPerTest([1, 1, 1], 10)).toEqual([3.3333, 3.3334, 3.3333])
    expect(pointsPerTest([1, 2], null)).toEqual([1, 2])
    expect(pointsPerTest([0, 0], 10)).toEqual([0, 0])
    fc.assert(
      fc.property(fc.array(points, { minLength: 1, maxLength: 50 }), points, (all, points_override) => {
        fc.pre(all.some((one) => one > 0))
        const shares = pointsPerTest(all, points_override)
        expect(shares.reduce((sum, one) => sum + BigInt(Math.round(one * 10_000)), 0n)).toBe(BigInt(Math.round(points_override * 10_000)))
        expect(shares.every((share) => share >= 0)).toBe(true)
      }),
    )
  })
})

describe('countingAttempt', () => {
  const attempt = (attempt_number: number, points: number | null, more: Partial<Attempt> = {}): Attempt => ({
    attempt_number,
    points,
    points_possible: points === null ? null : 10,
    is_voided: false,
    ...more,
  })
  const number = (attempts: Attempt[], policy: 'best' | 'latest' | 'first') => countingAttempt(attempts, policy)?.attempt_number ?? null

  test.each([
    [[], null, null, null],
    [[attempt(1, null)], null, null, null],
    [[attempt(1, 5), attempt(2, 9), attempt(3, 7)], 2, 3, 1],
    [[attempt(3, 7), attempt(1, 5), attempt(2, 9)], 2, 3, 1],
    [[attempt(1, 9), attempt(2, 9)], 1, 2, 1],
    [[attempt(1, 5), attempt(2, null)], 1, 1, 1],
    [[attempt(1, null), attempt(2, 5)], 2, 2, 2],
    [[attempt(1, 9, { is_voided: true }), attempt(2, 5), attempt(3, 4), attempt(4, 10, { is_voided: true })], 2, 3, 2],
    [[attempt(1, 9), attempt(2, 10, { points_possible: 20 })], 1, 2, 1],
    [[attempt(1, 1, { points_possible: 3 }), attempt(2, 0.3334, { points_possible: 1 })], 2, 2, 1],
    [[attempt(1, 0, { points_possible: 0 }), attempt(2, 1)], 2, 2, 1],
  ])('%#', (attempts, best, latest, first) => {
    expect([number(attempts, 'best'), number(attempts, 'latest'), number(attempts, 'first')]).toEqual([best, latest, first])
  })

  test('a further attempt never lowers the best share', () => {
    const one = fc.record({
      attempt_number: fc.nat(100),
      is_voided: fc.boolean(),
      points: fc.option(fc.integer({ min: 0, max: 10 })),
      points_possible: fc.constant(10),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), one, (before, next) => {
        expect(countingAttempt([...before, next], 'best')?.points ?? -1).toBeGreaterThanOrEqual(countingAttempt(before, 'best')?.points ?? -1)
      }),
    )
  })
})
