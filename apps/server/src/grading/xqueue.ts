import { randomBytes } from 'node:crypto'
import { problems } from '@gradus/contract/problems'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import type { InstallationKeys } from '../db/installation-keys.ts'
import { asProblem, Problem, problem } from '../http/problems.ts'
import { hashGraderToken } from '../identity/grader-session.ts'
import { GRADER_SESSION_SECONDS, isStrictGrader, logInGrader, logOutGrader } from '../identity/log-in-grader.ts'
import type { CallbackPolicy } from '../outbox/destination.ts'
import { waitingIn } from '../queue/external-queues.ts'
import { attachmentHeaders } from '../storage/attachment.ts'
import type { Blobs } from '../storage/blobs.ts'
import { checkAddress, signAddress } from '../storage/signed-address.ts'
import { acceptLms, openLineLengths } from './accept-lms.ts'
import { type Delivery, pull, takeUnreceived } from './pull.ts'
import { listQueuesOf, selectOptionalGrader, selectOptionalLeasedFile } from './queries/xqueue.ts'
import { takeReply } from './take-reply.ts'
import { discard, isLong, MAX_LOGIN_BYTES, MAX_WORDS_BYTES, readFields, removeFiles } from './xqueue-form.ts'
import { say, sendEnvelope } from './xqueue-replies.ts'

export interface XqueueParts {
  db: Db
  config: Config
  keys: InstallationKeys
  blobs: Blobs
  policy: CallbackPolicy
  /** Says that an answer is on its way. */
  wake: () => void
}

/** An address of a file is good for the lease and no longer than this. */
const FILE_SECONDS = 86_400

/**
 * The XQueue protocol, as graders and learning management systems written for Open edX speak it (docs/guide/xqueue.md): a second face
 * on the queue that our own workers use. The older dialect says everything with 200 and an envelope; an account with `strict_status`
 * is told by HTTP status codes. CSRF tokens are handed out and never demanded (R85): foreign origins are refused instead.
 */
