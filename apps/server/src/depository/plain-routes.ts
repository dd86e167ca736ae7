import { randomUUID } from 'node:crypto'
import { DOWNLOAD_SECONDS } from '@gradus/contract/exams'
import { email as emailShape } from '@gradus/contract/words'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { crashPoint } from '../db/crash-point.ts'
import type { Actor } from '../http/actor.ts'
import { parseJson } from '../http/body.ts'
import type { Authenticate } from '../http/mount.ts'
import { Problem } from '../http/problems.ts'
import { createKey } from '../identity/create-key.ts'
import { attemptsLeft } from '../submissions/attempts.ts'
import { acceptUpload } from './accept-upload.ts'
import { createCandidate } from './change-candidates.ts'
import { ensureDefaultExam } from './create-exam.ts'
import { downloadAddress } from './download.ts'
import { placeOf, receiptOf } from './find-code.ts'
import { say, sayFailure, sayInvalid } from './plain-replies.ts'
import type { Place } from './queries/hand-in.ts'
import { listStudents, type StudentRow, selectOptionalStudent, selectStudent } from './queries/students.ts'
import { type DepositoryParts, originOf } from './routes.ts'

/** The original's own limits; names in the new API are freer (D10). */
const name = z
  .string()
  .min(1)
  .max(254)
  .refine((text) => !text.includes('\0'), 'must not contain U+0000')
const newStudent = z.object({
  nickname: z.string().regex(/^[A-Za-z0-9]{1,12}$/, 'must be 1 to 12 letters and digits'),
  first_name: name,
  last_name: name,
  email: emailShape,
})

/** Codes of other exams are none here. */
const is_wanted = ({ is_default }: Place): boolean => is_default

/** What the original's clients, who expect a number, read where there is no limit. */
const ALWAYS_LEFT = 1_000

/** A small JSON body; an upload is read by its own rules. */
const BODY_BYTES = 65_536

/**
 * The routes of the exam depository that was here before, with their bodies, codes and texts (requirements 2.1): a
 * second face on the default exam, so that a client written for it needs no change. Keys travel as bearer tokens only.
 */
