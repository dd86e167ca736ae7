import type { GradingState } from '@gradus/contract/submissions'
import type { JobState } from '../queue/states.ts'

/** A job's states in learners' words. */
const words: Record<JobState, GradingState> = {
  pending: 'queued',
  pulled: 'grading',
  retry: 'retrying',
  retired: 'graded',
  failed: 'needs_staff',
}

export const stateOf = (status: JobState): GradingState => words[status]

/** The other way round, for lists that are filtered by a learner's word. */
export const statusOf = (state: GradingState): JobState => (Object.keys(words) as JobState[]).find((status) => words[status] === state)!
