import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { cursor, id, instant, line, page_size } from './words.ts'

/** Words of the wire for those who watch the queues: queues, external graders' accounts, and the jobs in between. */

const tag = 'Queues'

/** A job's states, in storage, on the wire and for staff; learners read other words (`gradingState`). */
export const jobStates = ['pending', 'pulled', 'retry', 'failed', 'retired'] as const
export const jobState = z.enum(jobStates)
export type JobState = z.infer<typeof jobState>

/** What a job is about: a learner's hand-in here, a trial run, or a hand-in of a learning management system. */
export const jobKinds = ['submission', 'run', 'lms'] as const
export const jobKind = z.enum(jobKinds)

export const queueName = line(128)
const lease_seconds = z.int().min(1).max(86_400)
const max_deliveries = z.int().min(1).max(100)

const queue = z.object({
  name: z.string(),
  /** Served by external graders; false for the queue of our own workers. */
  is_external: z.boolean(),
  is_enabled: z.boolean(),
  lease_seconds: z.int(),
  /** A job handed out this often without a usable answer has failed. */
  max_deliveries: z.int(),
  created_at: instant,
})

const queueDepth = queue.extend({
  pending: z.int(),
  pulled: z.int(),
  retry: z.int(),
  failed: z.int(),
  /** Graded hand-ins whose answer could not be brought to its LMS. */
  undelivered: z.int(),
  /** Age of the job that has been due longest; null where none waits. */
  oldest_waiting_seconds: z.number().nullable(),
  /** Jobs retired in each of the last 30 minutes, the oldest minute first; the last one is still running. */
  retired_per_minute: z.array(z.int()),
  /** Usernames of the external graders that may pull from it. */
  graders: z.array(z.string()),
})
export type QueueDepth = z.infer<typeof queueDepth>

export const listQueues = endpoint({
  method: 'GET',
  path: '/api/queues',
  summary: 'Every queue with its depth, age and rate',
  tag,
  access: { who: 'operator' },
  reply: z.object({ now: instant, queues: z.array(queueDepth) }),
})

export const watchQueues = endpoint({
  method: 'GET',
  path: '/api/queues/watch',
  summary: 'The same as a stream of events, one whenever something changed, at most one a second',
  tag,
  access: { who: 'operator' },
  reply: z.object({ now: instant, queues: z.array(queueDepth) }),
  streams: true,
})

/** Names of the queues a question may name, for those who write questions. */
export const listExternalQueues = endpoint({
  method: 'GET',
  path: '/api/queues/external',
  summary: 'Queues that external graders serve, for questions that name one',
  tag,
  access: { who: 'creator' },
  reply: z.object({ queues: z.array(z.object({ name: z.string(), is_enabled: z.boolean() })) }),
})

export const createQueue = endpoint({
  method: 'POST',
  path: '/api/queues',
  summary: 'Open a queue for external graders',
  tag,
  access: { who: 'admin' },
  body: z.strictObject({ name: queueName, lease_seconds: lease_seconds.default(60), max_deliveries: max_deliveries.default(5) }),
  reply: queue,
  status: 201,
})

export const updateQueue = endpoint({
  method: 'PATCH',
  path: '/api/queues/:queue_name',
  summary: 'Change a queue’s lease and deliveries, switch it off or on',
  tag,
  access: { who: 'admin' },
  params: z.object({ queue_name: queueName }),
  body: z.strictObject({ lease_seconds: lease_seconds.optional(), max_deliveries: max_deliveries.optional(), is_enabled: z.boolean().optional() }),
  reply: queue,
})

const graderAccount = z.object({
  id,
  username: z.string(),
  queues: z.array(z.string()),
  /** Answers in HTTP status codes instead of 200 with an envelope (R93). */
  strict_status: z.boolean(),
  is_disabled: z.boolean(),
  created_at: instant,
  /** Its newest sign-in; null where it never signed in, or long ago. */
  last_login_at: instant.nullable(),
  /** Jobs it holds now. */
  leases: z.int(),
})
export type GraderAccount = z.infer<typeof graderAccount>

/** Names travel in forms and logs: letters, digits and a few marks. */
const username = z.string().regex(/^[A-Za-z0-9_.@+-]{1,100}$/, 'must be 1 to 100 letters, digits or one of _ . @ + -')
const queueNames = z.array(queueName).min(1).max(100)
/** Long enough that a fast hash keeps it: the secret may come from a grader that is already configured. */
export const graderSecret = z.string().min(8).max(256)

export const listGraders = endpoint({
  method: 'GET',
  path: '/api/graders',
  summary: 'Accounts of external graders and learning management systems',
  tag,
  access: { who: 'operator' },
  reply: z.object({ graders: z.array(graderAccount) }),
})

export const createGrader = endpoint({
  method: 'POST',
  path: '/api/graders',
  summary: 'Make an account for a grader or a learning management system; its secret is shown once',
  tag,
  access: { who: 'admin' },
  body: z.strictObject({ username, queues: queueNames, strict_status: z.boolean().default(false), secret: graderSecret.optional() }),
  reply: graderAccount.extend({ secret: z.string() }),
  status: 201,
})

const graderParams = z.object({ grader_account_id: id })

