import { z } from 'zod'
import { availability } from './courses.ts'
import { endpoint } from './endpoint.ts'
import { logEntry, receipt, receiptState } from './hand-in.ts'
import { MAX_FILE_BYTES } from './questions.ts'
import { email, id, instant, line, text, time } from './words.ts'

/** Words of the wire for exams: what examiners do. What candidates do is in hand-in.ts and comes along. */
export * from './hand-in.ts'

const tag = 'Exams'

/** 3 MiB, the original's limit (R7). */
export const DEFAULT_MAX_BYTES = 3_145_728
/** Bytes are kept for three days unless the exam says otherwise (R15). */
export const DEFAULT_RETENTION_SECONDS = 259_200
/** An ending of a file's name without its dot, in lower case: `pdf`, `tar.gz` is `gz`. */
const fileType = z.string().regex(/^[a-z0-9]{1,16}$/, 'must be 1 to 16 small letters and digits')

const totals = z.object({
  candidate_count: z.int(),
  /** Candidates with at least one accepted file. */
  handed_in_count: z.int(),
  /** Accepted files, superseded ones too. */
  upload_count: z.int(),
  /** Hashes whose bytes have not come, and still may. */
  open_promise_count: z.int(),
  /** Bytes that are kept now. */
  kept_bytes: z.int(),
})

export const exam = z.object({
  id,
  course_id: id,
  course_title: z.string(),
  assignment_id: id,
  assignment_question_id: id,
  title: z.string(),
  instructions_markdown: z.string(),
  time_zone: z.string(),
  opens_at: instant.nullable(),
  due_at: instant.nullable(),
  closes_at: instant.nullable(),
  availability,
  now: instant,
  max_uploads: z.int().nullable(),
  max_bytes: z.int(),
  allowed_types: z.array(z.string()),
  retention_seconds: z.int(),
  hash_first_grace_seconds: z.int(),
  /** Why nothing of this exam is deleted; null where retention runs. */
  legal_hold_reason: z.string().nullable(),
  /** The exam that the plain routes of the original depository serve. */
  is_default: z.boolean(),
  created_at: instant,
  totals,
  /** What retention removes next; null while nothing is due, and under a legal hold. */
  deletion: z
    .object({
      next_at: instant,
      /** Files whose time comes within a day. */
      file_count_within_a_day: z.int(),
      /** When the audit log last said so. */
      warned_at: instant.nullable(),
    })
    .nullable(),
  /** What the caller may do here beyond looking. */
  can_edit: z.boolean(),
  can_manage_candidates: z.boolean(),
})
export type Exam = z.infer<typeof exam>

const seconds = (from: number, to: number) => z.int().min(from).max(to)
const examFields = {
  title: line(200),
  instructions_markdown: text(100_000),
  opens_at: time.nullable(),
  due_at: time.nullable(),
  closes_at: time.nullable(),
  /** Null: as many as a candidate likes; the last one counts. */
  max_uploads: z.int().min(1).max(1_000).nullable(),
  max_bytes: z.int().min(1).max(MAX_FILE_BYTES),
  allowed_types: z.array(fileType).max(50),
  retention_seconds: seconds(3_600, 315_360_000),
  hash_first_grace_seconds: seconds(0, 86_400),
}

export const listExams = endpoint({
  method: 'GET',
  path: '/api/exams',
  summary: 'The exams you may watch, newest first',
  tag,
  access: { who: 'examiner' },
  reply: z.object({ exams: z.array(exam), can_create: z.boolean() }),
})

