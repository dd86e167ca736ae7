import type { Access, Endpoint, Received, ReplyIn } from '@gradus/contract/endpoint'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Actor } from './actor.ts'
import { fieldsOf, Problem, problem } from './problems.ts'

/** What the guard found while letting a call pass: the caller's place in the course that the object belongs to. */
export interface Grant {
  /** The object's course, where it has one. */
  course_id: string | null
  /** The caller's role there; null for an administrator who is no member, and outside of courses. */
  role: string | null
  permissions: readonly string[]
  /** True where the caller owns the object. */
  is_owner: boolean
}

/** Resolves the caller, or null where no valid proof came with the request. */
export type Authenticate = (request: FastifyRequest) => Promise<Actor | null>
/** Makes a guest of a visitor whom the guard let into a course that is open to guests. */
export type Welcome = (request: FastifyRequest) => Promise<Actor>
/** Lets a call pass or throws: not_found where the object is not the caller's to see, forbidden where it is but not for this. */
export type Guard = (access: Access, actor: Actor, params: Record<string, unknown>) => Promise<Grant>

export interface Call<E extends Endpoint> extends Received<E> {
  /** The caller; throws sign_in_required where there is none (only on endpoints open to anyone). */
  readonly actor: Actor
  /** The caller or null, for endpoints open to anyone. */
  readonly caller: Actor | null
  readonly grant: Grant
  /** The Idempotency-Key header: well-formed on keyed endpoints; empty where one may be left out and was. */
  readonly idempotency_key: string
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** A handler: authorised already; calls one verb or query and returns the reply's value. A stream is sent by the handler, which returns `reply` itself. */
export type Handler<E extends Endpoint> = (call: Call<E>) => Promise<E['reply'] extends undefined ? void : ReplyIn<E> | FastifyReply>

/** Puts an endpoint of the contract on the air. `app.ts` makes it; each slice's routes.ts receives it. */
export type Mount = <E extends Endpoint>(endpoint: E, handler: Handler<E>) => void

const noGrant: Grant = { course_id: null, role: null, permissions: [], is_owner: false }

/**
 * Makes the one way endpoints are mounted: validate, authenticate, authorise by the endpoint's declared access, call,
 * strip the reply to its schema. A route cannot be mounted without a declared access, and the declaration is what is
 * enforced, so the privilege matrix that is generated from it describes the running server.
 */
export function mounting(app: FastifyInstance, authenticate: Authenticate, guard: Guard, welcome: Welcome): Mount {
  return (endpoint, handler) => {
    if (!endpoint.upload) return route(app, endpoint, handler)
    app.register(async (scope) => {
      // The handler reads the body itself, as a stream, once it knows who sends it.
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null, undefined))
      route(scope, endpoint, handler)
    })
  }

  function route<E extends Endpoint>(on: FastifyInstance, endpoint: E, handler: Handler<E>): void {
    on.route({
      method: endpoint.method,
      url: endpoint.path,
      ...(endpoint.max_body_bytes === undefined ? {} : { bodyLimit: endpoint.max_body_bytes }),
      config: { access: endpoint.access },
      // The body is read only after the caller is known: nobody can make us parse megabytes without a session.
      onRequest: async (request) => {
        request.caller = await authenticate(request)
        refuseForeignOrigin(request)
        refuseOtherLearner(request)
        if (endpoint.access.who !== 'anyone' && request.caller === null && !admitsGuests(endpoint.access)) throw problem('sign_in_required')
      },
      handler: async (request, reply) => {
        const params = endpoint.params?.parse(request.params)
        // The guard comes before query and body are looked at: who may not call learns nothing about what is valid.
        const grant =
          endpoint.access.who === 'anyone'
            ? noGrant
            : await guard(endpoint.access, request.caller ?? visitor, {
                ...(params as Record<string, unknown> | undefined),
                ...namedInBody(endpoint.access, request.body),
              }).catch((error: unknown) => {
                // To sign in is not what is missing here, and a device that is told so would wait for it: the step is hidden, say.
                throw namedLearner(request) !== undefined && error instanceof Problem && error.code === 'sign_in_required'
                  ? problem('not_found')
                  : error
              })
        const received = {
          params,
          query: endpoint.query?.parse(request.query),
          body: endpoint.body?.parse(request.body ?? {}),
        } as Received<typeof endpoint>
        const idempotency_key = readIdempotencyKey(endpoint, request)
        // Whom the guard let in without a proof is a visitor in an open course, and from here on its guest.
        if (request.caller === null && endpoint.access.who !== 'anyone') request.caller = await welcome(request)
        const { caller } = request
        const result = await handler({
          ...received,
          caller,
          get actor(): Actor {
            if (caller === null) throw problem('sign_in_required')
            return caller
          },
          grant,
          idempotency_key,
          request,
          reply,
        })
        if (endpoint.streams || reply.sent) return reply
        if (endpoint.reply === undefined) return reply.status(endpoint.status).send()
        return reply
          .status(reply.statusCode === 200 ? endpoint.status : reply.statusCode)
          .type('application/json; charset=utf-8')
          .send(JSON.stringify(stripped(endpoint, result)))
      },
    })
  }
}

