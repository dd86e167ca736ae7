import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { id, instant, type Language, language, line, points, slug, text } from './words.ts'

/** Words of the wire for questions and their versions. The same shapes in plain TypeScript are in packages/problem/spec.ts. */

export const questionKinds = ['io', 'function', 'unit', 'external', 'file'] as const
export const questionKind = z.enum(questionKinds)

const base = {
  key: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, hyphens or underscores'),
  name: line(200),
  points: points.default(1),
  is_hidden: z.boolean().default(false),
  time_ms: z.int().min(50).max(60_000).default(2_000),
  memory_mb: z.int().min(16).max(4_096).default(256),
  output_kb: z.int().min(1).max(16_384).default(64),
}

/**
 * Any JSON value nested at most 32 levels deep: the body parser refuses deeper ones. Looked at by hand: zod's own shape
 * keeps six complaints for every wrong value inside, and a body of 8 MiB full of 1e999 would fill gigabytes of memory.
 */
const json: z.ZodType<unknown> = z.custom<unknown>(isJson, 'must be a JSON value')

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return value === null || typeof value === 'string' || typeof value === 'boolean'
  return (Array.isArray(value) ? value : Object.values(value)).every(isJson)
}

export const ioTest = z.strictObject({ ...base, stdin: text(1_000_000), expected_stdout: text(1_000_000) })
export const functionTest = z.strictObject({ ...base, args: z.array(json).max(100), expected: json })
/** Names one test of the teacher's test file: a method or function for Python, a `test('name')` for JavaScript. */
export const unitTest = z.strictObject({ ...base, test_name: line(200) })

/** The one test of an `external` question: how much the grader's answer is worth, and what it is told beside the code. */
export const externalTest = z.strictObject({ ...base, grader_payload: text(100_000) })

/** The one test of a `file` question: the points that people give, and what they are told for it. */
export const fileTest = z.strictObject({ ...base, grading_notes: text(10_000).default('') })

/** No file may be larger, whatever its question says: 1 GiB. */
export const MAX_FILE_BYTES = 1_073_741_824

const ioComparator = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exact') }),
  z.strictObject({ kind: z.literal('tokens'), ignore_case: z.boolean().default(false) }),
  z.strictObject({ kind: z.literal('float'), absolute: z.number().min(0).max(1e6).default(0), relative: z.number().min(0).max(1).default(0) }),
  /** Runs in a box of its own with files input.txt, expected.txt, output.txt; exit 0 accepts, 1 rejects, 2 is a presentation error; what it prints is shown. */
  z.strictObject({ kind: z.literal('checker'), language, source: text(102_400) }),
])
const valueComparator = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('equal') }),
  z.strictObject({ kind: z.literal('float'), absolute: z.number().min(0).max(1e6).default(0), relative: z.number().min(0).max(1).default(0) }),
])

const part = {
  starter: text(102_400).default(''),
  reference: text(102_400).default(''),
  compiler_flags: z
    .array(z.string().regex(/^-[A-Za-z0-9=+_.,-]{1,60}$/, 'must be one compiler flag such as -Wall'))
    .max(20)
    .default([]),
}
const languages = <T extends z.ZodType>(shape: T) =>
  z.partialRecord(language, shape).refine((r) => Object.keys(r).length > 0, 'must offer at least one language')

const tests = <T extends z.ZodType<{ key: string }>>(test: T) =>
  z
    .array(test)
    .min(1)
    .max(200)
    .refine((all) => new Set(all.map((t) => t.key)).size === all.length, 'every test needs a key of its own')

const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'must be a function name')

/** Languages in which a test can call into the learner's code; the others are graded by input and output. */
export const callable_languages: readonly Language[] = ['python', 'javascript']

/** What is asked and how it is graded, without title and statement. */
export const questionSpec = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('io'),
      comparator: ioComparator.default({ kind: 'exact' }),
      languages: languages(z.strictObject(part)),
      tests: tests(ioTest),
    }),
    z.strictObject({
      kind: z.literal('function'),
      function_name: identifier,
      comparator: valueComparator.default({ kind: 'equal' }),
      languages: languages(z.strictObject(part)),
      tests: tests(functionTest),
    }),
    z.strictObject({ kind: z.literal('unit'), languages: languages(z.strictObject({ ...part, test_file: text(102_400) })), tests: tests(unitTest) }),
    z.strictObject({
      kind: z.literal('external'),
      /** The queue whose graders grade it. */
      queue: line(128),
      languages: languages(z.strictObject(part)),
      tests: z.array(externalTest).length(1),
    }),
    /** A file that people grade. It is handed in at an address of its own and has no language. */
    z.strictObject({
      kind: z.literal('file'),
      max_bytes: z.int().min(1).max(MAX_FILE_BYTES).default(3_145_728),
      /** Endings of names that are taken, in small letters and without the dot; empty: any. */
      allowed_types: z
        .array(z.string().regex(/^[a-z0-9]{1,16}$/, 'must be 1 to 16 small letters and digits'))
        .max(50)
        .default([]),
      languages: z.strictObject({}).default({}),
      tests: z.array(fileTest).length(1),
    }),
  ])
  .refine(
    (spec) =>
      spec.kind === 'io' ||
      spec.kind === 'external' ||
      spec.kind === 'file' ||
      Object.keys(spec.languages).every((l) => callable_languages.includes(l as Language)),
    {
      path: ['languages'],
      message: 'function and unit questions take python and javascript; use an io question for the others',
    },
  )
