import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { questionKind } from './questions.ts'
import { role } from './roster.ts'
import { id, instant, language, line, points, position, slug, text, time } from './words.ts'

/** Words of the wire for courses, modules, steps, materials, assignments and placed questions. */

const tag = 'Courses'
export const courseState = z.enum(['draft', 'published', 'archived'])
export const itemState = z.enum(['draft', 'published'])
export const gradedAttempt = z.enum(['best', 'latest', 'first'])
/** The part of every question's points that makes an assignment's step done: 1 is all of them, 0 any graded hand-in. */
export const completionRatio = z.number().min(0).max(1)
/** Where an assignment stands against the database clock. */
export const availability = z.enum(['not_open_yet', 'open', 'late', 'closed'])

export const course = z.object({
  id,
  slug: z.string(),
  title: z.string(),
  summary: z.string(),
  time_zone: z.string(),
  state: courseState,
  /** Visitors without an account may go through it, and users who are not enrolled. */
  is_open_to_guests: z.boolean(),
  my_role: role.nullable(),
  created_at: instant,
})
export type Course = z.infer<typeof course>

const dueSoon = z.object({
  assignment_id: id,
  title: z.string(),
  due_at: instant.nullable(),
  closes_at: instant.nullable(),
  points: z.number().nullable(),
  points_possible: z.number(),
})

export const listCourses = endpoint({
  method: 'GET',
  path: '/api/courses',
  summary: 'My courses, with what is due next and what I have so far',
  tag,
  access: { who: 'signed_in' },
  reply: z.object({
    courses: z.array(
      course.extend({ points: z.number(), points_possible: z.number(), student_count: z.int().nullable(), due_next: dueSoon.nullable() }),
    ),
  }),
})

export const listOpenCourses = endpoint({
  method: 'GET',
  path: '/api/open-courses',
  summary: 'Courses that anybody may go through, without an account',
  tag,
  access: { who: 'anyone' },
  reply: z.object({ courses: z.array(z.object({ id, slug: z.string(), title: z.string(), summary: z.string() })) }),
})

const courseFields = { title: line(200), summary: text(2_000), time_zone: z.string().min(1).max(64) }

export const createCourse = endpoint({
  method: 'POST',
  path: '/api/courses',
  summary: 'Make a course; you become its owner, it starts as a draft',
  tag,
  access: { who: 'creator' },
  body: z.strictObject({
    slug,
    title: courseFields.title,
    summary: courseFields.summary.default(''),
    time_zone: courseFields.time_zone.default('UTC'),
  }),
  reply: course,
  status: 201,
})

/** One dot of the outline: where the learner stands with a step. */
const stepState = z.enum(['not_started', 'waiting', 'partial', 'full', 'none'])
const outlineStep = z.object({
  id,
  position: z.int(),
  kind: z.enum(['material', 'assignment']),
  title: z.string(),
  state: itemState,
  assignment_id: id.nullable(),
  opens_at: instant.nullable(),
  due_at: instant.nullable(),
  closes_at: instant.nullable(),
  availability: availability.nullable(),
  question_count: z.int(),
  points: z.number().nullable(),
  points_possible: z.number(),
  my_state: stepState,
})
const outlineModule = z.object({ id, position: z.int(), title: z.string(), steps: z.array(outlineStep) })

export const getCourse = endpoint({
  method: 'GET',
  path: '/api/courses/:course_id',
  summary: 'A course with its modules and steps; students see published ones only. `course_id` may be the slug',
  tag,
  access: { who: 'course', object: 'course', permission: 'course.read', guests: true },
  params: z.object({ course_id: z.string().min(1).max(64) }),
  reply: course.extend({ modules: z.array(outlineModule), permissions: z.array(z.string()) }),
})

export const updateCourse = endpoint({
  method: 'PATCH',
  path: '/api/courses/:course_id',
  summary: 'Change title, summary, time zone, state or whether it is open to guests',
  tag,
  access: { who: 'course', object: 'course', permission: 'course.edit' },
  params: z.object({ course_id: id }),
  body: z.strictObject({
    title: courseFields.title.optional(),
    summary: courseFields.summary.optional(),
    time_zone: courseFields.time_zone.optional(),
    state: courseState.optional(),
    is_open_to_guests: z.boolean().optional(),
  }),
  reply: course,
})

export const createModule = endpoint({
  method: 'POST',
  path: '/api/courses/:course_id/modules',
  summary: 'Add a module at the end',
  tag,
  access: { who: 'course', object: 'course', permission: 'course.edit' },
  params: z.object({ course_id: id }),
  body: z.strictObject({ title: line(200) }),
  reply: outlineModule,
  status: 201,
})