export const createExam = endpoint({
  method: 'POST',
  path: '/api/exams',
  summary: 'Make an exam, in a course of yours or with a course of its own',
  tag,
  access: { who: 'examiner' },
  body: z.strictObject({
    title: examFields.title,
    /** Without it the exam gets a course of its own; for that one must be allowed to make courses. */
    course_id: id.optional(),
    /** The time zone of its own course. */
    time_zone: z.string().min(1).max(64).default('UTC'),
    instructions_markdown: examFields.instructions_markdown.default(''),
    opens_at: examFields.opens_at.default(null),
    due_at: examFields.due_at.default(null),
    closes_at: examFields.closes_at.default(null),
    max_uploads: examFields.max_uploads.default(5),
    max_bytes: examFields.max_bytes.default(DEFAULT_MAX_BYTES),
    allowed_types: examFields.allowed_types.default([]),
    retention_seconds: examFields.retention_seconds.default(DEFAULT_RETENTION_SECONDS),
    hash_first_grace_seconds: examFields.hash_first_grace_seconds.default(600),
    points: z.number().min(0).max(99_999).default(100),
  }),
  reply: exam,
  status: 201,
})

const examParams = z.object({ exam_id: id })
const may = (permission: 'submissions.read_all' | 'submissions.manage' | 'course.edit') => ({ who: 'examiner', object: 'exam', permission }) as const
const mayCandidate = (permission: 'submissions.read_all' | 'submissions.manage') => ({ who: 'examiner', object: 'candidate', permission }) as const

export const getExam = endpoint({
  method: 'GET',
  path: '/api/exams/:exam_id',
  summary: 'An exam with its settings, totals and what retention removes next',
  tag,
  access: may('submissions.read_all'),
  params: examParams,
  reply: exam,
})

export const updateExam = endpoint({
  method: 'PATCH',
  path: '/api/exams/:exam_id',
  summary: 'Change title, times, limits, retention or the legal hold. What was handed in stays as it was taken',
  tag,
  access: may('course.edit'),
  params: examParams,
  body: z.strictObject({
    title: examFields.title.optional(),
    instructions_markdown: examFields.instructions_markdown.optional(),
    opens_at: examFields.opens_at.optional(),
    due_at: examFields.due_at.optional(),
    closes_at: examFields.closes_at.optional(),
    max_uploads: examFields.max_uploads.optional(),
    max_bytes: examFields.max_bytes.optional(),
    allowed_types: examFields.allowed_types.optional(),
    retention_seconds: examFields.retention_seconds.optional(),
    hash_first_grace_seconds: examFields.hash_first_grace_seconds.optional(),
    /** A reason holds everything; null lets retention run again. */
    legal_hold_reason: line(500).nullable().optional(),
  }),
  reply: exam,
})

const boardLine = z.object({
  candidate_id: id,
  nickname: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  uploads_used: z.int(),
  /** The file that counts: the last one accepted. */
  last: z
    .object({
      submission_id: id,
      verification_code: z.string(),
      attempt_number: z.int(),
      handed_in_at: instant,
      is_late: z.boolean(),
      filename: z.string(),
      size_bytes: z.int(),
      sha256: z.string(),
      state: receiptState,
    })
    .nullable(),
  /** A hash has come whose bytes have not, and still may. */
  promised_at: instant.nullable(),
})
export type BoardLine = z.infer<typeof boardLine>

/** How the exam stands. As an event: the first has every candidate, later ones those that changed and `is_whole` false. */
export const board = z.object({
  now: instant,
  availability,
  opens_at: instant.nullable(),
  due_at: instant.nullable(),
  closes_at: instant.nullable(),
  totals,
  is_whole: z.boolean(),
  /** By nickname. */
  candidates: z.array(boardLine),
  /** Candidates that are no longer there. */
  removed_ids: z.array(id),
})
export type Board = z.infer<typeof board>

export const getBoard = endpoint({
  method: 'GET',
  path: '/api/exams/:exam_id/board',
  summary: 'Who has handed in and who is missing',
  tag,
  access: may('submissions.read_all'),
  params: examParams,
  reply: board,
})

export const watchBoard = endpoint({
  method: 'GET',
  path: '/api/exams/:exam_id/board/events',
  summary: 'The same live: at once whole, then what changed, at most once a second',
  tag,
  access: may('submissions.read_all'),
  params: examParams,
  reply: board,
  streams: true,
})

