import { expect, test } from 'vitest'
import { amount, mergedSentence } from './guest-work-words.ts'

const aCourse = (steps_completed: number, attempts: number) => ({ course_id: 'c', title: 'C', steps_completed, attempts })
const aWork = (...courses: ReturnType<typeof aCourse>[]) => ({ state: 'merged' as const, courses, certificates_issued: [] })

test('what was taken over is told in numbers, over all courses', () => {
  expect(mergedSentence(aWork(aCourse(2, 4), aCourse(1, 1)))).toBe('3 steps and 5 attempts from before you signed in are now yours.')
  expect(mergedSentence(aWork(aCourse(1, 0)))).toBe('1 step from before you signed in is now yours.')
  expect(mergedSentence(aWork(aCourse(0, 1)))).toBe('1 attempt from before you signed in is now yours.')
  expect(mergedSentence(aWork(aCourse(1, 1)))).toBe('1 step and 1 attempt from before you signed in are now yours.')
})

test('nothing is said of nothing', () => {
  expect(mergedSentence(aWork())).toBeNull()
  expect(mergedSentence(aWork(aCourse(0, 0)))).toBeNull()
  expect(amount([aCourse(0, 0)])).toBeNull()
})

test('a certificate that the merge completed is told', () => {
  const certificate = {
    course_id: 'c',
    course_title: 'First Steps',
    serial: 's',
    score: 1,
    score_percent: 100,
    issued_at: '',
    revoked_at: null,
    step_count: 4,
    revoke_reason: null,
  }
  expect(mergedSentence({ ...aWork(aCourse(2, 0)), certificates_issued: [certificate] })).toBe(
    '2 steps from before you signed in are now yours. That completes First Steps: your certificate is there.',
  )
})