export const updateModule = endpoint({
  method: 'PATCH',
  path: '/api/modules/:module_id',
  summary: 'Rename a module',
  tag,
  access: { who: 'course', object: 'module', permission: 'course.edit' },
  params: z.object({ module_id: id }),
  body: z.strictObject({ title: line(200) }),
  reply: outlineModule.omit({ steps: true }),
})

export const deleteModule = endpoint({
  method: 'DELETE',
  path: '/api/modules/:module_id',
  summary: 'Delete an empty module',
  tag,
  access: { who: 'course', object: 'module', permission: 'course.edit' },
  params: z.object({ module_id: id }),
})

export const orderCourse = endpoint({
  method: 'PUT',
  path: '/api/courses/:course_id/order',
  summary: 'Set the order of all modules and steps at once; steps may move between modules',
  tag,
  access: { who: 'course', object: 'course', permission: 'course.edit' },
  params: z.object({ course_id: id }),
  body: z.strictObject({ modules: z.array(z.strictObject({ id, step_ids: z.array(id).max(500) })).max(200) }),
})

export const assignmentFields = z.strictObject({
  instructions_markdown: text(100_000).default(''),
  opens_at: time.nullable().default(null),
  due_at: time.nullable().default(null),
  closes_at: time.nullable().default(null),
  max_attempts: z.int().min(1).max(10_000).nullable().default(null),
  graded_attempt: gradedAttempt.default('best'),
  completion_ratio: completionRatio.default(1),
})

const placedQuestion = z.object({
  id,
  position: z.int(),
  question_id: id,
  question_version_id: id,
  version_number: z.int(),
  latest_published: z.int(),
  title: z.string(),
  kind: questionKind,
  points_override: z.number().nullable(),
  points_possible: z.number(),
  my_points: z.number().nullable(),
  my_attempts: z.int(),
  is_waiting: z.boolean(),
})

const assignmentShape = z.object({
  id,
  step_id: id,
  course_id: id,
  title: z.string(),
  state: itemState,
  instructions_markdown: z.string(),
  opens_at: instant.nullable(),
  due_at: instant.nullable(),
  closes_at: instant.nullable(),
  max_attempts: z.int().nullable(),
  graded_attempt: gradedAttempt,
  completion_ratio: completionRatio,
  availability,
  questions: z.array(placedQuestion),
})

export const createStep = endpoint({
  method: 'POST',
  path: '/api/modules/:module_id/steps',
  summary: 'Add a material or an assignment at the end of a module',
  tag,
  access: { who: 'course', object: 'module', permission: 'course.edit' },
  params: z.object({ module_id: id }),
  body: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('material'), title: line(200), state: itemState.default('draft'), body_markdown: text(1_000_000).default('') }),
    z.strictObject({ kind: z.literal('assignment'), title: line(200), state: itemState.default('draft'), assignment: assignmentFields.prefault({}) }),
  ]),
  reply: outlineStep,
  status: 201,
})

export const getStep = endpoint({
  method: 'GET',
  path: '/api/steps/:step_id',
  summary: 'A material with its text, or an assignment with its questions',
  tag,
  access: { who: 'course', object: 'step', permission: 'course.read', guests: true },
  params: z.object({ step_id: id }),
  reply: z.object({
    id,
    course_id: id,
    module_id: id,
    kind: z.enum(['material', 'assignment']),
    title: z.string(),
    state: itemState,
    body_markdown: z.string().nullable(),
    assignment: assignmentShape.nullable(),
  }),
})

export const updateStep = endpoint({
  method: 'PATCH',
  path: '/api/steps/:step_id',
  summary: 'Rename, publish or hide a step; change a material’s text',
  tag,
  access: { who: 'course', object: 'step', permission: 'course.edit' },
  params: z.object({ step_id: id }),
  body: z.strictObject({ title: line(200).optional(), state: itemState.optional(), body_markdown: text(1_000_000).optional() }),
  reply: outlineStep,
})

export const deleteStep = endpoint({
  method: 'DELETE',
  path: '/api/steps/:step_id',
  summary: 'Delete a step in which nobody has handed in work',
  tag,
  access: { who: 'course', object: 'step', permission: 'course.edit' },
  params: z.object({ step_id: id }),
})

export const getAssignment = endpoint({
  method: 'GET',
  path: '/api/assignments/:assignment_id',
  summary: 'An assignment with its questions and where I stand',
  tag,
  access: { who: 'course', object: 'assignment', permission: 'course.read', guests: true },
  params: z.object({ assignment_id: id }),
  reply: assignmentShape,
})

