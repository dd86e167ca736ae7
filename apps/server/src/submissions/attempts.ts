/** What counts of a learner's attempts at one placed question. */
export interface AttemptCount {
  /** Every accepted hand-in. */
  attempts: number
  /** Those given back because our grading failed. */
  forgiven: number
  /** Null: as many as one likes. */
  max_attempts: number | null
}

/** How many hand-ins are left, or null where there is no limit. Forgiven ones do not count (reliability rule 6). */
export const attemptsLeft = ({ attempts, forgiven, max_attempts }: AttemptCount): number | null =>
  max_attempts === null ? null : Math.max(0, max_attempts - (attempts - forgiven))