/** Nobody yet: owns nothing and belongs to nothing. */
const visitor: Actor = {
  ...{ principal_id: '00000000-0000-0000-0000-000000000000', user: null, is_guest: true, scopes: null, session_id: null, by_cookie: false },
}

const admitsGuests = (access: Access): boolean => 'guests' in access && access.guests === true

const uuid = z.uuid()

/** The object that an endpoint's body names, for the guard: the rest of the body is looked at once the caller may call. */
function namedInBody(access: Access, body: unknown): Record<string, unknown> {
  if (access.who !== 'course' || access.named_in !== 'body') return {}
  const path = `${access.object}_id`
  const id = uuid.safeParse((body as Record<string, unknown> | null | undefined)?.[path])
  if (!id.success) throw problem('invalid_request', { fields: [{ path, message: `${path} is required: the id of a ${access.object}` }] })
  return { [path]: id.data }
}

/** The reply without what its schema does not name. One that lacks something is a fault of ours, never the caller's. */
function stripped(endpoint: Endpoint, result: unknown): unknown {
  const parsed = endpoint.reply!.safeParse(result)
  if (parsed.success) return parsed.data
  const fields = fieldsOf(parsed.error).map(({ path, message }) => `${path}: ${message}`)
  throw new Error(`The reply of ${endpoint.method} ${endpoint.path} is not what the contract says. ${fields.join('; ')}`)
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Cross-site request forgery (2.5 no. 4): a call that changes something and is proven by a cookie, or that would set
 * one, must come from our own pages. Browsers always send Origin on such calls; machines use bearer tokens.
 */
function refuseForeignOrigin(request: FastifyRequest): void {
  if (safe.has(request.method)) return
  const origin = request.headers.origin
  const isOurs = origin !== undefined && request.isOwnOrigin(origin)
  if (origin !== undefined && !isOurs) throw problem('foreign_origin')
  if (origin === undefined && request.caller?.by_cookie === true) throw problem('foreign_origin')
}

const namedLearner = (request: FastifyRequest): string | string[] | undefined => request.headers['gradus-learner']

/**
 * A device sends what it kept for the learner whose it is, and says whose: where somebody else has signed in meanwhile, or the session has
 * ended, it is told to sign in, and nothing is done under another name.
 */
function refuseOtherLearner(request: FastifyRequest): void {
  const learner = namedLearner(request)
  if (learner !== undefined && learner !== request.caller?.principal_id) throw problem('sign_in_required')
}

function readIdempotencyKey({ keyed }: Endpoint, request: FastifyRequest): string {
  const key = request.headers['idempotency-key']
  if (keyed === false || (keyed === 'optional' && key === undefined)) return ''
  if (typeof key !== 'string' || !/^[\x21-\x7e]{8,100}$/.test(key)) throw problem('idempotency_key_required')
  return key
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Actor | null
    isOwnOrigin(origin: string): boolean
  }
  interface FastifyContextConfig {
    access?: Access
  }
}
