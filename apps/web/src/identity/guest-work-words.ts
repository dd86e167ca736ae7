import type { GuestWork } from '@gradus/contract/progress'

const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`

/** "3 steps and 5 attempts"; null where there is nothing to count. */
export function amount(courses: GuestWork['courses']): string | null {
  const steps = courses.reduce((sum, course) => sum + course.steps_completed, 0)
  const attempts = courses.reduce((sum, course) => sum + course.attempts, 0)
  const parts = [steps > 0 ? counted(steps, 'step') : null, attempts > 0 ? counted(attempts, 'attempt') : null].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(' and ')
}

/** What is said of work that became the user's at a sign-in; null where there is nothing to say. */
export function mergedSentence({ courses, certificates_issued }: GuestWork): string | null {
  const what = amount(courses)
  const isOne = courses.reduce((sum, course) => sum + course.steps_completed + course.attempts, 0) === 1
  const moved = what === null ? [] : [`${what} from before you signed in ${isOne ? 'is' : 'are'} now yours.`]
  const certified = certificates_issued.map((certificate) => `That completes ${certificate.course_title}: your certificate is there.`)
  const said = [...moved, ...certified]
  return said.length === 0 ? null : said.join(' ')
}
