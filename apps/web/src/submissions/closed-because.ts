import { type CourseOutline, mayIn } from '../courses/use-course.ts'
import type { Question } from './question.ts'

/** Why nothing can be handed in, or null. */
export function closedBecause(course: CourseOutline, question: Question): string | null {
  if (!mayIn(course, 'work.submit')) return 'Your role here does not hand in work.'
  if (question.assignment.availability === 'not_open_yet') return 'This assignment has not opened yet.'
  if (question.assignment.availability === 'closed') return 'This assignment is closed.'
  if (question.attempts_left !== 0) return null
  const mayTry = question.file === null && question.tests.some((test) => !test.is_hidden)
  return mayTry ? 'All attempts are used. You can still try without one.' : 'All attempts are used.'
}
