import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { role } from './roster.ts'
import { gradingState, testOutcome } from './submissions.ts'
import { id, instant, language, line, MAX_CODE_BYTES, text } from './words.ts'

/**
 * Words of the wire for progress through a course: what is done, certificates, guests and the creator's dashboard. The names are those
 * of requirements 2.3, which existing clients know: `score` is a ratio from 0 to 1, `_pct` and `_percent` run from 0 to 100 and are never
 * rounded on the wire.
 */

const tag = 'Progress'
const ratio = z.number().min(0).max(1)
const percent = z.number().min(0).max(100)
const courseParams = z.object({ course_id: id })

const certificate = z.object({
  course_id: id,
  course_title: z.string(),
  /** Sixteen characters in four groups; names the certificate to everybody. */
  serial: z.string(),
  score: ratio,
  /** `score` in percent, rounded once, here, to one decimal place: 0.855 is 85.5. */
  score_percent: percent,
  /** How many steps the course had when it was issued: all of them were done. */
  step_count: z.int(),
  issued_at: instant,
  revoked_at: instant.nullable(),
  /** Null while it stands. */
  revoke_reason: z.string().nullable(),
})
export type Certificate = z.infer<typeof certificate>

/**
 * A score as clients send it; the server normalises it to 0 to 1 (R31): a number or a numeral, `null` or absent for none. NaN, infinities,
 * booleans and what does not fit its scale answer 422 `score_invalid`.
 */
const sentScore = z.custom<number | string | null | undefined>(() => true)

export const completeStep = endpoint({
  method: 'POST',
  path: '/api/progress/complete',
  summary:
    'Mark a step as done. A material is marked by its reader; a step with questions is done when its results say so, and nothing a client sends changes that',
  tag,
  access: { who: 'course', object: 'step', permission: 'course.read', named_in: 'body', guests: true },
  body: z.strictObject({
    step_id: id,
    /** Counts on self-marked steps only. */
    score: sentScore.optional(),
    /** Unsaid: up to 1 is a ratio, more is a percentage, capped at 100. */
    score_scale: z.enum(['unit', 'percent']).optional(),
    /** Taken for older clients' sake; not kept. */
    response_data: z.unknown().optional(),
  }),
  reply: z.object({
    status: z.literal('ok'),
    step_id: id,
    completed: z.literal(true),
    /** True in the one reply whose call made the certificate. */
    certificate_issued: z.boolean(),
    certificate: certificate.nullable(),
    attempts: z.int(),
    score: ratio.nullable(),
    completed_at: instant,
    /** The same Idempotency-Key came before; nothing was changed. */
    is_replay: z.boolean(),
  }),
  keyed: 'optional',
})

const stepProgress = z.object({
  step_id: id,
  module_id: id,
  completed: z.boolean(),
  /** The best score so far; null where nothing was scored. */
  score: ratio.nullable(),
  attempts: z.int(),
  completed_at: instant.nullable(),
  /** True where the reader marks it; false where results decide. */
  is_self_marked: z.boolean(),
})
export type StepProgress = z.infer<typeof stepProgress>

const courseProgress = z.object({
  /** The learner: a user, or a guest. */
  user_id: id,
  is_guest: z.boolean(),
  course_id: id,
  steps: z.array(stepProgress),
  modules: z.array(z.object({ module_id: id, title: z.string(), steps_total: z.int(), steps_completed: z.int(), completion_pct: percent })),
  course_completion_pct: percent,
  certificate: certificate.nullable(),
})

export const getProgress = endpoint({
  method: 'GET',
  path: '/api/progress/:course_id',
  summary: 'Where the caller stands with every published step of a course',
  tag,
  access: { who: 'course', object: 'course', permission: 'course.read', guests: true },
  params: courseParams,
  reply: courseProgress,
})
export type CourseProgress = z.infer<typeof getProgress.reply>

export const validateExercise = endpoint({
  method: 'POST',
  path: '/api/exercises/validate',
  summary:
    'Hand in an answer to a step and wait for its verdict: counts one attempt. 202 where grading takes longer than `wait_seconds`: look at the submission',
  tag,
  access: { who: 'course', object: 'step', permission: 'work.submit', named_in: 'body', guests: true },
  query: z.object({ wait_seconds: z.coerce.number().int().min(0).max(20).default(10) }),
  body: z.strictObject({
    step_id: id,
    response_data: z.strictObject({
      language,
      code: text(1_048_576).optional(),
      code_base64: z.base64().max(1_048_576).optional(),
      /** Needed where the step has more than one question. */
      assignment_question_id: id.optional(),
    }),
    /** Taken for older clients' sake: attempts are counted here (R33). */
    attempt_number: z.int().optional(),
    exercise_type: z.string().max(40).optional(),
    client: line(40).default('api'),
  }),
  reply: z.object({
    submission_id: id,
    state: gradingState,
    /** Null, like `score`, while it is not graded. */
    correct: z.boolean().nullable(),
    score: ratio.nullable(),
    feedback: z.string(),
    item_results: z.array(testOutcome),
    /** Attempts at this step so far, this one included. */
    attempts: z.int(),
    completed: z.boolean(),
    certificate: certificate.nullable(),
    is_replay: z.boolean(),
  }),
  keyed: 'optional',
  max_body_bytes: 1_048_576 + 2 * MAX_CODE_BYTES,
})

