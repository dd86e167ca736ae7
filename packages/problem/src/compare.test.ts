import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareOutput, compareValue } from './compare.ts'
import type { IoComparator } from './spec.ts'

type TextComparator = Exclude<IoComparator, { kind: 'checker' }>
const bytes = (text: string): Uint8Array => Buffer.from(text)
const exact: TextComparator = { kind: 'exact' }
const tokens: TextComparator = { kind: 'tokens', ignore_case: false }
const anyCase: TextComparator = { kind: 'tokens', ignore_case: true }
const near = (absolute: number, relative = 0): TextComparator => ({ kind: 'float', absolute, relative })
const io = (comparator: TextComparator, expected: string, got: string) => compareOutput(comparator, bytes(expected), bytes(got))
const verdict = (comparator: TextComparator, expected: string, got: string) => io(comparator, expected, got).verdict

describe('exact', () => {
  test.each([
    ['', '', 'accepted', null],
    ['1 2 6\n', '1 2 6\n', 'accepted', null],
    ['1 2 6\n', '1 2 6', 'presentation_error', 1],
    ['1 2 6\n', '126', 'presentation_error', 1],
    ['1 2 6\n', '1 2 6\n\n', 'presentation_error', 2],
    ['a\nb\n', 'a\r\nb\r\n', 'presentation_error', 1],
    ['foo\nbar', 'foobar', 'presentation_error', 1],
    ['\t\v\f\r \n', '', 'presentation_error', 1],
    ['a\nb\nc\n', 'a\nb\nd\n', 'wrong_answer', 3],
    ['a\nb\nc\n', 'a\nb\n', 'wrong_answer', 3],
    ['a\n', '', 'wrong_answer', 1],
    ['', 'x', 'wrong_answer', 1],
    ['abc', 'ABC', 'wrong_answer', 1],
    ['a b', 'a\u00a0b', 'wrong_answer', 1],
  ] as const)('%j against %j is %s', (expected, got, want, line) => {
    expect(io(exact, expected, got)).toEqual({ verdict: want, differs_at_line: line })
  })

  test('tells invalid bytes apart that decoding would make the same', () => {
    expect(compareOutput(exact, Uint8Array.of(0xff), Uint8Array.of(0xfe)).verdict).toBe('wrong_answer')
    expect(compareOutput(anyCase, Uint8Array.of(0xff), Uint8Array.of(0xfe)).verdict).toBe('wrong_answer')
    expect(compareOutput(anyCase, Uint8Array.of(0x41, 0xff), Uint8Array.of(0x61, 0xff)).verdict).toBe('accepted')
  })
})

describe('tokens', () => {
  test.each([
    [tokens, '1 2 6\n', '1\n2\t6', 'accepted', null],
    [tokens, '', ' \n\n', 'accepted', null],
    [tokens, '1 2 6', '12 6', 'presentation_error', 1],
    [tokens, '1 2\n6', '1 2\n\n7', 'wrong_answer', 3],
    [tokens, '1 2 6', '1 2', 'wrong_answer', 1],
    [tokens, '1 2', '1\n2\n6', 'wrong_answer', 3],
    [tokens, 'Yes', 'yes', 'wrong_answer', 1],
    [anyCase, 'Yes ÄÖ', 'yes\näö', 'accepted', null],
    [anyCase, 'Yes no', 'yesNO', 'presentation_error', 1],
  ] as const)('%j: %j against %j is %s', (comparator, expected, got, want, line) => {
    expect(io(comparator, expected, got)).toEqual({ verdict: want, differs_at_line: line })
  })
})

describe('float', () => {
  test.each([
    ['25.27778', '25.2777777', near(0.001), 'accepted'],
    ['1', '1.001', near(0.001), 'accepted'],
    ['1', '1.0011', near(0.001), 'wrong_answer'],
    ['1000', '1001', near(0, 0.001), 'accepted'],
    ['1000', '1001.1', near(0, 0.001), 'wrong_answer'],
    ['0', '1e-9', near(0, 0.5), 'wrong_answer'],
    ['0', '-0.0', near(0), 'accepted'],
    ['3', '3.0', near(0), 'accepted'],
    ['3', '+3', near(0), 'accepted'],
    ['.5', '5e-1', near(0), 'accepted'],
    ['nan', 'NaN', near(0), 'accepted'],
    ['nan', '1', near(1e6), 'wrong_answer'],
    ['1', 'nan', near(1e6, 1), 'wrong_answer'],
    ['inf', 'Infinity', near(0), 'accepted'],
    ['inf', '-inf', near(1e6, 1), 'wrong_answer'],
    ['inf', '1e308', near(1e6, 1), 'wrong_answer'],
    ['1e308', '-1e308', near(1e6), 'wrong_answer'],
    ['mean: 2.50', 'mean: 2.5', near(0), 'accepted'],
    ['mean: 2.50', 'Mean: 2.5', near(0), 'wrong_answer'],
    ['1 2', '12', near(0), 'presentation_error'],
    ['0x10', '16', near(1), 'wrong_answer'],
    ['1_000', '1000', near(1), 'wrong_answer'],
    ['1', '', near(1), 'wrong_answer'],
    ['1', '1e', near(1), 'wrong_answer'],
  ] as const)('%j against %j within %j is %s', (expected, got, comparator, want) => {
    expect(verdict(comparator, expected, got)).toBe(want)
  })

  test('a number of a million digits is read in one pass', () => {
    expect(verdict(near(1), '1', `${'1'.repeat(1_000_000)}x`)).toBe('wrong_answer')
  })
})