export const updateGrader = endpoint({
  method: 'PATCH',
  path: '/api/graders/:grader_account_id',
  summary: 'Change which queues an account serves, its dialect, switch it off or on',
  tag,
  access: { who: 'admin' },
  params: graderParams,
  body: z.strictObject({ queues: queueNames.optional(), strict_status: z.boolean().optional(), is_disabled: z.boolean().optional() }),
  reply: graderAccount,
})

export const renewGraderSecret = endpoint({
  method: 'POST',
  path: '/api/graders/:grader_account_id/secret',
  summary: 'Draw a new secret, shown once; the old one and its sessions end at once',
  tag,
  access: { who: 'admin' },
  params: graderParams,
  reply: z.object({ secret: z.string() }),
})

const job = z.object({
  id,
  /** The integer by which external graders name it; null for work of our own workers. */
  xqueue_id: z.int().nullable(),
  kind: jobKind,
  queue: z.string(),
  state: jobState,
  /** How often it was handed out since it was last put in. */
  deliveries: z.int(),
  max_deliveries: z.int(),
  /** Who holds it, or held it last. */
  leased_by: z.string().nullable(),
  lease_expires_at: instant.nullable(),
  /** Why it came back, or failed. */
  failure: z.string().nullable(),
  student: z.string(),
  course: z.string(),
  item: z.string(),
  grader_file: z.string(),
  state_changed_at: instant,
  created_at: instant,
})
export type Job = z.infer<typeof job>

export const listJobs = endpoint({
  method: 'GET',
  path: '/api/grading-jobs',
  summary: 'Jobs, newest first, by state, queue, deliveries, time, or a search',
  tag,
  access: { who: 'operator' },
  query: z.object({
    state: jobState.optional(),
    queue: z.string().max(128).optional(),
    kind: jobKind.optional(),
    /** Only hand-ins whose answer could not be brought to its LMS. */
    undelivered: z.enum(['yes']).optional(),
    deliveries_min: z.coerce.number().int().min(0).max(1_000).optional(),
    since: z.iso.datetime({ offset: true }).optional(),
    until: z.iso.datetime({ offset: true }).optional(),
    /** Part of a queue’s name, a student, course, item or grader file; or the whole of an id or of a pull key. */
    search: z.string().max(200).optional(),
    cursor: cursor.optional(),
    limit: page_size,
  }),
  reply: z.object({ jobs: z.array(job), next_cursor: z.string().nullable() }),
})

/** An answer on its way to a learning management system, or arrived. */
const callback = z.object({
  id,
  url: z.string(),
  is_notice: z.boolean(),
  state: z.enum(['waiting', 'delivered', 'failed']),
  tries: z.int(),
  next_try_at: instant.nullable(),
  last_status: z.int().nullable(),
  last_error: z.string().nullable(),
  created_at: instant,
  ended_at: instant.nullable(),
})

const jobParams = z.object({ grading_job_id: id })

export const getJob = endpoint({
  method: 'GET',
  path: '/api/grading-jobs/:grading_job_id',
  summary: 'One job, whole, to read',
  tag,
  access: { who: 'operator' },
  params: jobParams,
  reply: job.extend({
    /** The hand-in, run or LMS hand-in. */
    subject_id: id,
    generation: z.int(),
    /** The hand-in's place, for links; null for others. */
    place: z
      .object({ course_slug: z.string(), course_title: z.string(), submission_id: id, learner_name: z.string(), attempt_number: z.int() })
      .nullable(),
    /** The first characters of the pull key's hash: enough to tell two apart, useless to a thief. */
    pull_key_hint: z.string().nullable(),
    leased_at: instant.nullable(),
    available_at: instant,
    retired_at: instant.nullable(),
    refusal: z.string().nullable(),
    /** What the grader said, as text, cut to 65,536 characters. */
    reply: z.string().nullable(),
    /** Only for hand-ins of a learning management system. */
    lms: z
      .object({
        submitted_by: z.string(),
        header: z.string(),
        body: z.string(),
        callback_url: z.string(),
        superseded_by: id.nullable(),
        files: z.array(z.object({ name: z.string(), size_bytes: z.number(), sha256: z.string() })),
        callbacks: z.array(callback),
      })
      .nullable(),
  }),
})

export const resetJobs = endpoint({
  method: 'POST',
  path: '/api/grading-jobs/reset',
  summary: 'Put failed jobs back to pending with no deliveries counted; others are skipped',
  tag,
  access: { who: 'operator' },
  body: z.strictObject({ ids: z.array(id).min(1).max(1_000) }),
  reply: z.object({ reset: z.array(id), skipped: z.array(id), errors: z.array(z.object({ id, message: z.string() })) }),
})

export const deleteJob = endpoint({
  method: 'DELETE',
  path: '/api/grading-jobs/:grading_job_id',
  summary: 'Delete a hand-in of a learning management system with its job; learners’ hand-ins here are never deleted',
  tag,
  access: { who: 'admin' },
  params: jobParams,
})

export const redeliver = endpoint({
  method: 'POST',
  path: '/api/grading-jobs/:grading_job_id/redeliver',
  summary: 'Try again to bring answers to the learning management system that could not be delivered',
  tag,
  access: { who: 'operator' },
  params: jobParams,
  reply: z.object({ count: z.int() }),
})
