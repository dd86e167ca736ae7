import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkerVerdict, compareOutput, firstDifferingLine, isSameValue, isWithin } from './compare.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const verdict = (comparator: Parameters<typeof compareOutput>[0], got: string, expected: string): string =>
  compareOutput(comparator, bytes(got), bytes(expected)).verdict

describe('exact', () => {
  const exact = { kind: 'exact' } as const
  test.each([
    ['7\n', '7\n', 'accepted'],
    ['7', '7\n', 'presentation_error'],
    ['1 2 6', '126', 'presentation_error'],
    ['foo\r\nbar\n', 'foo\nbar\n', 'presentation_error'],
    ['foobar', 'foo\nbar', 'presentation_error'],
    ['', '', 'accepted'],
    ['', '\n', 'presentation_error'],
    ['8\n', '7\n', 'wrong_answer'],
    ['A', 'a', 'wrong_answer'],
    ['\u00a07', '7', 'wrong_answer'],
  ])('%j against %j is %s', (got, expected, wanted) => expect(verdict(exact, got, expected)).toBe(wanted))

  test('accepts every output against itself, and only equal bytes', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ maxLength: 60 }), (a, b) => {
        expect(compareOutput(exact, a, a).verdict).toBe('accepted')
        expect(compareOutput(exact, a, b).verdict === 'accepted').toBe(Buffer.from(a).equals(b))
      }),
    ))
  test('white space alone is never a wrong answer', () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', '7')), fc.array(fc.constantFrom(' ', '\n', '\t', '\r')), (letters, spaces) => {
        const spread = letters.map((letter, i) => letter + (spaces[i] ?? '')).join('')
        expect(verdict(exact, spread, letters.join(''))).not.toBe('wrong_answer')
      }),
    ))
})

describe('tokens', () => {
  const tokens = { kind: 'tokens', ignore_case: false } as const
  test.each([
    [' 1  2\n3', '1 2 3\n', 'accepted'],
    ['12 3', '1 2 3', 'presentation_error'],
    ['1 2', '1 2 3', 'wrong_answer'],
    ['Yes', 'yes', 'wrong_answer'],
  ])('%j against %j is %s', (got, expected, wanted) => expect(verdict(tokens, got, expected)).toBe(wanted))
  test('case is ignored only where asked', () => expect(verdict({ kind: 'tokens', ignore_case: true }, 'YES 7', 'yes 7')).toBe('accepted'))
})

describe('float', () => {
  const float = { kind: 'float', absolute: 0.01, relative: 0 } as const
  test.each([
    ['3.14159', '3.14', 'accepted'],
    ['3.2', '3.14', 'wrong_answer'],
    ['area: 2.0', 'area: 2', 'accepted'],
    ['aera: 2.0', 'area: 2', 'wrong_answer'],
    ['nan', 'NaN', 'accepted'],
    ['-inf', '-Infinity', 'accepted'],
    ['inf', '-inf', 'wrong_answer'],
    ['1e308', 'inf', 'wrong_answer'],
    ['0x10', '16', 'wrong_answer'],
  ])('%j against %j is %s', (got, expected, wanted) => expect(verdict(float, got, expected)).toBe(wanted))
  test('a relative tolerance scales with the expected value', () => {
    expect(isWithin(1_000_001, 1_000_000, 0, 1e-6)).toBe(true)
    expect(isWithin(1.1, 1, 0, 1e-6)).toBe(false)
  })
})

describe('values', () => {
  const equal = { kind: 'equal' } as const
  test.each([
    [1, 1.0, true],
    [0, -0, true],
    [true, 1, false],
    ['1', 1, false],
    [null, undefined, false],
    [[1, [2]], [1, [2]], true],
    [[1, 2], [2, 1], false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: null }, false],
    [[], {}, false],
    [{ hasOwnProperty: 1 }, { toString: 1 }, false],
  ])('%j and %j: %s', (got, expected, wanted) => expect(isSameValue(equal, got, expected)).toBe(wanted))
  test('every JSON value equals its own copy', () =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(isSameValue(equal, JSON.parse(JSON.stringify(value)), value)).toBe(true)
      }),
    ))
  test('tolerance reaches into nested numbers', () =>
    expect(isSameValue({ kind: 'float', absolute: 0.1, relative: 0 }, { a: [1.05] }, { a: [1] })).toBe(true))
})

test('the first differing line is counted from 1, also where one text merely ends', () => {
  expect(firstDifferingLine(bytes('a\nb\n'), bytes('a\nc\n'))).toBe(2)
  expect(firstDifferingLine(bytes('a\nb'), bytes('a\nb\nc'))).toBe(2)
  expect(firstDifferingLine(bytes('a'), bytes('a'))).toBeNull()
})
test('a checker speaks by its exit code; anything else is its own failure', () =>
  expect([0, 1, 2, 3, -1].map(checkerVerdict)).toEqual(['accepted', 'wrong_answer', 'presentation_error', null, null]))
