import { readFileSync } from 'node:fs'
import { formatWithOptions } from 'node:util'
import { runInThisContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'

/** The same text that QuickJS evaluates. */
const format: (...values: unknown[]) => string = runInThisContext(readFileSync(new URL('inspect.js', import.meta.url), 'utf8'))
const node = (...values: unknown[]): string => formatWithOptions({}, ...values)

class Point {
  x = 1
  y = [2]
}
class Pixel extends Point {
  get color() {
    return 'red'
  }
}
class Names extends Array {}
const ring: Record<string, unknown> = { name: 'ring' }
ring.self = ring
ring.inner = { back: ring }
const numbers = (count: number, step = 1) => Array.from({ length: count }, (_, i) => i * step)
const holes = Object.assign([1], { 3: 4, length: 6 })
const withExtra = Object.assign([1, 2], { label: 'x' })

test.each<[string, ...unknown[]]>([
  ['nothing'],
  ['text', 'a'],
  ['several', 'a', 1, 'b', [1], null, undefined, true],
  ['numbers', 1, -0, 1.5, 1e21, Number.NaN, -Infinity, 10n],
  ['nested text', ['it', "it's", 'say "hi"', `it's "x"`, 'a\nb\t\\', '\x1b\x7f', 'ü🙂', '\ud83d']],
  ['array', [1, 2, 3]],
  ['empty', [], {}, new Map(), new Set(), ''],
  ['object', { a: 1, 'b-c': 'd', 3: [], f() {} }],
  ['depth', { a: { b: { c: { d: 1 }, e: [1], g: new Point() } } }],
  ['deep array', [[[[1]]]]],
  ['three levels', { a: { b: { c: {} } } }],
  ['long object', { first: 'aaaaaaaaaaaaaaaaaaaa', second: 'bbbbbbbbbbbbbbbbbbbbbbb', third: 'cccccccccccccccccccccccc' }],
  [
    'map',
    new Map<unknown, unknown>([
      ['a', 1],
      [{ b: 2 }, [3]],
    ]),
  ],
  ['set', new Set(['a', { b: 1 }])],
  ['null prototype', Object.create(null), Object.assign(Object.create(null), { a: 1 })],
  ['classes', new Point(), new Pixel(), Point, Pixel, class {}, new (class {})()],
  ['sub-array', Names.from([1, 2])],
  ['functions', () => 1, function named() {}, async () => 1, function* gen() {}, Math.max, Object.assign(() => 1, { a: 1 })],
  ['symbols', Symbol('a'), { [Symbol('k')]: 1 }],
  ['dates', new Date(0), [new Date(0)], new Date(Number.NaN)],
  ['patterns', /a+/g, [/b/]],
  [
    'getters',
    {
      get a() {
        return 1
      },
      set b(_: number) {},
      get c() {
        return 1
      },
      set c(_: number) {},
    },
  ],
  ['circle', ring, [ring]],
  ['holes', holes, new Array(1), new Array(3)],
  ['extra', withExtra],
  ['typed', new Uint8Array([1, 2, 3]), new Float64Array(0)],
  ['ten numbers', numbers(10)],
  ['many numbers', numbers(100, 37)],
  ['101 numbers', numbers(101)],
  ['fractions', numbers(30, 0.37)],
  ['many words', numbers(40).map((n) => 'w'.repeat(n % 7))],
  ['rows', numbers(9).map(() => numbers(9))],
  ['rows of rows', numbers(3).map(() => numbers(3).map(() => numbers(8)))],
  ['records', numbers(8).map((n) => ({ id: n, name: `name ${n}` }))],
  ['long text inside', ['line one of the long text that goes on and on and on\nline two of it, which is long as well, and ends here']],
  ['math', Math, JSON],
  ['global iterators', [1][Symbol.iterator]()],
  ['%s and %d', 'a%sb%dc%%', 'X', '42', 'rest', { a: 1 }],
  ['%i %f', '%i %f %i', '42.9', '1.50', 3.7],
  ['%j %o', '%j', { a: [1] }],
  ['%O', '%O %O', { a: 1 }, [1]],
  ['%s of objects', '%s %s %s %s', { a: 1 }, [1], null, -0],
  ['too few', '%s %s', 'a'],
  ['unknown', '%x %s', 'a'],
  ['percent alone', '100%'],
  ['c', '%cred', 'color: red'],
])('%s', (_, ...values) => {
  expect(format(...values)).toBe(node(...values))
})

test('errors begin with their name and message, as in Node', () => {
  expect(format(new RangeError('too far')).split('\n')[0]).toBe('RangeError: too far')
  const bare = new TypeError('no stack')
  bare.stack = ''
  expect(format(bare)).toBe('[TypeError: no stack]')
})

test('plain data prints as in Node, whatever it is', () => {
  const leaf = fc.oneof(
    fc.integer({ min: -10_000, max: 10_000 }),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined, '', 'a', 'some words', "it's", 'x'.repeat(30), 'two\nlines'),
    fc.string({ maxLength: 12 }),
  )
  const value = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.array(tie('any'), { maxLength: 12 }),
      fc.array(fc.integer({ min: -999, max: 99_999 }), { maxLength: 120 }),
      fc.dictionary(fc.oneof(fc.constantFrom('a', 'name', 'long_key_of_it', '7', 'b c'), fc.string({ maxLength: 6 })), tie('any'), { maxKeys: 6 }),
      fc.array(fc.tuple(leaf, tie('any')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
      fc.array(tie('any'), { maxLength: 8 }).map((all) => new Set(all)),
    ),
  })).any
  fc.assert(
    fc.property(value, (one) => {
      expect(format(one)).toBe(node(one))
    }),
    { numRuns: 1_000 },
  )
})
