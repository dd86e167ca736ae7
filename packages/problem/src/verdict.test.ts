import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Verdict } from './spec.ts'
import { overallVerdict, verdictOf } from './verdict.ts'

test('limits, signals and exit codes decide; only a good ending leaves it to the output', () => {
  expect(verdictOf({ kind: 'time_limit' })).toBe('time_limit')
  expect(verdictOf({ kind: 'memory_limit' })).toBe('memory_limit')
  expect(verdictOf({ kind: 'output_limit' })).toBe('output_limit')
  expect(verdictOf({ kind: 'signal', signal: 'SIGSEGV' })).toBe('runtime_error')
  expect(verdictOf({ kind: 'exit', code: 3 })).toBe('runtime_error')
  expect(verdictOf({ kind: 'exit', code: -1 })).toBe('runtime_error')
  expect(verdictOf({ kind: 'exit', code: 0 })).toBeNull()
})

test.each<[Verdict[], Verdict]>([
  [['accepted', 'accepted'], 'accepted'],
  [['accepted', 'wrong_answer', 'time_limit'], 'wrong_answer'],
  [['time_limit', 'wrong_answer'], 'time_limit'],
  [['presentation_error', 'runtime_error'], 'presentation_error'],
  [['skipped', 'skipped'], 'compile_error'],
  [['compile_error', 'skipped'], 'compile_error'],
  [['wrong_answer', 'internal_error'], 'internal_error'],
  [['skipped', 'internal_error'], 'internal_error'],
  [[], 'internal_error'],
])('%j is %s', (verdicts, overall) => {
  expect(overallVerdict(verdicts)).toBe(overall)
})

test('accepted means that every test is accepted', () => {
  const verdict = fc.constantFrom<Verdict>(
    'accepted',
    'wrong_answer',
    'presentation_error',
    'time_limit',
    'runtime_error',
    'skipped',
    'internal_error',
  )
  fc.assert(
    fc.property(fc.array(verdict, { minLength: 1, maxLength: 8 }), (verdicts) => {
      expect(overallVerdict(verdicts) === 'accepted').toBe(verdicts.every((one) => one === 'accepted'))
    }),
  )
})
