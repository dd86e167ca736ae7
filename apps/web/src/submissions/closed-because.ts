import type { Learner } from '../api/session.ts'
import { type CourseOutline, mayIn } from '../courses/use-course.ts'
import type { Question } from './question.ts'

/** Why nothing can be handed in, or null. */
export function closedBecause(course: CourseOutline, question: Question, learner: Learner): string | null {
  if (!mayIn(course, 'work.submit')) return 'Your role here does not hand in work.'
  if (question.assignment.availability === 'not_open_yet') return 'This assignment has not opened yet.'
  if (question.assignment.availability === 'closed') return 'This assignment is closed.'
  if (learner.is_guest && question.file !== null)
    return 'Handing in a file takes an account. Register or sign in; what you did as a guest comes along.'
  if (learner.is_guest && question.attempts_left !== null)
    return 'Attempts are limited here, so handing in takes an account. Register or sign in; what you did as a guest comes along.'
  if (question.attempts_left !== 0) return null
  const mayTry = question.file === null && question.tests.some((test) => !test.is_hidden)
  return mayTry ? 'All attempts are used. You can still try without one.' : 'All attempts are used.'
}
