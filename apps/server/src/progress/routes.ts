import * as api from '@gradus/contract/progress'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import type { Mount } from '../http/mount.ts'
import { byCaller } from '../identity/by.ts'
import { certificateReply } from './certificate.ts'
import { complete } from './complete.ts'
import { selectOptionalCertificate } from './queries/certificates.ts'
import { ratioOf } from './ratio.ts'
import { readLearner, readLearners, readStatistics } from './read-dashboard.ts'
import { readPrintedCertificate } from './read-printed-certificate.ts'
import { readProgress } from './read-progress.ts'
import { resetProgress } from './reset-progress.ts'
import { revokeCertificate, verifyCertificate } from './verify-certificate.ts'

export function progressRoutes(mount: Mount, { db, config }: { db: Db; config: Config }): void {
  mount(api.completeStep, async ({ body, actor, grant, idempotency_key }) => {
    const ratio = ratioOf(body.score, body.score_scale)
    return complete(db, { principal_id: actor.principal_id, step_id: body.step_id, course_id: grant.course_id!, ratio, idempotency_key })
  })
  mount(api.getProgress, async ({ params, actor }) =>
    readProgress(db, { principal_id: actor.principal_id, is_guest: actor.is_guest }, params.course_id),
  )
  mount(api.getAggregateStats, async ({ params }) => readStatistics(db, params.course_id))
  mount(api.listEnrolledLearners, async ({ params }) => readLearners(db, params.course_id))
  mount(api.getLearnerProgress, async ({ params }) => readLearner(db, params.course_id, params.user_id))
  mount(api.resetProgress, async (call) => resetProgress(db, { ...call.params, ...call.body }, byCaller(call)))

  mount(api.getCertificate, async ({ params, actor }) => {
    const found = await selectOptionalCertificate(db, actor.principal_id, params.course_id)
    return found === undefined ? { has_certificate: false as const } : { has_certificate: true as const, ...certificateReply(found) }
  })
  mount(api.downloadCertificate, async ({ params, actor, request, reply }) => {
    const origin = config.public_url ?? `${request.protocol}://${request.host}`
    const pdf = await readPrintedCertificate(db, actor, params.course_id, origin)
    await reply.headers({ 'content-type': 'application/pdf', 'content-disposition': 'attachment; filename="certificate.pdf"' }).send(pdf)
  })
  mount(api.verifyCertificate, async ({ params }) => verifyCertificate(db, params.serial))
  mount(api.revokeCertificate, async (call) => revokeCertificate(db, { ...call.params, ...call.body }, byCaller(call)))
}
