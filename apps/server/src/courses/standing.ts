import type { DbOrTx } from '../db/database.ts'

/** Where one learner stands with one placed question. */
export interface QuestionStanding {
  /** The score that counts, or null while nothing is graded. */
  points: number | null
  /** Attempts that count against `max_attempts`: those given back after a failure of ours are not among them. */
  attempts: number
  /** A hand-in is queued or being graded. */
  is_waiting: boolean
}

/**
 * What courses show of hand-ins and scores, which live on a floor above: `app.ts` hands in an implementation, so that
 * no statement of this slice reads tables it must not know.
 */
export interface Standing {
  /** By assignment question of these courses; one that is missing has no attempt. */
  forCourse(db: DbOrTx, principal_id: string, course_ids: readonly string[]): Promise<Map<string, QuestionStanding>>
  /** Languages that a grading machine seen lately can run. */
  languagesServed(db: DbOrTx): Promise<Set<string>>
}
