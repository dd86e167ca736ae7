/**
 * The life of a grading job.
 *
 * A job begins `pending`. A worker leases it: `pulled`, one try counted, a fresh token and generation. From there it
 * ends in one of four ways. The result comes: `retired`, for ever. Grading itself fails, or the lease runs out: `retry`,
 * behind everyone else and after a pause, until the tries are used up; then `failed`, which people read as "needs staff".
 * The worker is shut down and hands the job back: `pending` again with the try given back, because nothing was wrong
 * with the job and a deploy must not use up its tries.
 *
 * A lease that ran out is not yet somebody else's: while the job waits for its next worker, the old one may still bring
 * its result (`retry` -> `retired`). Once the job is leased again the old token fits no longer.
 *
 * A hand-in of a learning management system that is superseded before it is graded is `retired` without a result.
 *
 * Staff can put a failed job back, with all its tries. Nothing leaves `retired`: a regrade is a new job with the next generation.
 */
export type JobState = 'pending' | 'pulled' | 'retry' | 'retired' | 'failed'

/** Moves of the machinery: leasing, reporting, handing back, rescuing. */
export const machineMoves = {
  pending: ['pulled'],
  pulled: ['retired', 'retry', 'failed', 'pending'],
  retry: ['pulled', 'retired'],
  retired: [],
  failed: [],
} as const satisfies Record<JobState, readonly JobState[]>

/** Moves that only staff make. */
export const staffMoves = {
  pending: [],
  pulled: [],
  retry: [],
  retired: [],
  failed: ['pending'],
} as const satisfies Record<JobState, readonly JobState[]>

/** A later hand-in of the same learner and problem takes the place of one that is not graded: nobody waits for it any more. */
export const supersedeMoves = {
  pending: ['retired'],
  pulled: ['retired'],
  retry: ['retired'],
  retired: [],
  failed: [],
} as const satisfies Record<JobState, readonly JobState[]>

/** The states from which a move leads to `to`: what the WHERE of each statement names (R92: an illegal move changes nothing). */
export const sourcesOf = (moves: Record<JobState, readonly JobState[]>, to: JobState): JobState[] =>
  (Object.keys(moves) as JobState[]).filter((from) => moves[from].includes(to))

/** Waiting for a worker. */
export const waiting = ['pending', 'retry'] as const satisfies readonly JobState[]