export const downloadFiles = endpoint({
  method: 'GET',
  path: '/api/exams/:exam_id/files.zip',
  summary: 'Every candidate’s last file in one archive, named `nickname-original name`, with a list beside them',
  tag,
  access: may('submissions.read_all'),
  params: examParams,
})

export const candidate = z.object({
  id,
  exam_id: id,
  nickname: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  email: z.string().nullable(),
  upload_code: z.string(),
  uploads_used: z.int(),
  /** Nothing was handed in or promised, so that no receipt names this candidate. */
  is_removable: z.boolean(),
  created_at: instant,
})
export type Candidate = z.infer<typeof candidate>

/** Names are kept verbatim, in any script (D10). */
const candidateFields = { nickname: line(64), first_name: line(254), last_name: line(254), email: email.nullable() }

export const listCandidates = endpoint({
  method: 'GET',
  path: '/api/exams/:exam_id/candidates',
  summary: 'The candidates with their upload codes, by nickname',
  tag,
  access: may('submissions.manage'),
  params: examParams,
  reply: z.object({ candidates: z.array(candidate) }),
})

export const createCandidate = endpoint({
  method: 'POST',
  path: '/api/exams/:exam_id/candidates',
  summary: 'Add a candidate; the reply has the upload code',
  tag,
  access: may('submissions.manage'),
  params: examParams,
  body: z.strictObject({
    nickname: candidateFields.nickname,
    first_name: candidateFields.first_name,
    last_name: candidateFields.last_name,
    email: candidateFields.email.default(null),
  }),
  reply: candidate,
  status: 201,
})

/** How many slips one document holds: a tagged document is built in memory. */
export const SLIPS_PER_PART = 1_000

/** How many rows a file of candidates may have. */
export const MAX_IMPORT_ROWS = 20_000

export const importCandidates = endpoint({
  method: 'POST',
  path: '/api/exams/:exam_id/candidates/import',
  summary: 'Add candidates from CSV: all of them or, where a row is wrong, none. A dry run only looks',
  tag,
  access: may('submissions.manage'),
  params: examParams,
  body: z.strictObject({
    /**
     * With a head line: `nickname`, `first_name`, `last_name`, and optionally `email` and `upload_code` (a code of the
     * original depository, 8 to 10 capital letters and digits). Separated by comma, semicolon or tab.
     */
    csv: text(4_194_304),
    is_dry_run: z.boolean().default(false),
  }),
  reply: z.object({
    is_committed: z.boolean(),
    row_count: z.int(),
    /** At most 1,000 of them; `error_count` is the whole number. `row` counts lines of candidates from 1, 0 is the head line. */
    errors: z.array(z.object({ row: z.int(), column: z.string().nullable(), value: z.string(), message: z.string() })),
    error_count: z.int(),
    /** Those that were added, with their codes; after a dry run the rows as they would be added, without codes. */
    candidates: z.array(
      z.object({
        id: id.nullable(),
        row: z.int(),
        nickname: z.string(),
        first_name: z.string(),
        last_name: z.string(),
        email: z.string().nullable(),
        upload_code: z.string().nullable(),
      }),
    ),
  }),
  max_body_bytes: 8_388_608,
})

export const exportCandidates = endpoint({
  method: 'GET',
  path: '/api/exams/:exam_id/candidates.csv',
  summary: 'The candidates with codes and what they handed in, as CSV for spreadsheets',
  tag,
  access: may('submissions.manage'),
  params: examParams,
})

export const printSlips = endpoint({
  method: 'GET',
  path: '/api/exams/:exam_id/slips.pdf',
  summary: 'One A6 page for each candidate, or for one: name, code, and a QR code of the upload page; 1,000 candidates in each part',
  tag,
  access: may('submissions.manage'),
  params: examParams,
  query: z.object({ candidate_id: id.optional(), part: z.coerce.number().int().min(1).max(1_000).default(1) }),
})

const candidateParams = z.object({ candidate_id: id })

