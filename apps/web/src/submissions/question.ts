import type { getAssignmentQuestion } from '@gradus/contract/courses'
import type { ReplyOf } from '@gradus/contract/endpoint'
import type { listMySubmissions } from '@gradus/contract/submissions'

/** Everything the question page was given. */
export type Question = ReplyOf<typeof getAssignmentQuestion>
/** One of my attempts, with its code. */
export type Attempt = ReplyOf<typeof listMySubmissions>['submissions'][number]

export const attemptsText = (count: number): string => `${count} ${count === 1 ? 'attempt' : 'attempts'}`
