import type { Progress } from '@gradus/contract/submissions'
import { expect, test } from 'vitest'
import { plain } from './verdict-sentence.ts'
import { type Awaited, waitingPieces } from './waiting-sentence.ts'

const progress: Progress = { state: 'queued', ahead: 2, has_grader: true, finished: [], outcome: null }
const of = (p: Partial<Progress>, a: Partial<Awaited> = {}): string =>
  plain(waitingPieces({ ...progress, ...p }, { language: 'python', total: 3, is_run: false, is_external: false, ...a }))

test('a queue says how many are before, and which kind of grader is waited for', () => {
  expect(of({})).toBe('Waiting: about 2 programs before yours.')
  expect(of({ ahead: 0 })).toBe('You are next.')
  expect(of({ has_grader: false })).toContain('No grading machine for Python')
  expect(of({}, { is_external: true })).toBe('Waits for an external grader: 2 hand-ins before yours. Your work is stored; you need not stay here.')
  expect(of({ ahead: 0 }, { is_external: true, is_run: true })).toBe('Waits for an external grader: you are next. You need not stay here.')
})

test('while it is graded: tests that are done, or who has it', () => {
  const finished = [{ key: 'a', verdict: 'accepted' as const }]
  expect(of({ state: 'grading', finished })).toBe('Running: 1 of 3 tests done.')
  expect(of({ state: 'grading' }, { is_external: true })).toBe('An external grader has it now.')
  expect(of({ state: 'needs_staff' }, { is_external: true })).toContain('not your code')
})