export const getCandidate = endpoint({
  method: 'GET',
  path: '/api/candidates/:candidate_id',
  summary: 'A candidate with every upload code they had and everything they handed in, newest first',
  tag,
  access: mayCandidate('submissions.manage'),
  params: candidateParams,
  reply: candidate.extend({
    codes: z.array(z.object({ code: z.string(), created_at: instant, revoked_at: instant.nullable(), revoked_because: z.string().nullable() })),
    receipts: z.array(receipt.extend({ submission_id: id.nullable() })),
  }),
})

export const updateCandidate = endpoint({
  method: 'PATCH',
  path: '/api/candidates/:candidate_id',
  summary: 'Correct a name or an e-mail address',
  tag,
  access: mayCandidate('submissions.manage'),
  params: candidateParams,
  body: z.strictObject({
    nickname: candidateFields.nickname.optional(),
    first_name: candidateFields.first_name.optional(),
    last_name: candidateFields.last_name.optional(),
    email: candidateFields.email.optional(),
  }),
  reply: candidate,
})

const reason = line(500)

export const reissueCode = endpoint({
  method: 'POST',
  path: '/api/candidates/:candidate_id/code',
  summary: 'Give a candidate a new upload code; the old one is dead at once',
  tag,
  access: mayCandidate('submissions.manage'),
  params: candidateParams,
  body: z.strictObject({ reason }),
  reply: candidate,
  status: 201,
})

/**
 * - `codes`: the two slips were exchanged before anything was handed in wrongly: each code goes to the other person.
 * - `hand_ins`: what was handed in belongs to the other person; codes stay with their persons.
 * - `both`: hand-ins and codes belong to the other person: they sat with each other's slip the whole time.
 */
export const swapWhat = z.enum(['codes', 'hand_ins', 'both'])

export const swapCandidates = endpoint({
  method: 'POST',
  path: '/api/exams/:exam_id/swap',
  summary: 'Exchange two candidates’ codes, hand-ins, or both. A candidate’s id stays with the hand-ins',
  tag,
  access: may('submissions.manage'),
  params: examParams,
  body: z.strictObject({ candidate_id: id, other_candidate_id: id, what: swapWhat, reason }),
  reply: z.object({ candidates: z.array(candidate) }),
})

export const removeCandidates = endpoint({
  method: 'POST',
  path: '/api/exams/:exam_id/candidates/remove',
  summary: 'Remove candidates who were entered by mistake: all of these or, where one has a receipt, none. Their codes are dead at once',
  tag,
  access: may('submissions.manage'),
  params: examParams,
  body: z.strictObject({ candidate_ids: z.array(id).min(1).max(MAX_IMPORT_ROWS), reason }),
  reply: z.object({ removed_count: z.int() }),
  max_body_bytes: 2_097_152,
})

export const getLogHead = endpoint({
  method: 'GET',
  path: '/api/exams/:exam_id/log/head',
  summary: 'The last entry of the exam’s log: publish `seq` and `entry_sha256`, and nothing before them can change unseen',
  tag,
  access: may('submissions.read_all'),
  params: examParams,
  reply: logEntry,
})

export const listLog = endpoint({
  method: 'GET',
  path: '/api/exams/:exam_id/log',
  summary: 'Entries of the log in order',
  tag,
  access: may('submissions.read_all'),
  params: examParams,
  query: z.object({
    after: z.coerce.number().int().min(0).max(2_147_483_647).default(0),
    limit: z.coerce.number().int().min(1).max(1_000).default(200),
  }),
  reply: z.object({ entries: z.array(logEntry) }),
})

export const verifyLog = endpoint({
  method: 'GET',
  path: '/api/exams/:exam_id/log/verification',
  summary: 'Reads the whole log and says whether every entry is as it was written, and whether it agrees with what is kept',
  tag,
  access: may('submissions.read_all'),
  params: examParams,
  reply: z.object({
    is_intact: z.boolean(),
    entry_count: z.int(),
    /** The first entry at which something is wrong, and what. */
    broken_at: z.int().nullable(),
    complaint: z.string().nullable(),
    head: logEntry,
  }),
})
