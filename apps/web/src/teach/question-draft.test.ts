import { questionContent } from '@gradus/contract/questions'
import { expect, test } from 'vitest'
import { contentOf, draftOf, emptyDraft, isQuestionDraft, newTest, type QuestionDraft, withKind } from './question-draft.ts'

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

test('an expected value may be left to the reference, and a test without arguments calls without any', () => {
  const draft: QuestionDraft = { ...withKind(io, 'function'), function_name: 'f', tests: [newTest([])] }
  expect(contentOf(draft)).toMatchObject({ content: { spec: { tests: [{ args: [], expected: null }] } } })
})

test('changing the kind offers what fits and forgets no code', () => {
  const part = (starter: string) => ({ starter, reference: '', test_file: '', compiler_flags: '' })
  const both: QuestionDraft = { ...io, offered: ['python', 'c'], parts: { c: part('c'), python: part('p') } }
  const called = withKind(both, 'function')
  expect(called.offered).toEqual(['python'])
  expect(called.comparator.kind).toBe('equal')
  expect(called.parts.c).toEqual(part('c'))
  expect(withKind(called, 'io').comparator.kind).toBe('exact')
  expect(withKind({ ...both, offered: ['c'] }, 'unit').offered).toEqual(['python'])
  // What is not offered is not saved.
  expect(Object.keys(stored({ ...both, offered: ['c'] }).spec.languages)).toEqual(['c'])
})

test('what was kept on a device is recognised, and anything else refused', () => {
  expect(isQuestionDraft(JSON.parse(JSON.stringify(io)))).toBe(true)
  for (const other of [null, 7, {}, { ...io, tests: [{}] }, { ...io, kind: 'other' }, { ...io, title: 7 }, { ...io, parts: null }])
    expect(isQuestionDraft(other)).toBe(false)
})