describe('output, whatever it is', () => {
  const comparator = fc.oneof(
    fc.constant(exact),
    fc.constant(tokens),
    fc.constant(anyCase),
    fc.record({
      kind: fc.constant('float' as const),
      absolute: fc.double({ min: 0, max: 1e6, noNaN: true }),
      relative: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  )
  const output = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(fc.constantFrom(' ', '\n', 'a', 'B', '1', '.', 'nan'), { maxLength: 40 }).map((parts) => bytes(parts.join(''))),
  )

  test('equals itself', () => {
    fc.assert(
      fc.property(comparator, output, (c, a) => {
        expect(compareOutput(c, a, a.slice())).toEqual({ verdict: 'accepted', differs_at_line: null })
      }),
    )
  })

  test('is accepted or not, never a presentation error and wrong at once: only white space makes the difference', () => {
    const strip = (a: Uint8Array) =>
      Buffer.from(a)
        .toString('latin1')
        .replace(/[ \t\n\v\f\r]/g, '')
    fc.assert(
      fc.property(output, output, (a, b) => {
        const found = compareOutput(exact, a, b).verdict
        expect(found).toBe(Buffer.from(a).equals(b) ? 'accepted' : strip(a) === strip(b) ? 'presentation_error' : 'wrong_answer')
      }),
    )
  })

  test('exact and tokens do not care which side is which', () => {
    fc.assert(
      fc.property(fc.constantFrom(exact, tokens, anyCase), output, output, (c, a, b) => {
        expect(compareOutput(c, a, b).verdict).toBe(compareOutput(c, b, a).verdict)
      }),
    )
  })

  test('what exact accepts every comparator accepts, and a wider tolerance accepts no less', () => {
    const one = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    const tolerance = fc.double({ min: 0, max: 10, noNaN: true })
    fc.assert(
      fc.property(one, one, tolerance, tolerance, (a, b, x, y) => {
        const narrow = verdict(near(Math.min(x, y)), String(a), String(b))
        const wide = verdict(near(Math.max(x, y)), String(a), String(b))
        expect(narrow === 'accepted' && wide !== 'accepted').toBe(false)
      }),
    )
  })

  test('names a line that is there', () => {
    fc.assert(
      fc.property(comparator, output, output, (c, a, b) => {
        const line = compareOutput(c, a, b).differs_at_line
        if (line !== null) expect(line).toBeLessThanOrEqual(Buffer.from(b).toString('latin1').split('\n').length)
      }),
    )
  })
})

describe('values', () => {
  const equal = { kind: 'equal' } as const
  const within = (absolute: number, relative = 0) => ({ kind: 'float', absolute, relative }) as const

  test.each([
    [1, 1.0, null],
    [0, -0, null],
    [1, true, ''],
    [0, false, ''],
    [0, null, ''],
    [null, null, null],
    [null, false, ''],
    ['1', 1, ''],
    ['a', 'a', null],
    [[], {}, ''],
    [{}, [], ''],
    [[1, 2], [2, 1], '[0]'],
    [[1, 2], [1], '[1]'],
    [[1], [1, 2], '[1]'],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, null],
    [{ a: 1 }, { a: 1, b: 2 }, '.b'],
    [{ a: { 'b c': [1, { d: 2 }] } }, { a: { 'b c': [1, { d: 3 }] } }, '.a["b c"][1].d'],
    [{}, JSON.parse('{"__proto__": 1}'), '.__proto__'],
    [JSON.parse('{"__proto__": 1}'), {}, '.__proto__'],
    [{}, null, ''],
    [{ toString: 1 }, {}, '.toString'],
    [1, Number.NaN, ''],
    [1, Infinity, ''],
  ])('%j against %j differs at %j', (expected, got, differs_at) => {
    expect(compareValue(equal, expected, got)).toEqual({ verdict: differs_at === null ? 'accepted' : 'wrong_answer', differs_at })
  })

  test('a tolerance reaches every number inside and nothing else', () => {
    expect(compareValue(within(0.01), { a: [1, 2.5] }, { a: [1.001, 2.504] }).verdict).toBe('accepted')
    expect(compareValue(within(0.01), { a: [1, 2.5] }, { a: [1.001, 2.52] }).differs_at).toBe('.a[1]')
    expect(compareValue(within(1e6, 1), '1', '2').verdict).toBe('wrong_answer')
    expect(compareValue(within(1e6, 1), 1, Number.NaN).verdict).toBe('wrong_answer')
    expect(compareValue(within(1e6, 1), 1, true).verdict).toBe('wrong_answer')
  })

  test('an answer nested without end is refused without following it', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(compareValue(equal, [[]], deep)).toEqual({ verdict: 'wrong_answer', differs_at: '[0][0]' })
  })

  test('every JSON value equals its own copy, and a tolerance never accepts less than equality', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = JSON.parse(JSON.stringify(value))
        expect(compareValue(equal, value, copy).verdict).toBe('accepted')
        expect(compareValue(within(0), value, copy).verdict).toBe('accepted')
      }),
    )
  })

  test('two JSON values are equal exactly when their canonical texts are', () => {
    const small = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 2 },
        fc.constantFrom(null, true, false, 0, 1, '', 'a'),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b'), tie('value')),
      ),
    })).value
    fc.assert(
      fc.property(small, small, (a, b) => {
        expect(compareValue(equal, a, b).verdict === 'accepted').toBe(canonical(a) === canonical(b))
      }),
    )
  })
})

/** JSON text with the keys of every object in order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`
}
