import type { ReplyIn } from '@gradus/contract/endpoint'
import type { verifyCertificate as endpoint } from '@gradus/contract/progress'
import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import type { By } from '../identity/by.ts'
import { certificateReply, normalSerial } from './certificate.ts'
import { revokeCertificate as revoke, selectOptionalBySerial } from './queries/certificates.ts'

/** What a certificate says and whether it stands, for whoever has its serial. @throws problem not_found */
export async function verifyCertificate(db: Db, serial: string): Promise<ReplyIn<typeof endpoint>> {
  const found = await selectOptionalBySerial(db, normalSerial(serial))
  if (found === undefined) throw problem('not_found')
  return { ...certificateReply(found), learner_name: found.learner_name, is_valid: found.revoked_at === null }
}

/**
 * Revokes a certificate of a course, for good and with a reason, which its verification shows and the audit log keeps.
 * @throws problem not_found where the course has no such certificate that stands
 */
export async function revokeCertificate(
  db: Db,
  { course_id, serial: typed, reason }: { course_id: string; serial: string; reason: string },
  by: By,
): Promise<void> {
  const serial = normalSerial(typed)
  await transact(db, async (tx) => {
    if (!(await revoke(tx, { serial, course_id, reason }))) throw problem('not_found')
    await recordAudit(tx, { ...by, action: 'certificate.revoked', object_kind: 'certificate', object_id: serial, course_id, reason })
  })
}
