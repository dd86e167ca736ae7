import type { Tx } from '../db/database.ts'
import { drawSerial, type StoredCertificate } from './certificate.ts'
import { issueCertificate } from './queries/certificates.ts'

/**
 * Issues the learner's certificate of a course once every published step is done, once for ever, in the caller's
 * transaction (R52). The caller has just completed a step, which locked the learner's course: of two last steps that are
 * done at the same instant one is seen here, whichever transaction ends first.
 * @returns the certificate there is, if any, and whether this call made it
 */
export async function certify(
  tx: Tx,
  { principal_id, course_id }: { principal_id: string; course_id: string },
): Promise<{ certificate: StoredCertificate | null; is_issued: boolean }> {
  const found = await issueCertificate(tx, { principal_id, course_id, serial: drawSerial() })
  return { certificate: found ?? null, is_issued: found?.is_issued ?? false }
}
