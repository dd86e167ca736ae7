import type { Outcome, TestDetail } from '@gradus/contract/submissions'
import type { Language } from '@gradus/contract/words'
import { pointsText } from '../ui/Points.tsx'
import { firstCompileError } from './compile-error.ts'

/** A sentence in pieces: words, and code that is set in code type. `line` links a piece into the editor. */
export type Piece = { text: string } | { code: string } | { text: string; line: number }

export type TestOutcome = Outcome['tests'][number]

/** What the sentence needs to know of a test beyond its outcome. */
export interface TestFacts {
  time_ms: number
  memory_mb: number
}

const text = (words: string): Piece => ({ text: words })
const code = (words: string): Piece => ({ code: words })

const seconds = (ms: number): string => `${new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 }).format(ms / 1000)} s`

const lineOf = (output: string, line: number): string | undefined => output.split('\n')[line - 1]

const shorten = (s: string): string => (s.length > 80 ? `${s.slice(0, 77)}…` : s)

const ended = (words: string): string => (/[.!?…]$/.test(words) ? words : `${words}.`)

/** The first line (from 1) where two outputs part; null where they are equal. */
export function firstDifference(got: string, expected: string): number | null {
  if (got === expected) return null
  const a = got.split('\n')
  const b = expected.split('\n')
  let line = 0
  while (a[line] === b[line]) line++
  return line + 1
}

function wrongAnswer(detail: TestDetail): Piece[] {
  if (detail.call !== undefined && detail.got !== undefined && detail.expected !== undefined) {
    return [code(shorten(detail.call)), text(' returned '), code(shorten(detail.got)), text(', expected '), code(shorten(detail.expected)), text('.')]
  }
  if (detail.message !== undefined && detail.message.trim() !== '') return [text(ended(shorten(detail.message.trim())))]
  if (detail.stdout === undefined || detail.expected === undefined) return [text('the output is not the expected one.')]
  const line = detail.differs_at_line ?? firstDifference(detail.stdout, detail.expected)
  if (line === null) return [text('the output is not the expected one.')]
  const got = lineOf(detail.stdout, line)
  const expected = lineOf(detail.expected, line)
  if (detail.stdout.trim() === '') return [text('printed nothing, expected '), code(shorten(expected ?? '')), text(` (line ${line}).`)]
  if (got === undefined || (got === '' && expected !== ''))
    return [text('printed too little: expected '), code(shorten(expected ?? '')), text(` on line ${line}.`)]
  if (expected === undefined || (expected === '' && got !== ''))
    return [text('printed more than expected: '), code(shorten(got)), text(` on line ${line}.`)]
  return [text('printed '), code(shorten(got)), text(', expected '), code(shorten(expected)), text(` (line ${line}).`)]
}

const signalWords: Record<string, string> = {
  SIGSEGV: 'it used memory that is not its own. Often an index past the end of an array, or a pointer that points nowhere.',
  SIGFPE: 'it divided a whole number by zero.',
  SIGABRT: 'it stopped itself. Often a failed assertion, or memory that was freed twice.',
  SIGBUS: 'it used memory that does not exist.',
  SIGSYS: 'it asked the system for something programs may not do here.',
  SIGKILL: 'it was stopped from outside. Often too much memory.',
}

