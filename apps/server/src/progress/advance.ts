import type { Tx } from '../db/database.ts'
import { drawSerial } from './certificate.ts'
import { raiseProgress } from './queries/progress.ts'

export interface Advance {
  principal_id: string
  step_id: string
  course_id: string
  /** How much of the step's points the learner has; null while nothing is graded. */
  ratio: number | null
  /** Every question has the points that the assignment asks for. */
  is_completed: boolean
}

/**
 * Takes in what our own results say of a step with questions, in the transaction that records them (D3): the best ratio and
 * the first completion stay whatever comes later (D5), and the certificate is issued where this was the last step (R52).
 */
export const advance = (tx: Tx, to: Advance): Promise<void> => raiseProgress(tx, { ...to, serial: drawSerial() })
