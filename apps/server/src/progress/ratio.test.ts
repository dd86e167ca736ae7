import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Problem } from '../http/problems.ts'
import { ratioOf } from './ratio.ts'

const refused = (score: unknown, scale?: 'unit' | 'percent'): void => {
  try {
    ratioOf(score, scale)
  } catch (error) {
    expect((error as Problem).code).toBe('score_invalid')
    expect((error as Problem).status).toBe(422)
    return
  }
  throw new Error(`${String(score)} was taken`)
}

describe('a score becomes a ratio (R31, D4)', () => {
  test.each([
    [85, 0.85],
    [0.95, 0.95],
    ['85', 0.85],
    [150, 1],
    [null, null],
    [undefined, null],
    [0, 0],
    [-0, 0],
    [1, 1],
    [1.5, 0.015],
    [100, 1],
    ['0.5', 0.5],
    [' 40 ', 0.4],
    ['.5', 0.5],
    ['5e1', 0.5],
    ['1', 1],
  ])('R31 unlabelled: %j is %j', (score, ratio) => {
    expect(ratioOf(score)).toBe(ratio)
    expect(Object.is(ratioOf(score), -0)).toBe(false)
  })

  test.each([
    [1, 'percent', 0.01],
    [0.5, 'percent', 0.005],
    [85, 'percent', 0.85],
    [100, 'percent', 1],
    ['100', 'percent', 1],
    [1, 'unit', 1],
    [0.85, 'unit', 0.85],
    [null, 'unit', null],
    [undefined, 'percent', null],
  ] as const)('D4 labelled: %j as %s is %j', (score, scale, ratio) => {
    expect(ratioOf(score, scale)).toBe(ratio)
  })

  test.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    true,
    false,
    'nan',
    'NaN',
    'Infinity',
    '-inf',
    '1e999',
    'true',
    '',
    ' ',
    '0x10',
    '85%',
    '8,5',
    '1n',
    -1,
    '-0.5',
    {},
    [],
    [85],
  ])('D4: %j is refused on every scale', (score) => {
    refused(score)
    refused(score, 'unit')
    refused(score, 'percent')
  })

  test.each([
    [85, 'unit'],
    [1.0001, 'unit'],
    [100.1, 'percent'],
    [150, 'percent'],
  ] as const)('%j does not fit %s', (score, scale) => refused(score, scale))

  test('whatever comes, it is a ratio, nothing, or refused', () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom(undefined, 'unit' as const, 'percent' as const), (score, scale) => {
        let ratio: number | null
        try {
          ratio = ratioOf(score, scale)
        } catch (error) {
          return error instanceof Problem && error.code === 'score_invalid'
        }
        return ratio === null ? score === null || score === undefined : ratio >= 0 && ratio <= 1
      }),
      { numRuns: 2_000 },
    )
  })

  test('a number and its numeral are the same, and order is kept on one scale', () => {
    const score = fc.double({ min: 0, max: 100, noNaN: true })
    fc.assert(
      fc.property(score, score, (a, b) => {
        expect(ratioOf(String(a), 'percent')).toBe(ratioOf(a, 'percent'))
        return a > b || ratioOf(a, 'percent')! <= ratioOf(b, 'percent')!
      }),
    )
  })
})
