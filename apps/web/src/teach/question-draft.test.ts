import { questionContent } from '@gradus/contract/questions'
import { expect, test } from 'vitest'
import { contentOf, draftOf, emptyDraft, newTest, type QuestionDraft, testsFromRows, withKind } from './question-draft.ts'

const io: QuestionDraft = { ...emptyDraft(), title: 'Sum', tests: [{ ...newTest([]), input: '1 2\n', expected: '3\n' }] }
const stored = (draft: QuestionDraft) => {
  const made = contentOf(draft)
  if (!('content' in made)) throw new Error(JSON.stringify(made.problems))
  return questionContent.parse(made.content)
}

test('what is saved is what is opened again, for every kind and comparator', () => {
  const drafts: QuestionDraft[] = [
    io,
    { ...io, comparator: { ...io.comparator, kind: 'tokens', ignore_case: true } },
    { ...io, comparator: { ...io.comparator, kind: 'float', absolute: 0.01, relative: 0.001 } },
    { ...io, comparator: { ...io.comparator, kind: 'checker', checker_source: 'exit(0)' } },
    { ...withKind(io, 'function'), function_name: 'add', tests: [{ ...newTest([]), input: '[1,2]', expected: '{"a":3}' }] },
    {
      ...withKind(io, 'unit'),
      parts: { python: { starter: '', reference: 'x', test_file: 'def test_a(): pass', compiler_flags: '' } },
      tests: [{ ...newTest([]), input: 'test_a' }],
    },
  ]
  for (const draft of drafts) expect(contentOf(draftOf(stored(draft)))).toEqual(contentOf(draft))
})

test('half-typed JSON and missing names are told at their place', () => {
  const draft: QuestionDraft = { ...withKind(io, 'function'), title: ' ', tests: [{ ...newTest([]), name: '', input: '1', expected: 'abc' }] }
  expect(contentOf(draft)).toEqual({
    problems: expect.objectContaining({
      title: expect.any(String),
      function_name: expect.any(String),
      'tests.0.name': expect.any(String),
      'tests.0.input': expect.stringContaining('JSON array'),
      'tests.0.expected': expect.stringContaining('JSON'),
    }),
  })
})

test('changing the kind keeps what still fits', () => {
  const both: QuestionDraft = {
    ...io,
    parts: {
      c: { starter: 'c', reference: '', test_file: '', compiler_flags: '' },
      python: { starter: 'p', reference: '', test_file: '', compiler_flags: '' },
    },
  }
  expect(Object.keys(withKind(both, 'function').parts)).toEqual(['python'])
  expect(withKind(both, 'function').comparator.kind).toBe('equal')
  expect(withKind(withKind(both, 'function'), 'io').comparator.kind).toBe('exact')
})

test('rows of a spreadsheet become tests with keys of their own', () => {
  const rows = testsFromRows('zero\t0\\n\t0\\n\t0,5\n\nbig\t9 9\t18', [newTest([])])
  expect(rows.map(({ key, name, input, expected, points }) => ({ key, name, input, expected, points }))).toEqual([
    { key: 't2', name: 'zero', input: '0\n', expected: '0\n', points: 0.5 },
    { key: 't3', name: 'big', input: '9 9', expected: '18', points: 0.5 },
  ])
})
