import { questionContent } from '@gradus/contract/questions'
import { expect, test } from 'vitest'
import { contentOf, draftOf, emptyDraft, isQuestionDraft, newTest, type QuestionDraft, withKind } from './question-draft.ts'

const io: QuestionDraft = { ...emptyDraft(), title: 'Sum', tests: [{ ...newTest([]), input: '1 2\n', expected: '3\n' }] }
const external: QuestionDraft = {
  ...withKind({ ...io, offered: ['c'] }, 'external'),
  external: { queue: 'lab', test: { ...newTest([]), key: 'grader', points: 5, input: '{"grader": "a.py"}' } },
}
const file: QuestionDraft = {
  ...withKind(io, 'file'),
  file: { max_bytes: 1_000, allowed_types: ['pdf'], test: { ...newTest([]), key: 'file', points: 7, input: 'Look at the proof.' } },
}
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
    external,
    file,
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

test('a question of an external grader needs a queue, offers every language, and keeps the tests for a change back', () => {
  expect(contentOf(withKind(io, 'external'))).toEqual({ problems: { queue: expect.any(String) } })
  expect(stored(external).spec).toMatchObject({ kind: 'external', queue: 'lab', tests: [{ points: 5, grader_payload: '{"grader": "a.py"}' }] })
  expect(external.offered).toEqual(['c'])
  expect(withKind(external, 'io').tests).toEqual(io.tests)
})

test('a question that takes a file has limits, points and no language, and keeps code and tests for a change back', () => {
  expect(stored(file).spec).toEqual({
    kind: 'file',
    max_bytes: 1_000,
    allowed_types: ['pdf'],
    languages: {},
    tests: [expect.objectContaining({ points: 7, grading_notes: 'Look at the proof.' })],
  })
  expect(stored(withKind(io, 'file')).spec).toMatchObject({ max_bytes: 3_145_728, allowed_types: [] })
  expect(withKind(file, 'io').tests).toEqual(io.tests)
})

test('what was kept on a device is recognised, and anything else refused', () => {
  for (const draft of [io, external, file]) expect(isQuestionDraft(JSON.parse(JSON.stringify(draft)))).toBe(true)
  for (const other of [
    { ...io, external: { queue: 'x', test: {} } },
    { ...io, file: { max_bytes: '1' } },
    null,
    7,
    {},
    { ...io, tests: [{}] },
    { ...io, kind: 'other' },
    { ...io, title: 7 },
    { ...io, parts: null },
  ])
    expect(isQuestionDraft(other)).toBe(false)
})