export type QuestionSpec = z.infer<typeof questionSpec>
export type QuestionSpecInput = z.input<typeof questionSpec>

export const questionContent = z.strictObject({ title: line(200), statement_markdown: text(100_000).default(''), spec: questionSpec })
export type QuestionContent = z.infer<typeof questionContent>

const versionHead = z.object({
  id,
  number: z.int(),
  state: z.enum(['draft', 'published']),
  kind: questionKind,
  title: z.string(),
  points_possible: z.number(),
  test_count: z.int(),
  languages: z.array(language),
  created_at: instant,
  updated_at: instant,
  published_at: instant.nullable(),
})
export const questionVersion = versionHead.extend({ content: questionContent, content_sha256: z.string() })

const questionHead = z.object({
  id,
  slug: z.string(),
  owner_id: id,
  owner_name: z.string(),
  is_shared: z.boolean(),
  is_mine: z.boolean(),
  title: z.string(),
  kind: questionKind,
  latest_published: z.int().nullable(),
  has_draft: z.boolean(),
  created_at: instant,
})
const tag = 'Questions'

export const listQuestions = endpoint({
  method: 'GET',
  path: '/api/questions',
  summary: 'Questions you own, and those shared with you',
  tag,
  access: { who: 'signed_in' },
  query: z.object({ search: z.string().max(100).optional(), limit: z.coerce.number().int().min(1).max(500).default(200) }),
  reply: z.object({ questions: z.array(questionHead) }),
})

export const createQuestion = endpoint({
  method: 'POST',
  path: '/api/questions',
  summary: 'Write a question; it starts as the draft of version 1',
  tag,
  access: { who: 'creator' },
  body: z.strictObject({ slug, is_shared: z.boolean().default(false), content: questionContent }),
  reply: questionHead.extend({ draft: questionVersion }),
  status: 201,
  max_body_bytes: 8_388_608,
})

const params = z.object({ question_id: id })

export const getQuestion = endpoint({
  method: 'GET',
  path: '/api/questions/:question_id',
  summary: 'A question with all its versions, newest first, and where each is placed',
  tag,
  access: { who: 'question', right: 'read' },
  params,
  reply: questionHead.extend({
    versions: z.array(versionHead),
    placements: z.array(
      z.object({
        assignment_question_id: id,
        course_id: id,
        course_title: z.string(),
        assignment_id: id,
        assignment_title: z.string(),
        version_number: z.int(),
        points_override: z.number().nullable(),
      }),
    ),
  }),
})

export const updateQuestion = endpoint({
  method: 'PATCH',
  path: '/api/questions/:question_id',
  summary: 'Share with every teacher of this server, or stop sharing',
  tag,
  access: { who: 'question', right: 'edit' },
  params,
  body: z.strictObject({ is_shared: z.boolean() }),
  reply: questionHead,
})

export const getQuestionVersion = endpoint({
  method: 'GET',
  path: '/api/questions/:question_id/versions/:number',
  summary: 'One version, whole: for those who write it',
  tag,
  access: { who: 'question', right: 'read' },
  params: params.extend({ number: z.coerce.number().int().min(1).max(1_000_000) }),
  reply: questionVersion,
})

export const saveDraft = endpoint({
  method: 'PUT',
  path: '/api/questions/:question_id/draft',
  summary: 'Save the draft of the next version. Published versions never change',
  tag,
  access: { who: 'question', right: 'edit' },
  params,
  body: z.strictObject({
    content: questionContent,
    /** The `content_sha256` the editor started from; null to make a new draft. A mismatch is `draft_changed`. */
    base_sha256: z.string().max(64).nullable(),
  }),
  reply: questionVersion,
  max_body_bytes: 8_388_608,
})

/** Where the proof for publishing stands, per language. */
export const trialState = z.object({
  content_sha256: z.string(),
  is_ready: z.boolean(),
  languages: z.array(
    z.object({
      language,
      reference: z.object({ run_id: id, is_finished: z.boolean(), passes: z.boolean() }).nullable(),
      starter: z.object({ run_id: id, is_finished: z.boolean(), passes: z.boolean() }).nullable(),
    }),
  ),
})

export const tryDraft = endpoint({
  method: 'POST',
  path: '/api/questions/:question_id/try',
  summary: 'Run the reference solution and the starter of every language against all tests of the draft',
  tag,
  access: { who: 'question', right: 'edit' },
  params,
  reply: trialState,
  status: 202,
})

export const getTrial = endpoint({
  method: 'GET',
  path: '/api/questions/:question_id/try',
  summary: 'How the try of the present draft stands',
  tag,
  access: { who: 'question', right: 'edit' },
  params,
  reply: trialState,
})

export const publishQuestion = endpoint({
  method: 'POST',
  path: '/api/questions/:question_id/publish',
  summary: 'Publish the draft: needs a try in which the reference passes and the starter fails, in every language',
  tag,
  access: { who: 'question', right: 'edit' },
  params,
  body: z.strictObject({ content_sha256: z.string().max(64) }),
  reply: questionVersion,
})