export const resetProgress = endpoint({
  method: 'POST',
  path: '/api/courses/:course_id/progress/reset',
  summary:
    'Take back a learner’s completion and score of a step, with a reason; attempts stay. A step with questions is done again by its next result',
  tag,
  access: { who: 'course', object: 'course', permission: 'submissions.manage' },
  params: courseParams,
  body: z.strictObject({ user_id: id, step_id: id, reason: line(1_000) }),
})

export const enrolMyself = endpoint({
  method: 'POST',
  path: '/api/auth/enroll/:course_id',
  summary: 'Enrol in a course that is open to everybody',
  tag: 'People',
  access: { who: 'signed_in' },
  params: courseParams,
  reply: z.object({ ok: z.literal(true), enrollment_id: id, already_enrolled: z.boolean() }),
})

/** A course of guest work, as the page tells it. */
const guestCourse = z.object({ course_id: id, title: z.string(), steps_completed: z.int(), attempts: z.int() })

/**
 * What became of the work that this browser's guest had done (R37, G22).
 * - `none`: there was none.
 * - `merged`: it is the user's now.
 * - `ask`: the account has progress in one of these courses already; nothing was moved. Ask, then call `decideGuestWork`.
 * - `pending`: it could not be moved right now. It is kept, and the next request tries again.
 */
export const guestWork = z.object({
  state: z.enum(['none', 'merged', 'ask', 'pending']),
  courses: z.array(guestCourse),
  certificates_issued: z.array(certificate),
})
export type GuestWork = z.infer<typeof guestWork>

export const decideGuestWork = endpoint({
  method: 'POST',
  path: '/api/auth/guest-work',
  summary: 'Take over what this browser’s guest did, or leave it to the guest',
  tag: 'Accounts',
  access: { who: 'signed_in' },
  body: z.strictObject({ decision: z.enum(['merge', 'leave']) }),
  reply: guestWork,
})

export const getCertificate = endpoint({
  method: 'GET',
  path: '/api/certificates/:course_id',
  summary: 'The caller’s certificate of a course, if there is one',
  tag,
  access: { who: 'course', object: 'course', permission: 'course.read', guests: true },
  params: courseParams,
  reply: z.union([z.object({ has_certificate: z.literal(false) }), certificate.extend({ has_certificate: z.literal(true) })]),
})

export const downloadCertificate = endpoint({
  method: 'GET',
  path: '/api/certificates/:course_id/pdf',
  summary: 'The caller’s certificate as a tagged PDF with a QR code that leads to its verification',
  tag,
  access: { who: 'course', object: 'course', permission: 'course.read', guests: true },
  params: courseParams,
})

export const verifyCertificate = endpoint({
  method: 'GET',
  path: '/api/certificates/verify/:serial',
  summary: 'What a certificate says and whether it stands; for everybody',
  tag,
  access: { who: 'anyone' },
  params: z.object({ serial: z.string().min(1).max(40) }),
  reply: certificate.extend({
    /** Null while it belongs to a guest. */
    learner_name: z.string().nullable(),
    is_valid: z.boolean(),
  }),
})

export const revokeCertificate = endpoint({
  method: 'POST',
  path: '/api/courses/:course_id/certificates/:serial/revoke',
  summary: 'Revoke a certificate of this course, with a reason that its verification shows. It is not issued again',
  tag,
  access: { who: 'course', object: 'course', permission: 'course.edit' },
  params: courseParams.extend({ serial: z.string().min(1).max(40) }),
  body: z.strictObject({ reason: line(1_000) }),
})

const dashboardTag = 'Creator’s dashboard'
/** Those who make the course, and administrators. A signed-in stranger is told 403, not 404 (R41). */
const creators = { who: 'course', object: 'course', permission: 'course.edit', strangers: 'forbidden' } as const