export async function plainRoutes(app: FastifyInstance, parts: DepositoryParts & { authenticate: Authenticate }): Promise<void> {
  const { db, blobs, config, guard, authenticate } = parts
  const anyone = { config: { access: { who: 'anyone' } } } as const

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    // Bodies are read by the calls themselves, after they know who calls.
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined))
    scope.setErrorHandler((error, _request, reply) => sayFailure(reply, error))

    /** The examiner behind a request, with the default exam; null where the answer was given. */
    const examiner = async (
      request: FastifyRequest,
      reply: FastifyReply,
    ): Promise<{ actor: Actor; exam_id: string; course_id: string | null } | null> => {
      if (request.headers.authorization === undefined) {
        say(reply.header('www-authenticate', 'Bearer'), 'no_key')
        return null
      }
      const actor = await authenticate(request)
      if (actor === null || actor.by_cookie) {
        say(reply.header('www-authenticate', 'Bearer'), 'wrong_key')
        return null
      }
      const exam_id = await ensureDefaultExam(db)
      const { course_id } = await guard({ who: 'examiner', object: 'exam', permission: 'submissions.manage' }, actor, { exam_id })
      return { actor, exam_id, course_id }
    }

    const students = async (request: FastifyRequest, reply: FastifyReply) => {
      const by = await examiner(request, reply)
      if (by === null) return reply
      const all = await listStudents(db, by.exam_id)
      const total_submissions = all.filter(({ last }) => last !== null).length
      return { totals: { total_students: all.length, total_submissions }, students: all.map(lineOf) }
    }
    // The README of the original spells it so.
    for (const url of ['/students', '/strudents']) scope.get(url, anyone, students)

    const create = async (request: FastifyRequest, reply: FastifyReply) => {
      const by = await examiner(request, reply)
      if (by === null) return reply
      const parsed = newStudent.safeParse(await readBody(request))
      if (!parsed.success) {
        const issues = parsed.error.issues.slice(0, 20)
        return sayInvalid(
          reply,
          issues.map((issue) => ({ loc: ['body', ...issue.path.map(String)], msg: issue.message, type: 'value_error' })),
        )
      }
      const made = await createCandidate(db, by, parsed.data, { actor_id: by.actor.principal_id, request_id: request.id })
      return reply.status(201).send(studentOf(await selectStudent(db, made.id)))
    }
    for (const url of ['/students', '/student']) scope.post(url, anyone, create)

    scope.get<{ Params: { nickname: string } }>('/students/:nickname', anyone, async (request, reply) => {
      const by = await examiner(request, reply)
      if (by === null) return reply
      const { nickname } = request.params
      const found = nickname.includes('\0') ? undefined : await selectOptionalStudent(db, by.exam_id, nickname)
      return found === undefined ? say(reply, 'student_unknown') : studentOf(found)
    })

    scope.post<{ Params: { upload_code: string } }>('/submissions/:upload_code', anyone, async (request, reply) => {
      const idempotency_key = keyOf(request)
      const place = await placeOf(db, request.params.upload_code, request.ip, { idempotency_key, is_wanted }).catch((error: unknown) => {
        if (error instanceof Problem && error.code === 'hand_in_code_unknown') return null
        throw error
      })
      if (place === null) return say(reply, 'upload_code_unknown')
      if (!/^multipart\/form-data/i.test(request.headers['content-type'] ?? '')) {
        return sayInvalid(reply, [{ loc: ['body', 'file'], msg: 'field required', type: 'value_error.missing' }])
      }
      reply.raw.on('finish', () => crashPoint('u5_upload_answered'))
      await acceptUpload({ db, blobs }, request, place, { idempotency_key, form: 'plain', client: 'plain' })
      return reply.status(201).send(handInOf(await selectStudent(db, place.candidate_id)))
    })
    scope.get<{ Params: { upload_code: string } }>('/submissions/:upload_code', anyone, async (request) => {
      const place = await placeOf(db, request.params.upload_code, request.ip, { is_wanted })
      return handInOf(await selectStudent(db, place.candidate_id))
    })

    scope.get<{ Params: { verification_code: string } }>('/verifications/:verification_code/download_url', anyone, async (request) => {
      const receipt = await receiptOf(db, request.params.verification_code, request.ip)
      return { download_url: await downloadAddress(parts, receipt, originOf(config, request)), expires_seconds: DOWNLOAD_SECONDS }
    })

    let token: Promise<string> | undefined
    scope.get('/auth/token', anyone, async (_request, reply) => {
      // Absent where it is not switched on: no page of ours either (R21).
      if (!config.demo_token) return say(reply, 'absent')
      token ??= createKey(db, { name: 'Demonstration', scopes: ['examiner'], ttl_days: 1 }).then(({ key }) => key)
      return { token: await token }
    })
  })
}

/** The client's name for this upload where it gives one; else each request is its own. */
function keyOf(request: FastifyRequest): string {
  const key = request.headers['idempotency-key']
  return typeof key === 'string' && /^[\x21-\x7e]{8,100}$/.test(key) ? key : `plain-${randomUUID()}`
}

async function readBody(request: FastifyRequest): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request.raw as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  try {
    return parseJson(Buffer.concat(chunks))
  } catch {
    return undefined
  }
}

const brief = (last: StudentRow['last']) => (last === null ? null : { created_at: last.created_at, verification_code: last.verification_code })
const lineOf = ({ nickname, first_name, last_name, last }: StudentRow) => ({
  ...{ nickname, first_name, last_name, has_submission: last !== null },
  last_submission: brief(last),
})
const studentOf = ({ id, nickname, first_name, last_name, email, upload_code, last, created_at }: StudentRow) => ({
  ...{ id, nickname, first_name, last_name, email, upload_code, has_submission: last !== null, last_submission: brief(last), created_at },
})
const handInOf = ({ uploads, max_uploads, last }: StudentRow) => ({
  uploads_available: attemptsLeft({ attempts: uploads, forgiven: 0, max_attempts: max_uploads }) ?? ALWAYS_LEFT,
  has_submission: last !== null,
  last_submission: last,
})
