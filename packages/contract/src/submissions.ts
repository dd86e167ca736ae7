import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { cursor, id, instant, language, line, page_size, text, verdict } from './words.ts'

/** Words of the wire for hand-ins, trial runs, their live state and their results. */

const tag = 'Submissions'

/**
 * Job words as the UI says them (requirements 1F): pending=queued, pulled=grading, retry=retrying, retired=graded, failed=needs_staff.
 * `handed_in`: a file, which no machine grades.
 */
export const gradingState = z.enum(['queued', 'grading', 'retrying', 'graded', 'needs_staff', 'handed_in'])
export type GradingState = z.infer<typeof gradingState>

/** What is shown of one test's outcome. Absent where a hidden test keeps it to itself. Texts are cut to 4,096 characters. */
export const testDetail = z.object({
  stdin: z.string().optional(),
  stdout: z.string().optional(),
  stderr: z.string().optional(),
  expected: z.string().optional(),
  /** For `function`: what was called and what came back, as JSON text. */
  call: z.string().optional(),
  got: z.string().optional(),
  exit_code: z.int().nullable().optional(),
  signal: z.string().nullable().optional(),
  exception: z.string().nullable().optional(),
  /** First line (from 1) where output and expected differ. */
  differs_at_line: z.int().nullable().optional(),
  /** What a checker or a teacher's test file said. */
  message: z.string().optional(),
  /** What an external grader said, as HTML that was cleaned when it came in: no scripts, styles, forms or foreign addresses. */
  message_html: z.string().optional(),
  is_truncated: z.boolean().optional(),
})
export type TestDetail = z.infer<typeof testDetail>

export const testOutcome = z.object({
  key: z.string(),
  name: z.string(),
  is_hidden: z.boolean(),
  verdict,
  points: z.number(),
  points_possible: z.number(),
  time_ms: z.int().nullable(),
  memory_kb: z.int().nullable(),
  detail: testDetail,
})

/** A finished grading. */
export const outcome = z.object({
  verdict,
  points: z.number(),
  points_possible: z.number(),
  compile_output: z.string(),
  sandbox: z.string(),
  runtime: z.string(),
  tests: z.array(testOutcome),
  graded_at: instant,
})
export type Outcome = z.infer<typeof outcome>

/** Where a grading stands now; the same shape is each event of a stream, the last one with `outcome`. */
export const progress = z.object({
  state: gradingState,
  /** Jobs that will be taken before this one, while queued; an estimate under fair sharing. */
  ahead: z.int().nullable(),
  /** Whether any grading machine seen lately can run the language. */
  has_grader: z.boolean(),
  /** Verdicts that have arrived, by test key, while grading. */
  finished: z.array(z.object({ key: z.string(), verdict })),
  outcome: outcome.nullable(),
})
export type Progress = z.infer<typeof progress>

/** A file that was handed in. Its row outlives its bytes. */
export const submittedFile = z.object({
  filename: z.string(),
  content_type: z.string(),
  /** Told of files of the default exam only, whose old clients compare it. */
  md5: z.string().nullable(),
  superseded_at: instant.nullable(),
  bytes_deleted_at: instant.nullable(),
})

const submissionHead = z.object({
  id,
  assignment_question_id: id,
  attempt_number: z.int(),
  /** Null for a file. */
  language: language.nullable(),
  /** Null for code. */
  file: submittedFile.nullable(),
  submitted_at: instant,
  is_late: z.boolean(),
  size_bytes: z.int(),
  content_sha256: z.string(),
  client: z.string(),
  state: gradingState,
  is_voided: z.boolean(),
  verdict: verdict.nullable(),
  points: z.number().nullable(),
  points_possible: z.number().nullable(),
})
export const submission = submissionHead.extend({
  course_id: id,
  question_title: z.string(),
  version_number: z.int(),
  learner: z.object({ id, display_name: z.string() }),
  /** The code as text where it is valid UTF-8, else null; the exact bytes always in code_base64. Both null for a file. */
  code: z.string().nullable(),
  code_base64: z.string().nullable(),
  progress,
})
export type Submission = z.infer<typeof submission>
export type SubmissionHead = z.infer<typeof submissionHead>

/** The whole body's bound: what fits is read, so that code over its own limit gets the answer that says so. */
const MAX_BODY_BYTES = 1_048_576

const code = {
  language,
  /**
   * Exactly one of the two, at most 102,400 bytes; more is `code_too_large`. `code` must be well-formed Unicode;
   * `code_base64` carries any bytes.
   */
  code: text(MAX_BODY_BYTES).optional(),
  code_base64: z.base64().max(MAX_BODY_BYTES).optional(),
}
const aqParams = z.object({ assignment_question_id: id })

export const submit = endpoint({
  method: 'POST',
  path: '/api/assignment-questions/:assignment_question_id/submissions',
  summary: 'Hand in code. The reply means it is durable. Repeat with the same Idempotency-Key and you get the same submission',
  tag,
  access: { who: 'course', object: 'assignment_question', permission: 'work.submit', guests: true },
  params: aqParams,
  body: z.strictObject({ ...code, client: line(40).default('api') }),
  reply: submissionHead.extend({ attempts_left: z.int().nullable(), is_replay: z.boolean() }),
  status: 201,
  keyed: true,
  max_body_bytes: MAX_BODY_BYTES,
})

