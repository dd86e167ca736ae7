import type { z } from 'zod'

/** What a role must hold to act on an object of a course. Who holds what is decided in the server's roster/roles.ts. */
export const permissions = [
  'course.read',
  'course.edit',
  'roster.read',
  'roster.edit',
  'roster.edit_owners',
  'work.submit',
  'submissions.read_all',
  'submissions.manage',
] as const
export type Permission = (typeof permissions)[number]

/** Kinds of object a path parameter can name; the server resolves each to its course or its owner. */
export const objectKinds = [
  'course',
  'module',
  'step',
  'assignment',
  'assignment_question',
  'question',
  'submission',
  'run',
  'join_code',
  'enrolment',
  'session',
  'api_key',
  'grading_job',
  'user',
  'exam',
  'candidate',
] as const
export type ObjectKind = (typeof objectKinds)[number]

/**
 * Who may call an endpoint. The server registers routes by this value and the privilege test generates its
 * matrix from it, so an endpoint cannot exist without saying who may call it.
 * - `anyone`: no session needed.
 * - `signed_in`: any user; acts on the caller's own things only.
 * - `creator`: a user who may create courses and questions.
 * - `course`: a role with `permission` in the course that `object` (path parameter `<object>_id`) belongs to. `named_in`
 *   body: the object is named by a field of the body instead. `strangers` forbidden: who is not in the course is told 403,
 *   where it would be 404 otherwise.
 * - `own`: the caller owns `object`; staff with `permission`, where given, may too.
 * - `guests` on these two: in a course that is open to guests, a visitor without an account may too, and so may a user
 *   who is not enrolled; a guest's own things are theirs.
 * - `question`: the question's owner (`edit`), or also those who may see it (`read`).
 * - `grader`: an API key with scope `grade`.
 * - `examiner`: a user, within the courses where they teach, or an API key with scope `examiner`: a person's for the same,
 *   a machine's for every exam. With `object`: a role with `permission` in its course.
 * - `operator`: a user who may watch the queues, an administrator, or an API key with scope `admin`.
 * - `admin`: a site administrator, or an API key with scope `admin`.
 */
export type Access =
  | { who: 'anyone' }
  | { who: 'signed_in' }
  | { who: 'creator' }
  | { who: 'course'; object: ObjectKind; permission: Permission; named_in?: 'body'; strangers?: 'forbidden'; guests?: true }
  | { who: 'own'; object: ObjectKind; permission?: Permission; guests?: true }
  | { who: 'question'; right: 'read' | 'edit' }
  | { who: 'grader' }
  | { who: 'examiner'; object?: ObjectKind; permission?: Permission }
  | { who: 'operator' }
  | { who: 'admin' }

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

type Shape = z.ZodType | undefined

/** One call of the API as a value: the server mounts it, every client calls it, OpenAPI is printed from it. */
export interface Endpoint<Params extends Shape = Shape, Query extends Shape = Shape, Body extends Shape = Shape, Reply extends Shape = Shape> {
  method: Method
  /** Fastify's form: `/api/courses/:course_id`. */
  path: string
  summary: string
  tag: string
  access: Access
  params: Params
  query: Query
  body: Body
  reply: Reply
  /** Status of success; 200 unless said, 204 where there is no reply. */
  status: number
  /** `events` is a server-sent event stream whose `data:` lines have the reply's shape. */
  streams: boolean
  /** Whether the call must, or may, carry an `Idempotency-Key` header. */
  keyed: boolean | 'optional'
  /** Body limit in bytes, where it differs from the server's 1 MiB. */
  max_body_bytes: number | undefined
  /** True where the body is multipart/form-data with one part `file`, read as a stream and never whole in memory. */
  upload: boolean
}

/** Declares an endpoint; leaves what is not said at its default. */
export function endpoint<
  Params extends Shape = undefined,
  Query extends Shape = undefined,
  Body extends Shape = undefined,
  Reply extends Shape = undefined,
>(spec: {
  method: Method
  path: string
  summary: string
  tag: string
  access: Access
  params?: Params
  query?: Query
  body?: Body
  reply?: Reply
  status?: number
  streams?: boolean
  keyed?: boolean | 'optional'
  max_body_bytes?: number
  upload?: boolean
}): Endpoint<Params, Query, Body, Reply> {
  return {
    params: undefined as Params,
    query: undefined as Query,
    body: undefined as Body,
    reply: undefined as Reply,
    status: spec.reply ? 200 : 204,
    streams: false,
    keyed: false,
    max_body_bytes: undefined,
    upload: false,
    ...spec,
  }
}

type Out<S> = S extends z.ZodType ? z.output<S> : undefined
type In<S> = S extends z.ZodType ? z.input<S> : undefined

/** What a handler receives after validation. */
export type Received<E extends Endpoint> = { params: Out<E['params']>; query: Out<E['query']>; body: Out<E['body']> }
/** What a caller sends. */
export type Sent<E extends Endpoint> = { params: In<E['params']>; query: In<E['query']>; body: In<E['body']> }
/** What a caller gets back. */
export type ReplyOf<E extends Endpoint> = Out<E['reply']>
/** What a handler returns: the reply before it is stripped to its schema. */
export type ReplyIn<E extends Endpoint> = In<E['reply']>
