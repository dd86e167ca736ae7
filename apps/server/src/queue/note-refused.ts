import type { DbOrTx } from '../db/database.ts'
import { noteRefusal } from './queries/queues.ts'

/** Writes down why an answer under this lease was not taken: it becomes the failure where no better one comes. The lease stays as it is. */
export const noteRefused = (db: DbOrTx, job_id: string, lease_generation: number, why: string): Promise<void> =>
  noteRefusal(db, job_id, lease_generation, why.slice(0, 500))
