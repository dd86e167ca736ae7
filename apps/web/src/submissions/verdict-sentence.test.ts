import type { Outcome, TestDetail } from '@gradus/contract/submissions'
import { type Verdict, verdicts } from '@gradus/contract/words'
import { expect, test } from 'vitest'
import { crashLine, firstDifference, outcomeSentence, plain, type TestOutcome, testSentence } from './verdict-sentence.ts'

const aTest = (verdict: Verdict, detail: TestDetail = {}, more: Partial<TestOutcome> = {}): TestOutcome => ({
  key: 'a',
  name: 'negative numbers',
  is_hidden: false,
  verdict,
  points: 0,
  points_possible: 1,
  time_ms: 34,
  memory_kb: 9000,
  detail,
  ...more,
})
const said = (verdict: Verdict, detail: TestDetail = {}, more: Partial<TestOutcome> = {}) =>
  plain(testSentence(aTest(verdict, detail, more), 3, { time_ms: 2000, memory_mb: 256 }))
const anOutcome = (verdict: Verdict, tests: TestOutcome[], more: Partial<Outcome> = {}): Outcome => ({
  verdict,
  points: tests.reduce((sum, t) => sum + t.points, 0),
  points_possible: tests.length,
  compile_output: '',
  sandbox: 'bubblewrap',
  runtime: 'Python 3.11',
  tests,
  graded_at: '2025-11-21T22:00:00Z',
  ...more,
})

test('a wrong answer names what was printed, what was expected, and where', () => {
  expect(said('wrong_answer', { stdout: '7\n', expected: '-7\n', differs_at_line: 1 })).toBe(
    'Test 3, negative numbers: printed 7, expected -7 (line 1).',
  )
})

test('nothing printed, too little and too much are told apart', () => {
  expect(said('wrong_answer', { stdout: '', expected: '5\n' })).toBe('Test 3, negative numbers: printed nothing, expected 5 (line 1).')
  expect(said('wrong_answer', { stdout: '1\n2\n', expected: '1\n2\n3\n' })).toBe(
    'Test 3, negative numbers: printed too little: expected 3 on line 3.',
  )
  expect(said('wrong_answer', { stdout: '1\n2\n', expected: '1\n' })).toBe('Test 3, negative numbers: printed more than expected: 2 on line 2.')
})

test('a function is told by its call', () => {
  expect(said('wrong_answer', { call: 'add(2, -9)', got: '11', expected: '-7' })).toBe(
    'Test 3, negative numbers: add(2, -9) returned 11, expected -7.',
  )
})

test('a hidden test keeps its input to itself and says so', () => {
  expect(said('wrong_answer', {}, { is_hidden: true })).toBe(
    'Test 3, negative numbers: the answer is wrong. This test is hidden, so its input is not shown.',
  )
})

test('limits name the limit and the usual cause', () => {
  expect(said('time_limit', {}, { time_ms: 2000 })).toBe('Test 3, negative numbers: stopped after 2 s; the limit is 2 s. Often an endless loop.')
  expect(said('memory_limit')).toContain('more than 256 MB')
})

test('a crash names its exception, its signal or its exit code', () => {
  expect(said('runtime_error', { exception: 'ZeroDivisionError: division by zero' })).toContain('stopped with ZeroDivisionError: division by zero.')
  expect(said('runtime_error', { signal: 'SIGSEGV' })).toContain('index past the end')
  expect(said('runtime_error', { exit_code: 3 })).toContain('exit code 3')
})

test('a crash leads to the line of the learner’s own file', () => {
  const traceback =
    'Traceback (most recent call last):\n  File "/box/main.py", line 4, in <module>\n    f()\n  File "/box/main.py", line 2, in f\nValueError: x\n'
  expect(crashLine(traceback)).toBe(2)
  expect(
    crashLine(
      '/sub/main.js:3\n  return x.y\n           ^\n\nTypeError: x\n    at f (/sub/main.js:3:12)\n    at Object.<anonymous> (/sub/main.js:5:1)',
    ),
  ).toBe(3)
  expect(crashLine('TypeError: Basket is not a constructor\n    at /sub/tests.js:4:15\n    at Object.<anonymous> (/sub/harness.js:77:12)')).toBeNull()
  const pieces = testSentence(aTest('runtime_error', { exception: 'ValueError: x', stderr: traceback }), 1)
  expect(pieces).toContainEqual({ text: 'line 2', line: 2 })
})

test('without an exception the last words of the program are told', () => {
  expect(said('runtime_error', { exit_code: 1, stderr: 'There is no function is_leap_year in this program.\n' })).toBe(
    'Test 3, negative numbers: stopped. There is no function is_leap_year in this program.',
  )
})

test('every verdict has a sentence that ends', () => {
  for (const verdict of verdicts) expect(said(verdict)).toMatch(/[.)]$/)
})

test('the outcome leads with the count and the first problem', () => {
  const tests = [aTest('accepted', {}, { points: 1 }), aTest('wrong_answer', { stdout: '7\n', expected: '-7\n' }, { key: 'b' })]
  expect(plain(outcomeSentence(anOutcome('wrong_answer', tests), 'python', new Map()))).toBe(
    '1 of 2 tests accepted: 1 / 2 points. Test 2, negative numbers: printed 7, expected -7 (line 1).',
  )
  expect(plain(outcomeSentence(anOutcome('accepted', [tests[0]!]), 'python', new Map()))).toBe('The test is accepted: 1 / 1 point.')
})

test('a failed compilation leads into the editor', () => {
  const pieces = outcomeSentence(anOutcome('compile_error', [], { compile_output: 'main.c:5:12: error: expected `;`' }), 'c', new Map())
  expect(pieces).toContainEqual({ text: 'Line 5', line: 5 })
})

test('the first difference is a line counted from 1', () => {
  expect(firstDifference('a\nb\n', 'a\nb\n')).toBeNull()
  expect(firstDifference('a\nb\n', 'a\nc\n')).toBe(2)
  expect(firstDifference('a', 'a\n')).toBe(2)
  expect(firstDifference('', 'x')).toBe(1)
})
