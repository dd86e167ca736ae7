import type { Certificate } from '@gradus/contract/progress'
import type { DbOrTx } from '../db/database.ts'
import { certificateReply } from './certificate.ts'
import { selectOptionalCertificate } from './queries/certificates.ts'
import { selectOptionalProgress } from './queries/progress.ts'

/** Where a learner stands with one step, and their certificate of its course. */
export async function readStepProgress(
  db: DbOrTx,
  { course_id, ...spot }: { principal_id: string; step_id: string; course_id: string },
): Promise<{ attempts: number; completed: boolean; certificate: Certificate | null }> {
  const [row, certificate] = [await selectOptionalProgress(db, spot), await selectOptionalCertificate(db, spot.principal_id, course_id)]
  return {
    attempts: row?.attempts ?? 0,
    completed: row !== undefined && row.completed_at !== null,
    certificate: certificate === undefined ? null : certificateReply(certificate),
  }
}
