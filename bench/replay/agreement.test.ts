import type { Outcome } from '@gradus/contract/submissions'
import type { Verdict } from '@gradus/contract/words'
import { expect, test } from 'vitest'
import { agreementOf, percent, readVerdict } from './agreement.ts'
import { quantile } from './figures.ts'
import type { Submission } from './pack.ts'

const tests = ['a', 'b']
const said = (verdicts: Record<string, string>): Submission => ({
  year: 1,
  exercise: 'lab/ex',
  student: 'stu_001',
  submission: 1,
  code: '',
  compile_error: Object.keys(verdicts).length === 0,
  verdicts,
})
const found = (verdict: Verdict, each: Record<string, Verdict> = {}, detail = {}): Outcome => ({
  verdict,
  points: 0,
  points_possible: 2,
  compile_output: '',
  sandbox: 'bubblewrap',
  runtime: 'gcc',
  graded_at: '2026-01-01T00:00:00Z',
  tests: Object.entries(each).map(([key, one]) => ({
    key,
    name: key,
    is_hidden: false,
    verdict: one,
    points: 0,
    points_possible: 1,
    time_ms: 1,
    memory_kb: 1,
    detail,
  })),
})
const skipped = { a: 'skipped', b: 'skipped' } as const

test('reads every verdict of the data', () => {
  expect(readVerdict('Accepted')).toEqual({ verdict: 'accepted' })
  expect(readVerdict('Presentation Error')).toEqual({ verdict: 'presentation_error' })
  expect(readVerdict('Output Limit Exceeded')).toEqual({ verdict: 'output_limit' })
  expect(readVerdict('Command terminated by signal (11: SIGSEGV)')).toEqual({ verdict: 'runtime_error', signal: 'SIGSEGV' })
  expect(readVerdict('Command exited with non-zero status (205)')).toEqual({ verdict: 'runtime_error', exit_code: 205 })
  expect(() => readVerdict('Something else')).toThrow('Something else')
})

test('counts accepted or not apart from which verdict', () => {
  const { all, compiled, classes } = agreementOf([
    { submission: said({ a: 'Accepted', b: 'Wrong Answer' }), tests, outcome: found('wrong_answer', { a: 'accepted', b: 'presentation_error' }) },
    { submission: said({ a: 'Accepted', b: 'Time Limit Exceeded' }), tests, outcome: found('wrong_answer', { a: 'wrong_answer', b: 'time_limit' }) },
  ])
  expect(all).toEqual({ tests: 4, accepted: 3, kind: 2 })
  expect(compiled).toEqual(all)
  expect([...classes]).toEqual([
    ['wrong_answer -> presentation_error', 1],
    ['accepted -> wrong_answer', 1],
  ])
})

test('compares a hand-in that does not compile as a whole', () => {
  const { all, compiled, classes } = agreementOf([
    { submission: said({}), tests, outcome: found('compile_error', skipped) },
    { submission: said({}), tests, outcome: found('accepted', { a: 'accepted', b: 'accepted' }) },
    { submission: said({ a: 'Accepted', b: 'Wrong Answer' }), tests, outcome: found('compile_error', skipped) },
  ])
  expect(all).toEqual({ tests: 6, accepted: 3, kind: 2 })
  expect(compiled).toEqual({ tests: 2, accepted: 1, kind: 0 })
  expect(classes.get('compile_error -> accepted')).toBe(2)
  expect(classes.get('wrong_answer -> compile_error')).toBe(1)
})

test('a hand-in without a verdict, or without one of a test, agrees with nothing', () => {
  const { all, classes } = agreementOf([
    { submission: said({ a: 'Wrong Answer', b: 'Wrong Answer' }), tests, outcome: null },
    { submission: said({ a: 'Wrong Answer', b: 'Wrong Answer' }), tests, outcome: found('wrong_answer', { a: 'wrong_answer' }) },
  ])
  expect(all).toEqual({ tests: 4, accepted: 1, kind: 1 })
  expect(classes.get('wrong_answer -> no verdict')).toBe(3)
})

test('notes runtime errors that ended otherwise', () => {
  const outcome = found('runtime_error', { a: 'runtime_error', b: 'runtime_error' }, { signal: 'SIGSEGV', exit_code: null })
  const submission = said({ a: 'Command terminated by signal (11: SIGSEGV)', b: 'Command exited with non-zero status (3)' })
  expect(agreementOf([{ submission, tests, outcome }])).toMatchObject({ all: { kind: 2 }, other_ending: 1 })
})

test('never rounds a share up', () => {
  expect(percent(97_999, 100_000)).toBe('97.99')
  expect(percent(1, 1)).toBe('100.00')
  expect(percent(0, 0)).toBe('-')
})

test('takes quantiles by nearest rank', () => {
  const numbers = [50, 10, 40, 20, 30]
  expect([0.5, 0.95, 0.2, 0].map((share) => quantile(numbers, share))).toEqual([30, 50, 10, 10])
  expect(quantile([], 0.5)).toBeNaN()
})
