import type { ReplyOf } from '@gradus/contract/endpoint'
import type { getJob, Job } from '@gradus/contract/queues'

export type JobDetail = ReplyOf<typeof getJob>

export const kindNames: Record<Job['kind'], string> = { submission: 'Hand-in', run: 'Trial run', lms: 'LMS hand-in' }

/** What a job is called where there is room for a word: the number that graders know, else the last characters of its id. */
export const jobName = ({ id, xqueue_id }: Pick<Job, 'id' | 'xqueue_id'>): string => (xqueue_id === null ? `…${id.slice(-6)}` : `#${xqueue_id}`)