const learnerLine = z.object({
  user_id: id,
  email: z.string(),
  display_name: z.string(),
  role,
  progress_percent: percent,
  /** The same as `progress_percent`: it is always computed. Both names are on older clients' wire. */
  computed_progress_percent: percent,
  completed_steps: z.int(),
  total_steps: z.int(),
  per_module: z.array(z.object({ module_id: id, position: z.int(), title: z.string(), completed: z.int(), total: z.int() })),
  enrolled_at: instant,
  last_active_at: instant.nullable(),
  /** When the last of the present steps was done; null while one is missing. */
  completed_at: instant.nullable(),
  /** A certificate stays when a step is added later (G21). */
  certificate_issued_at: instant.nullable(),
  /** One sign for each of `steps`, in their order: `1` where the learner did anything with it, else `0`. */
  touched_steps: z.string(),
  /** The same for those that are done. */
  done_steps: z.string(),
})
export type LearnerLine = z.infer<typeof learnerLine>

export const listEnrolledLearners = endpoint({
  method: 'GET',
  path: '/api/auth/creator/courses/:course_id/enrolled-learners',
  summary: 'Every enrolled learner with progress by module, by name',
  tag: dashboardTag,
  access: creators,
  params: courseParams,
  reply: z.object({
    course_id: id,
    course_title: z.string(),
    total_steps: z.int(),
    /** The instant the list is of. */
    as_of: instant,
    /** The published steps, in the course's order. */
    steps: z.array(z.object({ step_id: id, module_id: id, title: z.string() })),
    learners: z.array(learnerLine),
  }),
})
export type EnrolledLearners = z.infer<typeof listEnrolledLearners.reply>

export const getLearnerProgress = endpoint({
  method: 'GET',
  path: '/api/auth/creator/courses/:course_id/enrolled-learners/:user_id',
  summary: 'Where one enrolled learner stands with every published step, and the learner’s certificate',
  tag: dashboardTag,
  access: creators,
  params: courseParams.extend({ user_id: id }),
  reply: courseProgress,
})

const stepRollup = z.object({
  step_id: id,
  module_id: id,
  module_position: z.int(),
  module_title: z.string(),
  position: z.int(),
  title: z.string(),
  /** `material`, the kind of its questions, or `mixed`. */
  exercise_type: z.string(),
  attempts: z.int(),
  /** Learners who completed it. */
  completed: z.int(),
  /** Learners who did anything with it. */
  learners: z.int(),
  avg_score: ratio.nullable(),
  /** Learners who completed it in proportion to attempts, at most 1, unrounded; null without attempts (R45). Colours: rateColour. */
  pass_rate: ratio.nullable(),
})

export const getAggregateStats = endpoint({
  method: 'GET',
  path: '/api/auth/creator/courses/:course_id/aggregate-stats',
  summary: 'The course in numbers, over learners with an active enrolment and nobody else',
  tag: dashboardTag,
  access: creators,
  params: courseParams,
  reply: z.object({
    course_id: id,
    course_title: z.string(),
    total_steps: z.int(),
    module_count: z.int(),
    /** The instant the numbers are of. */
    as_of: instant,
    summary: z.object({
      enrolled: z.int(),
      completed_course: z.int(),
      avg_progress_percent: percent,
      median_progress_percent: percent,
      /** Half-open: a day is [0, 24 h), a week [24 h, 7 d), a month [7 d, 30 d). The five add up to `enrolled`. */
      last_active_distribution: z.object({ day: z.int(), week: z.int(), month: z.int(), older: z.int(), never: z.int() }),
    }),
    modules: z.array(
      z.object({
        module_id: id,
        position: z.int(),
        title: z.string(),
        step_count: z.int(),
        /** Learners who did anything in the module; whoever completed it is among them. */
        reached_learners: z.int(),
        completed_learners: z.int(),
        total_attempts: z.int(),
        total_step_completions: z.int(),
        steps: z.array(stepRollup),
      }),
    ),
  }),
})
export type AggregateStats = z.infer<typeof getAggregateStats.reply>

/** The colour of a rate from 0 to 1, on the unrounded value (R48). It never stands alone: print the percentage or "no attempts" beside it. */
export function rateColour(rate: number | null): 'red' | 'amber' | 'green' | 'neutral' {
  if (rate === null) return 'neutral'
  return rate < 0.4 ? 'red' : rate < 0.7 ? 'amber' : 'green'
}

const HOUR = 3_600
export const activityBuckets = ['day', 'week', 'month', 'older', 'never'] as const
export type ActivityBucket = (typeof activityBuckets)[number]

/** How long ago somebody was active: half-open, so that every learner is in exactly one (R43). Null is never. */
export function bucketOf(idle_seconds: number | null): ActivityBucket {
  if (idle_seconds === null) return 'never'
  if (idle_seconds < 24 * HOUR) return 'day'
  if (idle_seconds < 7 * 24 * HOUR) return 'week'
  return idle_seconds < 30 * 24 * HOUR ? 'month' : 'older'
}