export async function xqueueRoutes(app: FastifyInstance, parts: XqueueParts): Promise<void> {
  const { db, config, keys, blobs, policy, wake } = parts
  const lengths = openLineLengths(db)
  const base = config.xqueue_path

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    // Bodies are read by the calls themselves, after they know who calls.
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined))
    scope.addHook('onRequest', async (request) => {
      const { origin } = request.headers
      if (origin !== undefined && !request.isOwnOrigin(origin)) throw problem('foreign_origin')
    })

    // What a machine sends wrongly it is told in words that it reads; nothing of it is our fault.
    scope.setErrorHandler(async (error, request, reply) => {
      const found = asProblem(error)
      if (found === null || found.status >= 500 || found.code === 'foreign_origin' || found.code === 'not_found') throw error
      request.log.info({ code: found.code }, 'a call of the XQueue interface was refused')
      return sendEnvelope(reply, 200, 1, problems[found.code][1])
    })

    /** Mounts a call with and without the slash at its end: clients write both, and a redirect would turn a POST into a GET. */
    const call = (
      name: string,
      method: ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE')[],
      handler: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>,
    ): void => {
      for (const url of [`${base}/${name}/`, `${base}/${name}`])
        scope.route({ method, url, handler, helmet: false, config: { access: { who: 'anyone' } } })
    }
    const both: ('GET' | 'POST')[] = ['GET', 'POST']
    const sessionOf = (request: FastifyRequest): Buffer | null => hashGraderToken(request.cookies.sessionid)
    /** Who calls, where that must be known before a long body is read. */
    const callerOf = async (token_hash: Buffer | null) => (token_hash === null ? undefined : selectOptionalGrader(db, token_hash))
    const isStrict = async (request: FastifyRequest): Promise<boolean> => {
      const token_hash = sessionOf(request)
      return token_hash !== null && (await selectOptionalGrader(db, token_hash))?.strict_status === true
    }
    const toLogin = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
      reply.redirect(`${base}/login/?next=${encodeURIComponent(request.url).replaceAll('%2F', '/')}`, 302)
    const cookie = { path: '/', sameSite: 'lax', secure: config.is_https } as const
    const handCsrfToken = (reply: FastifyReply): void =>
      void reply.setCookie('csrftoken', randomBytes(16).toString('hex'), { ...cookie, maxAge: 31_449_600 })

    call('login', ['GET'], async (_request, reply) => {
      handCsrfToken(reply)
      return say(reply, 'login_required', false)
    })
    call('login', ['POST'], async (request, reply) => {
      const read = await readFields(request.raw, { most: MAX_LOGIN_BYTES, blobs: null })
      // No name and no secret is that long.
      if (read.kind === 'too_large') return say(reply, 'login_wrong', false)
      const [username, secret] = read.kind === 'fields' ? [read.fields.get('username'), read.fields.get('password')] : []
      if (username === undefined || secret === undefined) {
        return say(reply, 'login_incomplete', username !== undefined && (await isStrictGrader(db, username)))
      }
      try {
        const { token, strict_status } = await logInGrader(
          { db, key: keys.machine_secrets },
          { username, secret, address: request.ip, user_agent: request.headers['user-agent'] ?? '' },
        )
        if (token === null) {
          request.log.warn({ username: username.slice(0, 100) }, 'a grader’s login was refused')
          return say(reply, 'login_wrong', strict_status)
        }
        reply.setCookie('sessionid', token, { ...cookie, httpOnly: true, maxAge: GRADER_SESSION_SECONDS })
        handCsrfToken(reply)
        return say(reply, 'logged_in', strict_status)
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'rate_limited') throw error
        const seconds = Number(error.details.retry_after_seconds)
        return sendEnvelope(reply.header('retry-after', seconds), 200, 1, `Too many failed logins from here. Try again in ${seconds} seconds.`)
      }
    })
    call('logout', ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], async (request, reply) => {
      const token_hash = sessionOf(request)
      if (token_hash !== null) await logOutGrader(db, token_hash)
      reply.clearCookie('sessionid', { ...cookie, httpOnly: true })
      return say(reply, 'goodbye', false)
    })
    call('status', both, async (_request, reply) => say(reply, 'ok', false))

    call('submit', ['GET'], async (request, reply) => say(reply, 'submit_not_post', await isStrict(request)))
    call('submit', ['POST'], async (request, reply) => {
      const token_hash = sessionOf(request)
      const is_multipart = /^multipart\//i.test(request.headers['content-type'] ?? '')
      const caller = is_multipart || isLong(request.raw) ? await callerOf(token_hash) : 'unasked'
      if (token_hash === null || caller === undefined) {
        await discard(request.raw)
        return say(reply, 'login_required', false)
      }
      const read = await readFields(request.raw, { most: MAX_WORDS_BYTES, blobs: is_multipart ? blobs : null })
      const [header, body] = read.kind === 'fields' ? [read.fields.get('xqueue_header'), read.fields.get('xqueue_body')] : []
      const files = read.kind === 'fields' ? read.files : []
      const accepted =
        header === undefined || body === undefined
          ? ({ outcome: 'invalid' } as const)
          : await acceptLms({ db, policy, lengths }, token_hash, { header, body, files }).catch(async (error: unknown) => {
              await removeFiles(blobs, files)
              throw error
            })
      if (accepted.outcome !== 'accepted') await removeFiles(blobs, files)
      switch (accepted.outcome) {
        case 'accepted':
          return sendEnvelope(reply, 200, 0, String(accepted.length))
        case 'no_session':
          return say(reply, 'login_required', false)
        case 'invalid':
          return say(reply, 'submit_invalid', await isStrict(request))
        case 'unknown_queue':
          return sendEnvelope(reply, accepted.strict_status ? 404 : 200, 1, `Queue '${accepted.queue}' not found`)
        case 'callback_refused':
          request.log.warn({ why: accepted.why }, 'a hand-in of an LMS was refused: its callback address is not allowed')
          return sendEnvelope(reply, (await isStrict(request)) ? 403 : 200, 1, `The callback address is not allowed: ${accepted.why}`)
      }
    })

    call('get_queuelen', both, async (request, reply) => {
      const token_hash = sessionOf(request)
      const caller = token_hash === null ? undefined : await listQueuesOf(db, token_hash)
      if (caller === undefined) return toLogin(request, reply)
      const queue = queueIn(request)
      if (queue === undefined) return say(reply, 'length_without_queue', caller.strict_status)
      if (!caller.queues.includes(queue)) {
        return sendEnvelope(reply, caller.strict_status ? 404 : 200, 1, `Valid queue names are: ${caller.queues.join(', ')}`)
      }
      return sendEnvelope(reply, 200, 0, await waitingIn(db, queue))
    })

    call('get_submission', both, async (request, reply) => {
      const token_hash = sessionOf(request)
      const queue = queueIn(request)
      if (queue === undefined) {
        const caller = token_hash === null ? undefined : await selectOptionalGrader(db, token_hash)
        return caller === undefined ? toLogin(request, reply) : say(reply, 'pull_without_queue', caller.strict_status)
      }
      const pulled = await pull({ db, pseudonyms: keys.pseudonyms }, token_hash, queue)
      switch (pulled.outcome) {
        case 'no_session':
          return toLogin(request, reply)
        case 'unknown_queue':
          return sendEnvelope(reply, pulled.strict_status ? 404 : 200, 1, `Queue '${queue}' not found`)
        case 'empty':
          return sendEnvelope(reply, 200, 1, `Queue '${queue}' is empty`)
        case 'delivered': {
          // Nobody gets what nobody would receive.
          if (request.raw.socket.destroyed) await takeUnreceived(db, pulled.delivery)
          return sendEnvelope(reply, 200, 0, contentOf(pulled.delivery, `${config.public_url ?? `${request.protocol}://${request.host}`}`))
        }
      }
    })

    call('put_result', ['GET'], async (request, reply) => {
      const token_hash = sessionOf(request)
      const caller = token_hash === null ? undefined : await selectOptionalGrader(db, token_hash)
      return caller === undefined ? toLogin(request, reply) : say(reply, 'put_not_post', caller.strict_status)
    })
    call('put_result', ['POST'], async (request, reply) => {
      const token_hash = sessionOf(request)
      const asked = isLong(request.raw) ? await callerOf(token_hash) : 'unasked'
      if (token_hash === null || asked === undefined) {
        await discard(request.raw)
        return toLogin(request, reply)
      }
      const read = await readFields(request.raw, { most: MAX_WORDS_BYTES, blobs: null })
      const header = read.kind === 'fields' ? readHeader(read.fields.get('xqueue_header')) : null
      const body = read.kind === 'fields' ? read.fields.get('xqueue_body') : undefined
      if (header === null || body === undefined) {
        const caller = await selectOptionalGrader(db, token_hash)
        if (caller === undefined) return toLogin(request, reply)
        request.log.warn({ grader: caller.username, is_too_large: read.kind === 'too_large' }, 'a grader’s answer has no usable form')
        return say(reply, 'put_invalid', caller.strict_status)
      }
      const taken = await takeReply({ db, wake }, token_hash, { ...header, reply: body })
      if (taken.outcome === 'no_session') return toLogin(request, reply)
      const { strict_status, about } = taken
      const line = { grader: about.username, xqueue_id: header.xqueue_id, job_id: about.job_id }
      switch (taken.outcome) {
        case 'taken':
          return say(reply, 'taken', strict_status)
        case 'taken_before':
          request.log.info(line, 'a grader’s answer came once more')
          return say(reply, 'taken', strict_status)
        case 'unknown':
          request.log.warn(line, 'a grader’s answer was ignored: no such job, or not of a queue it serves')
          return say(reply, 'put_unknown', strict_status)
        case 'wrong_key':
          request.log.warn(
            { ...line, status: about.status, is_key: about.is_key },
            'a grader’s answer was ignored: its key is worth nothing any more',
          )
          return say(reply, about.is_key ? 'put_again' : 'put_wrong_key', strict_status)
        case 'refused':
          request.log.warn({ ...line, why: taken.why }, 'a grader’s answer was refused')
          return say(reply, 'put_invalid', strict_status)
      }
    })

    // A wrong address is told in words that a machine reads, not with a page.
    scope.route({
      method: ['GET', 'POST'],
      url: `${base}/*`,
      helmet: false,
      config: { access: { who: 'anyone' } },
      handler: async (_request, reply) => sendEnvelope(reply, 404, 1, 'There is no such call'),
    })

    scope.get(`${base}/files/:file_id/:xqueue_id/:generation/:name`, { config: { access: { who: 'anyone' } } }, async (request, reply) => {
      const [path] = request.url.split('?') as [string]
      const { file_id, xqueue_id, generation } = request.params as Record<string, string>
      if (checkAddress(keys.addresses, path, request.query as Record<string, unknown>) !== 'ok') throw problem('not_found')
      const file = await selectOptionalLeasedFile(db, { file_id: file_id!, xqueue_id: Number(xqueue_id), lease_generation: Number(generation) })
      if (file === undefined) throw problem('not_found')
      const { stream } = await blobs.read(file.object_key)
      return reply.headers({ ...attachmentHeaders(file.name, 'application/octet-stream'), 'content-length': String(file.size_bytes) }).send(stream)
    })
  })

  function queueIn(request: FastifyRequest): string | undefined {
    const { queue_name } = request.query as Record<string, unknown>
    const name = Array.isArray(queue_name) ? queue_name.at(-1) : queue_name
    return typeof name === 'string' && !name.includes('\0') ? name.slice(0, 200) : undefined
  }

  /** Encoded three times, as every client decodes it (xqueue.md 1.4). */
  function contentOf({ xqueue_id, lease_generation, key, body, files }: Delivery, server: string): string {
    const expires_at = Math.floor(Date.now() / 1000) + FILE_SECONDS
    const address = ({ id, name }: { id: string; name: string }): string =>
      server + signAddress(keys.addresses, `${base}/files/${id}/${xqueue_id}/${lease_generation}/${encodeURIComponent(name)}`, expires_at)
    return JSON.stringify({
      xqueue_header: JSON.stringify({ submission_id: xqueue_id, submission_key: key }),
      xqueue_body: body,
      xqueue_files: JSON.stringify(Object.fromEntries(files.map((file) => [file.name, address(file)]))),
    })
  }
}

/** The header of an answer: a JSON object with the integer and the key of a delivery; null where it is anything else. */
function readHeader(text: string | undefined): { xqueue_id: number; key: string } | null {
  let header: unknown
  try {
    header = JSON.parse(text ?? '')
  } catch {
    return null
  }
  if (typeof header !== 'object' || header === null) return null
  const { submission_id, submission_key } = header as Record<string, unknown>
  // Python's int() takes both, and so do the peers.
  const digits = typeof submission_id === 'number' || typeof submission_id === 'string' ? String(submission_id) : ''
  if (!/^\d{1,10}$/.test(digits) || Number(digits) > 2_147_483_647 || typeof submission_key !== 'string') return null
  return { xqueue_id: Number(digits), key: submission_key }
}
