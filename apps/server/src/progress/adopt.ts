import type { Certificate } from '@gradus/contract/progress'
import type { Tx } from '../db/database.ts'
import type { GuestMove } from '../identity/adopt-guest.ts'
import { certificateReply, drawSerial, shownSerial } from './certificate.ts'
import { type HeldCertificate, keepCertificate, listHeldCertificates, lockCourseOf, moveCompletions, moveProgress } from './queries/adopt.ts'
import { issueCertificate, listIssuedNow } from './queries/certificates.ts'

/**
 * Moves a guest's progress and certificates to a user, in the caller's transaction: best score, sum of attempts, completed if either had
 * it, earliest date (R38); then issues the certificates that the merge completes (D6). Nothing stays under the guest (R39).
 */
export async function adoptProgress(tx: Tx, { guest_id, user_id }: GuestMove): Promise<void> {
  await moveCompletions(tx, guest_id, user_id)
  const course_ids = new Set(await moveProgress(tx, guest_id, user_id))
  const held = await listHeldCertificates(tx, guest_id, user_id)
  for (const { course_id } of held) course_ids.add(course_id)
  for (const course_id of [...course_ids].sort()) {
    await lockCourseOf(tx, user_id, course_id)
    const own = held.filter((certificate) => certificate.course_id === course_id)
    for (const change of mergeCertificates(own, guest_id)) await keepCertificate(tx, user_id, change)
    await issueCertificate(tx, { principal_id: user_id, course_id, serial: drawSerial() })
  }
}

/** The certificates that this transaction has earned a learner. */
export const issuedHere = async (tx: Tx, principal_id: string): Promise<Certificate[]> =>
  (await listIssuedNow(tx, principal_id)).map(certificateReply)

export interface KeptCertificate {
  serial: string
  ratio: number
  /** Why it does not stand; null where it does. */
  revoke_reason: string | null
}

/**
 * Which of two learners' certificates of one course stands once they are one: the earliest, with the better score. The others stay as
 * revoked and say which one replaced them, so that a printed serial is never unknown. What staff revoked stays revoked, and no other
 * takes its place by a merge. Those that do not stand come first: at most one may stand at any time.
 */
export function mergeCertificates(held: readonly HeldCertificate[], guest_id: string): KeptCertificate[] {
  if (!held.some((certificate) => certificate.principal_id === guest_id)) return []
  const standing = held.filter((c) => c.revoke_reason === null).sort((a, b) => Date.parse(a.issued_at) - Date.parse(b.issued_at))
  const [first] = standing
  const mine = held.filter((c) => c.principal_id !== guest_id)
  const revoked = mine.length > 0 && mine.every((c) => c.revoke_reason !== null) ? mine[0]!.revoke_reason : null
  const ratio = Math.max(...standing.map((c) => c.ratio))
  const kept = held.map(({ serial, ratio: own, revoke_reason }) => {
    if (revoke_reason !== null) return { serial, ratio: own, revoke_reason }
    if (revoked !== null) return { serial, ratio: own, revoke_reason: revoked }
    if (serial !== first!.serial) return { serial, ratio: own, revoke_reason: `Merged into ${shownSerial(first!.serial)}` }
    return { serial, ratio, revoke_reason: null }
  })
  return kept.sort((a, b) => Number(a.revoke_reason === null) - Number(b.revoke_reason === null))
}
