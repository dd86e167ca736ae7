import type { Readable } from 'node:stream'
import type { DbOrTx } from '../db/database.ts'
import type { Actor } from '../http/actor.ts'
import { problem } from '../http/problems.ts'
import { certificateReply } from './certificate.ts'
import { printCertificate } from './print-certificate.ts'
import { selectOptionalCertificate } from './queries/certificates.ts'

/** The caller's certificate of a course as a PDF; `origin` is where people verify it. @throws problem no_certificate */
export async function readPrintedCertificate(db: DbOrTx, { principal_id, user }: Actor, course_id: string, origin: string): Promise<Readable> {
  const found = await selectOptionalCertificate(db, principal_id, course_id)
  if (found === undefined) throw problem('no_certificate')
  const { serial, score_percent, course_title, issued_at } = certificateReply(found)
  return printCertificate({
    ...{ serial, score_percent, course_title, issued_at, step_count: found.step_count },
    learner_name: user?.display_name ?? 'A learner without an account',
    address: `${origin}/verify/${serial}`,
    is_revoked: found.revoked_at !== null,
  }) as unknown as Readable
}
