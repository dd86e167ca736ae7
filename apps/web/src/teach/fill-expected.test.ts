import type { Outcome } from '@gradus/contract/submissions'
import type { Verdict } from '@gradus/contract/words'
import { expect, test } from 'vitest'
import { filledFrom } from './fill-expected.ts'
import { emptyDraft, newTest, type QuestionDraft, withKind } from './question-draft.ts'

const draft: QuestionDraft = { ...emptyDraft(), tests: ['a', 'b', 'c', 'd'].map((key) => ({ ...newTest([]), key, expected: 'old\n' })) }
const outcome = (results: Record<string, [Verdict, Outcome['tests'][number]['detail']]>): Outcome => ({
  ...{ verdict: 'wrong_answer', points: 0, points_possible: 4, compile_output: '', sandbox: '', runtime: '', graded_at: '2026-01-01T00:00:00Z' },
  tests: Object.entries(results).map(([key, [verdict, detail]]) => ({
    ...{ key, name: key, is_hidden: false, verdict, points: 0, points_possible: 1, time_ms: 1, memory_kb: 1 },
    detail,
  })),
})

test('what the reference printed is taken where it ended well and is known to its end', () => {
  const filled = filledFrom(
    draft,
    outcome({
      a: ['wrong_answer', { stdout: 'new\n', is_truncated: true }],
      b: ['runtime_error', { stdout: 'half' }],
      c: ['presentation_error', { stdout: 'old' }],
      d: ['wrong_answer', { stdout: 'x'.repeat(4096), is_truncated: true }],
    }),
  )
  expect(filled.tests.map((each) => each.expected)).toEqual(['new\n', 'old\n', 'old', 'old\n'])
  expect(filled).toMatchObject({ changed: 2, too_long: 1 })
})

test('of a function its value, of a unit test nothing', () => {
  const called = filledFrom(withKind(draft, 'function'), outcome({ a: ['wrong_answer', { stdout: 'noise', got: '[1]' }] }))
  expect(called.tests[0]!.expected).toBe('[1]')
  expect(filledFrom(withKind(draft, 'unit'), outcome({ a: ['wrong_answer', { stdout: 'noise' }] })).changed).toBe(0)
})