export const listMySubmissions = endpoint({
  method: 'GET',
  path: '/api/assignment-questions/:assignment_question_id/submissions',
  summary: 'My attempts at a question, newest first, with code: the last 200, or fewer where their code exceeds 2 MiB',
  tag,
  access: { who: 'course', object: 'assignment_question', permission: 'course.read', guests: true },
  params: aqParams,
  reply: z.object({ submissions: z.array(submissionHead.extend({ code: z.string().nullable() })) }),
})

export const getSubmission = endpoint({
  method: 'GET',
  path: '/api/submissions/:submission_id',
  summary: 'One hand-in with code, verdicts and points; a learner sees no input of hidden tests',
  tag,
  access: { who: 'own', object: 'submission', permission: 'submissions.read_all', guests: true },
  params: z.object({ submission_id: id }),
  reply: submission,
})

export const watchSubmission = endpoint({
  method: 'GET',
  path: '/api/submissions/:submission_id/events',
  summary: 'Live progress of a grading as server-sent events; ends with the outcome',
  tag,
  access: { who: 'own', object: 'submission', permission: 'submissions.read_all', guests: true },
  params: z.object({ submission_id: id }),
  reply: progress,
  streams: true,
})

export const downloadSubmission = endpoint({
  method: 'GET',
  path: '/api/submissions/:submission_id/code',
  summary: 'The exact bytes handed in, as an attachment',
  tag,
  access: { who: 'own', object: 'submission', permission: 'submissions.read_all', guests: true },
  params: z.object({ submission_id: id }),
})

export const submitFile = endpoint({
  method: 'POST',
  path: '/api/assignment-questions/:assignment_question_id/files',
  summary:
    'Hand in a file: multipart/form-data with one part `file`. The reply means it is durable. Repeat with the same Idempotency-Key and you get the same submission',
  tag,
  access: { who: 'course', object: 'assignment_question', permission: 'work.submit' },
  params: aqParams,
  reply: submissionHead.extend({ attempts_left: z.int().nullable(), is_replay: z.boolean() }),
  status: 201,
  keyed: true,
  upload: true,
})

export const downloadFile = endpoint({
  method: 'GET',
  path: '/api/submissions/:submission_id/file',
  summary: 'The file handed in, as an attachment; 410 once its bytes are gone',
  tag,
  access: { who: 'own', object: 'submission', permission: 'submissions.read_all' },
  params: z.object({ submission_id: id }),
})

export const createRun = endpoint({
  method: 'POST',
  path: '/api/assignment-questions/:assignment_question_id/runs',
  summary: 'Run the visible tests without using an attempt',
  tag,
  access: { who: 'course', object: 'assignment_question', permission: 'work.submit', guests: true },
  params: aqParams,
  body: z.strictObject(code),
  reply: z.object({ id, created_at: instant }),
  status: 202,
  max_body_bytes: MAX_BODY_BYTES,
})

const run = z.object({ id, kind: z.enum(['visible_tests', 'reference', 'starter']), language, created_at: instant, progress })

export const getRun = endpoint({
  method: 'GET',
  path: '/api/runs/:run_id',
  summary: 'A trial run and where it stands',
  tag,
  access: { who: 'own', object: 'run', guests: true },
  params: z.object({ run_id: id }),
  reply: run,
})

export const watchRun = endpoint({
  method: 'GET',
  path: '/api/runs/:run_id/events',
  summary: 'Live progress of a trial run as server-sent events',
  tag,
  access: { who: 'own', object: 'run', guests: true },
  params: z.object({ run_id: id }),
  reply: progress,
  streams: true,
})

export const listCourseSubmissions = endpoint({
  method: 'GET',
  path: '/api/courses/:course_id/submissions',
  summary: 'Hand-ins of a course, newest first, for staff',
  tag,
  access: { who: 'course', object: 'course', permission: 'submissions.read_all' },
  params: z.object({ course_id: id }),
  query: z.object({
    assignment_id: id.optional(),
    assignment_question_id: id.optional(),
    learner_id: id.optional(),
    state: gradingState.optional(),
    verdict: verdict.optional(),
    search: z.string().max(100).optional(),
    limit: page_size,
    cursor: cursor.optional(),
  }),
  reply: z.object({
    submissions: z.array(
      submissionHead.extend({
        question_title: z.string(),
        assignment_id: id,
        assignment_title: z.string(),
        learner: z.object({ id, display_name: z.string(), email: z.string() }),
      }),
    ),
    next_cursor: z.string().nullable(),
  }),
})

export const requeueSubmission = endpoint({
  method: 'POST',
  path: '/api/submissions/:submission_id/requeue',
  summary: 'Put a hand-in that needs staff back into the queue',
  tag,
  access: { who: 'course', object: 'submission', permission: 'submissions.manage' },
  params: z.object({ submission_id: id }),
  reply: z.object({ state: gradingState }),
})