export const updateAssignment = endpoint({
  method: 'PATCH',
  path: '/api/assignments/:assignment_id',
  summary: 'Change instructions, times, attempts or which attempt counts',
  tag,
  access: { who: 'course', object: 'assignment', permission: 'course.edit' },
  params: z.object({ assignment_id: id }),
  body: z.strictObject({
    instructions_markdown: text(100_000).optional(),
    opens_at: time.nullable().optional(),
    due_at: time.nullable().optional(),
    closes_at: time.nullable().optional(),
    max_attempts: z.int().min(1).max(10_000).nullable().optional(),
    graded_attempt: gradedAttempt.optional(),
    completion_ratio: completionRatio.optional(),
  }),
  reply: assignmentShape,
})

/** What an assignment may set for one placed question beyond order and points. */
export const placementConfig = z.strictObject({
  /** Offer only some of the version's languages. */
  allowed_languages: z.array(language).min(1).optional(),
})

export const placeQuestion = endpoint({
  method: 'POST',
  path: '/api/assignments/:assignment_id/questions',
  summary: 'Place a question at the end, pinned to its newest published version unless another is named',
  tag,
  access: { who: 'course', object: 'assignment', permission: 'course.edit' },
  params: z.object({ assignment_id: id }),
  body: z.strictObject({
    question_id: id,
    version_number: z.int().min(1).max(1_000_000).optional(),
    points_override: points.nullable().default(null),
    config: placementConfig.default({}),
  }),
  reply: placedQuestion,
  status: 201,
})

export const updatePlacement = endpoint({
  method: 'PATCH',
  path: '/api/assignment-questions/:assignment_question_id',
  summary: 'Move the pin to another published version, change points or settings',
  tag,
  access: { who: 'course', object: 'assignment_question', permission: 'course.edit' },
  params: z.object({ assignment_question_id: id }),
  body: z.strictObject({
    version_number: z.int().min(1).max(1_000_000).optional(),
    points_override: points.nullable().optional(),
    config: placementConfig.optional(),
  }),
  reply: placedQuestion,
})

export const removePlacement = endpoint({
  method: 'DELETE',
  path: '/api/assignment-questions/:assignment_question_id',
  summary: 'Take a question out of an assignment, while nobody has handed in work for it',
  tag,
  access: { who: 'course', object: 'assignment_question', permission: 'course.edit' },
  params: z.object({ assignment_question_id: id }),
})

export const orderQuestions = endpoint({
  method: 'PUT',
  path: '/api/assignments/:assignment_id/order',
  summary: 'Set the order of all questions of an assignment',
  tag,
  access: { who: 'course', object: 'assignment', permission: 'course.edit' },
  params: z.object({ assignment_id: id }),
  body: z.strictObject({ assignment_question_ids: z.array(id).max(500) }),
})

const visibleTest = z.object({
  key: z.string(),
  name: z.string(),
  points: z.number(),
  is_hidden: z.boolean(),
  time_ms: z.int(),
  memory_mb: z.int(),
  /** Input and expected outcome of a visible test in the kind's shape; null for a hidden one. */
  input: z.unknown(),
  expected: z.unknown(),
})

export const getAssignmentQuestion = endpoint({
  method: 'GET',
  path: '/api/assignment-questions/:assignment_question_id',
  summary: 'Everything the question page needs: statement, starters, tests (hidden ones without input), attempts left',
  tag,
  access: { who: 'course', object: 'assignment_question', permission: 'course.read', guests: true },
  params: z.object({ assignment_question_id: id }),
  reply: z.object({
    id,
    position,
    course_id: id,
    course_title: z.string(),
    course_time_zone: z.string(),
    step_id: id,
    assignment: assignmentShape.omit({ questions: true, instructions_markdown: true }),
    siblings: z.array(z.object({ id, position: z.int(), title: z.string() })),
    question_id: id,
    version_number: z.int(),
    kind: questionKind,
    title: z.string(),
    statement_markdown: z.string(),
    function_name: z.string().nullable(),
    /** What a `file` question takes; null for the others. */
    file: z.object({ max_bytes: z.int(), allowed_types: z.array(z.string()) }).nullable(),
    languages: z.array(z.object({ language, starter: z.string(), has_grader: z.boolean() })),
    tests: z.array(visibleTest),
    points_possible: z.number(),
    attempts_used: z.int(),
    attempts_left: z.int().nullable(),
    my_points: z.number().nullable(),
  }),
})
