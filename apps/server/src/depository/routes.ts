import * as api from '@gradus/contract/exams'
import { DOWNLOAD_SECONDS } from '@gradus/contract/exams'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { crashPoint } from '../db/crash-point.ts'
import type { Db } from '../db/database.ts'
import type { Grant, Guard, Mount } from '../http/mount.ts'
import { problem } from '../http/problems.ts'
import { byCaller } from '../identity/by.ts'
import { attachmentHeaders } from '../storage/attachment.ts'
import type { Blobs } from '../storage/blobs.ts'
import { acceptUpload } from './accept-upload.ts'
import { archive } from './archive.ts'
import { createCandidate, reissueCode, updateCandidate } from './change-candidates.ts'
import { createExam } from './create-exam.ts'
import { downloadAddress, downloadRoute } from './download.ts'
import { exportCandidates } from './export-candidates.ts'
import { placeOf, receiptOf } from './find-code.ts'
import { importCandidates } from './import-candidates.ts'
import { printExamSlips } from './print-exam-slips.ts'
import { promiseFile } from './promise-file.ts'
import { listCandidates } from './queries/candidates.ts'
import { readBoard } from './read-board.ts'
import { readCandidate } from './read-candidate.ts'
import { mayUseAll, readExam, readExams } from './read-exam.ts'
import { readHandIn, shownReceipt } from './read-hand-in.ts'
import { removeCandidates } from './remove-candidates.ts'
import { swapCandidates } from './swap-candidates.ts'
import { updateExam } from './update-exam.ts'
import { readEntries, readHead, verifyLog } from './verify-log.ts'
import { openBoardWatching } from './watch-board.ts'
import type { Accepted } from './write-upload.ts'

export interface DepositoryParts {
  db: Db
  config: Config
  blobs: Blobs
  /** Signs our own addresses of files. */
  key: Buffer
  guard: Guard
  draining: AbortSignal
}

/** How whoever sent this request reaches the server. */
export const originOf = (config: Config, request: FastifyRequest): string => config.public_url ?? `${request.protocol}://${request.host}`

const acceptedReply = ({ receipt, uploads_left, is_replay }: Accepted) => ({ ...shownReceipt(receipt), uploads_left, is_replay })
const inCourse = (grant: Grant): { course_id: string | null } => ({ course_id: grant.course_id })

export function depositoryRoutes(app: FastifyInstance, mount: Mount, parts: DepositoryParts): void {
  const { db, blobs, config } = parts
  candidateRoutes(mount, parts)
  examRoutes(mount, parts)
  downloadRoute(app, parts)

  mount(api.getHandIn, async ({ params, request }) => readHandIn(db, await placeOf(db, params.code, request.ip)))
  mount(api.uploadFile, async ({ params, request, reply, idempotency_key }) => {
    reply.raw.on('finish', () => crashPoint('u5_upload_answered'))
    const place = await placeOf(db, params.code, request.ip, { idempotency_key })
    return acceptedReply(await acceptUpload({ db, blobs }, request, place, { idempotency_key, form: 'long', client: 'hand-in' }))
  })
  mount(api.promiseFile, async ({ params, body, request }) => acceptedReply(await promiseFile(db, await placeOf(db, params.code, request.ip), body)))
  mount(api.getReceipt, async ({ params, request }) => shownReceipt(await receiptOf(db, params.verification_code, request.ip)))
  mount(api.getDownloadAddress, async ({ params, request }) => {
    const receipt = await receiptOf(db, params.verification_code, request.ip)
    const { filename, size_bytes, sha256 } = receipt
    const download_url = await downloadAddress(parts, receipt, originOf(config, request))
    return { download_url, expires_seconds: DOWNLOAD_SECONDS, filename, size_bytes, sha256 }
  })
}

/** What examiners do with an exam. */
function examRoutes(mount: Mount, { db, blobs, guard, draining }: DepositoryParts): void {
  const watching = openBoardWatching({ db, draining })

  mount(api.listExams, async ({ actor }) => readExams(db, actor))
  mount(api.createExam, async (call) => {
    const { actor, body } = call
    if (body.course_id === undefined && !mayUseAll(actor) && actor.user?.is_creator !== true) throw problem('creator_required')
    if (body.course_id !== undefined)
      await guard({ who: 'examiner', object: 'course', permission: 'course.edit' }, actor, { course_id: body.course_id })
    const { exam_id } = await createExam(db, body, actor.user?.id ?? null, byCaller(call))
    return readExam(db, exam_id, actor)
  })
  mount(api.getExam, async ({ params, actor }) => readExam(db, params.exam_id, actor))
  mount(api.updateExam, async (call) => {
    await updateExam(db, call.params.exam_id, call.body, byCaller(call))
    return readExam(db, call.params.exam_id, call.actor)
  })
  mount(api.getBoard, async ({ params }) => readBoard(db, params.exam_id))
  mount(api.watchBoard, async ({ params, reply }) => watching.send(reply, params.exam_id))
  mount(api.downloadFiles, async ({ params, reply }) => {
    const headers = attachmentHeaders('files.zip', 'application/zip')
    await reply.headers(headers).send(await archive({ db, blobs }, params.exam_id))
  })
  mount(api.getLogHead, async ({ params }) => readHead(db, params.exam_id))
  mount(api.listLog, async ({ params, query }) => ({ entries: await readEntries(db, params.exam_id, query) }))
  mount(api.verifyLog, async ({ params }) => verifyLog(db, params.exam_id))
}

/** What examiners do with candidates and their codes. */
function candidateRoutes(mount: Mount, { db, config }: DepositoryParts): void {
  mount(api.listCandidates, async ({ params }) => ({ candidates: await listCandidates(db, params.exam_id) }))
  mount(api.createCandidate, async (call) => createCandidate(db, { ...call.params, ...inCourse(call.grant) }, call.body, byCaller(call)))
  mount(api.importCandidates, async (call) => importCandidates(db, { ...call.params, ...inCourse(call.grant) }, call.body, byCaller(call)))
  mount(api.exportCandidates, async ({ params, reply }) => {
    await reply.headers(attachmentHeaders('candidates.csv', 'text/csv')).send(await exportCandidates(db, params.exam_id))
  })
  mount(api.printSlips, async ({ params, query, request, reply }) => {
    const slips = await printExamSlips(db, { ...params, ...query, address: originOf(config, request) })
    await reply.headers(attachmentHeaders('codes.pdf', 'application/pdf')).send(slips)
  })
  mount(api.getCandidate, async ({ params }) => readCandidate(db, params.candidate_id))
  mount(api.updateCandidate, async (call) => updateCandidate(db, { ...call.params, ...inCourse(call.grant) }, call.body, byCaller(call)))
  mount(api.reissueCode, async (call) => reissueCode(db, { ...call.params, ...inCourse(call.grant), ...call.body }, byCaller(call)))
  mount(api.removeCandidates, async (call) => removeCandidates(db, { ...call.params, ...inCourse(call.grant), ...call.body }, byCaller(call)))
  mount(api.swapCandidates, async (call) => ({
    candidates: await swapCandidates(db, { ...call.params, ...inCourse(call.grant), ...call.body }, byCaller(call)),
  }))
}
