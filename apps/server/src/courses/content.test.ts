import { questionContent } from '@gradus/contract/questions'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, contentSha256, joinSpec, normalContent, splitSpec } from './content.ts'

const io = questionContent.parse({
  title: 'Sum',
  statement_markdown: 'Add.',
  spec: {
    kind: 'io',
    comparator: { kind: 'float', absolute: 1e-6 },
    languages: { python: { reference: 'print(3)' }, c: { compiler_flags: ['-Wall'] } },
    tests: [
      { key: 'a', name: 'one', stdin: '1 2\n', expected_stdout: '3\n', points: 0.3 },
      { key: 'b', name: 'two', stdin: '', expected_stdout: '', points: 0.1, is_hidden: true },
    ],
  },
})
const fn = questionContent.parse({
  title: 'Len',
  spec: {
    kind: 'function',
    function_name: 'len',
    languages: { python: {} },
    tests: [{ key: 'a', name: 'n', args: [[1, { b: 1, a: null }]], expected: null }],
  },
})
const unit = questionContent.parse({
  title: 'U',
  spec: { kind: 'unit', languages: { javascript: { test_file: 'test("x")' } }, tests: [{ key: 'a', name: 'n', test_name: 'x' }] },
})

test.each([
  ['io', io],
  ['function', fn],
  ['unit', unit],
])('%s: taken apart for the database and put together again, it is the same', (_, content) => {
  const stored = splitSpec(content.spec)
  expect(stored.spec).not.toHaveProperty('tests')
  const back = joinSpec({ ...stored, tests: structuredClone(stored.tests) })
  expect(back).toEqual(content.spec)
  expect(contentSha256({ ...content, spec: back })).toEqual(contentSha256(content))
})

test('canonical JSON does not depend on the order in which keys were written, and loses nothing', () => {
  const reversed = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(reversed)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([k, v]) => [k, reversed(v)]),
          )
        : value
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value))
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('the hash changes with every part of the content', () => {
  const changes: ((c: typeof io) => void)[] = [
    (c) => {
      c.title += ' '
    },
    (c) => {
      c.statement_markdown += '\n'
    },
    (c) => void c.spec.tests.reverse(),
    (c) => {
      c.spec.tests[0]!.is_hidden = true
    },
    (c) => {
      c.spec.tests[0]!.points += 0.0001
    },
    (c) => {
      c.spec.tests[1]!.time_ms = 2_001
    },
    (c) => {
      c.spec.languages.python!.starter = ' '
    },
  ]
  const hashes = changes.map((change) => {
    const copy = structuredClone(io)
    change(copy)
    return contentSha256(copy).toString('hex')
  })
  expect(new Set([...hashes, contentSha256(io).toString('hex')]).size).toBe(changes.length + 1)
})

test('points beyond four places are what the database will keep', () => {
  const copy = structuredClone(io)
  copy.spec.tests[0]!.points = 0.300000001
  expect(normalContent(copy).spec.tests[0]!.points).toBe(0.3)
  expect(contentSha256(copy)).toEqual(contentSha256(io))
})