/** The line of the learner's own file that an error output blames: the innermost one of a traceback; null where none is named. */
export function crashLine(stderr: string): number | null {
  const python = [...stderr.matchAll(/File "[^"]*\b(?:main|solution)\.py", line (\d+)/g)].at(-1)
  const found = python ?? /\b(?:main|solution)\.c?js:(\d+)/.exec(stderr)
  return found == null ? null : Number(found[1])
}

function runtimeError(detail: TestDetail): Piece[] {
  const stderr = detail.stderr ?? ''
  if (detail.exception != null && detail.exception !== '') {
    const line = crashLine(stderr)
    const where: Piece[] = line === null ? [] : [text(' on '), { text: `line ${line}`, line }]
    return [text('stopped'), ...where, text(' with '), code(shorten(detail.exception)), text('.')]
  }
  if (detail.signal != null && detail.signal !== '')
    return [text(`crashed (${detail.signal}): ${signalWords[detail.signal] ?? 'the system stopped it.'}`)]
  const last = stderr.trimEnd().split('\n').at(-1)?.trim() ?? ''
  if (last !== '') return [text(`stopped. ${ended(shorten(last))}`)]
  if (detail.exit_code != null) return [text(`ended with exit code ${detail.exit_code}; a program that succeeds ends with 0.`)]
  return [text('crashed.')]
}

/** The middle of a test's sentence, after "Test 3, negative numbers: ". */
function happened(test: TestOutcome, facts: TestFacts | undefined): Piece[] {
  const { detail } = test
  switch (test.verdict) {
    case 'accepted':
      return [text(test.time_ms === null ? 'right.' : `right, in ${test.time_ms} ms.`)]
    case 'wrong_answer':
      return test.is_hidden && detail.stdout === undefined && detail.got === undefined
        ? [text('the answer is wrong. This test is hidden, so its input is not shown.')]
        : wrongAnswer(detail)
    case 'presentation_error': {
      const line = detail.differs_at_line
      return [text(`the right words, but spaces or line breaks differ${line == null ? '' : `, first on line ${line}`}.`)]
    }
    case 'time_limit':
      return [
        text(
          facts === undefined
            ? 'stopped because it took too long. Often an endless loop.'
            : `stopped after ${seconds(test.time_ms ?? facts.time_ms)}; the limit is ${seconds(facts.time_ms)}. Often an endless loop.`,
        ),
      ]
    case 'memory_limit':
      return [
        text(
          `stopped because it used ${facts === undefined ? 'too much memory' : `more than ${facts.memory_mb} MB of memory`}. Often a list that grows without end.`,
        ),
      ]
    case 'output_limit':
      return [text('stopped because it printed too much. Often a print inside an endless loop.')]
    case 'runtime_error':
      return runtimeError(detail)
    case 'compile_error':
    case 'skipped':
      return [text('not run, because the code does not compile.')]
    case 'internal_error':
      return [text('the grader failed, not your code. This is not counted against you.')]
  }
}

/** One test's verdict as a sentence: "Test 3, negative numbers: printed `7`, expected `-7` (line 1)." `number` counts from 1. */
export function testSentence(test: TestOutcome, number: number, facts?: TestFacts): Piece[] {
  const name = test.name.trim() === '' || test.name === String(number) ? '' : `, ${test.name}`
  return [text(`Test ${number}${name}: `), ...happened(test, facts)]
}

/** A failed compilation as a sentence whose line leads into the editor. */
export function compileSentence(compile_output: string, language: Language): Piece[] {
  const error = firstCompileError(compile_output, language)
  if (error === null) return [text('The code does not compile. What the compiler said stands below.')]
  if (error.line === null) return [text('The code does not compile: '), code(error.message)]
  return [text('The code does not compile. '), { text: `Line ${error.line}`, line: error.line }, text(': '), code(error.message)]
}

const pointsOf = ({ points, points_possible }: Outcome): string =>
  `${pointsText(points)} / ${pointsText(points_possible)} ${points_possible === 1 ? 'point' : 'points'}`

/** The whole outcome as its first thing to know. */
export function outcomeSentence(outcome: Outcome, language: Language, facts: ReadonlyMap<string, TestFacts>): Piece[] {
  if (outcome.verdict === 'compile_error') return compileSentence(outcome.compile_output, language)
  if (outcome.verdict === 'internal_error') return [text('The grader failed, not your code. This attempt is not counted.')]
  const total = outcome.tests.length
  if (outcome.sandbox === 'external') {
    const given = pointsOf(outcome)
    return [text(outcome.verdict === 'accepted' ? `The external grader takes it for right: ${given}.` : `The external grader gives ${given}.`)]
  }
  const right = outcome.tests.filter((test) => test.verdict === 'accepted').length
  const points = pointsOf(outcome)
  if (right === total) return [text(total === 1 ? `The test is accepted: ${points}.` : `All ${total} tests accepted: ${points}.`)]
  const first = outcome.tests.findIndex((test) => test.verdict !== 'accepted')
  const test = outcome.tests[first]!
  return [text(`${right} of ${total} ${total === 1 ? 'test' : 'tests'} accepted: ${points}. `), ...testSentence(test, first + 1, facts.get(test.key))]
}

/** A sentence as plain text, for screen readers and titles. */
export const plain = (pieces: readonly Piece[]): string => pieces.map((piece) => ('code' in piece ? piece.code : piece.text)).join('')
