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

/** A file has no job: nobody but people grades it. */
export const stateOf = (status: JobState | null): GradingState => (status === null ? 'handed_in' : words[status])

/** The other way round, for lists that are filtered by a learner's word. */
export const statusOf = (state: GradingState): JobState | null => (Object.keys(words) as JobState[]).find((status) => words[status] === state) ?? null
