import type { QuestionContent } from '@gradus/contract/questions'
import { recordAudit } from '../audit/record.ts'
import type { Tx } from '../db/database.ts'
import { newId } from '../db/id.ts'
import type { By } from '../identity/by.ts'
import { enrol } from '../roster/enrol.ts'
import { publishDraft } from './publish-draft.ts'
import { insertCourse, insertModule, listModules, lockCourse, updateCourse } from './queries/courses.ts'
import { insertPlacement } from './queries/placements.ts'
import { insertQuestion } from './queries/questions.ts'
import { insertAssignment, insertStep } from './queries/steps.ts'
import { writeDraft } from './save-draft.ts'
import { checkTimeZone } from './time-zone.ts'
import { timesInOrder, timesOf } from './times.ts'

export interface NewFileAssignment {
  title: string
  /** Null makes a course of its own, which `owner_id` owns. */
  course_id: string | null
  time_zone: string
  owner_id: string
  instructions_markdown: string
  opens_at: string | null
  due_at: string | null
  closes_at: string | null
  max_attempts: number | null
  max_bytes: number
  allowed_types: string[]
  points: number
}

export interface FileAssignment {
  course_id: string
  assignment_id: string
  assignment_question_id: string
}

/** The module of a course in which such assignments stand. */
const MODULE = 'Exams'

/**
 * Makes an assignment with one file question, whole and in the caller's transaction: course where there is none, module,
 * step, assignment, published question, placement. In a course that is there already its step is a draft, so that nobody
 * of the course takes it for one of theirs; candidates do not come through the course.
 * @throws problem time_zone_unknown, times_out_of_order, not_found (no such course)
 */
export async function createFileAssignment(tx: Tx, of: NewFileAssignment, by: By): Promise<FileAssignment> {
  const course_id = of.course_id ?? (await ownCourse(tx, of, by))
  await lockCourse(tx, course_id)
  const [step_id, assignment_id] = [newId(), newId()]
  const state = of.course_id === null ? 'published' : 'draft'
  await insertStep(tx, { id: step_id, module_id: await moduleOf(tx, course_id, by), kind: 'assignment', title: of.title, state })
  const { opens_at, due_at, closes_at, instructions_markdown, max_attempts } = of
  const times = { opens_at: null, due_at: null, closes_at: null, ...timesOf({ opens_at, due_at, closes_at }) }
  await timesInOrder(() =>
    insertAssignment(tx, {
      id: assignment_id,
      step_id,
      ...times,
      instructions_markdown,
      max_attempts,
      graded_attempt: 'latest',
      completion_ratio: 1,
    }),
  )
  const after = { kind: 'assignment', title: of.title, state, assignment_id }
  await recordAudit(tx, { ...by, action: 'step.created', object_kind: 'step', object_id: step_id, course_id, after })
  return { course_id, assignment_id, assignment_question_id: await placeFileQuestion(tx, { ...of, course_id, assignment_id }, by) }
}

async function ownCourse(tx: Tx, { title, time_zone, owner_id }: NewFileAssignment, by: By): Promise<string> {
  checkTimeZone(time_zone)
  const id = newId()
  const slug = `exam-${id.slice(-12)}`
  await insertCourse(tx, { id, slug, title, summary: '', time_zone, created_by: owner_id })
  await updateCourse(tx, id, { state: 'published' })
  await recordAudit(tx, { ...by, action: 'course.created', object_kind: 'course', object_id: id, course_id: id, after: { slug, title } })
  await enrol(tx, { course_id: id, user_id: owner_id, role: 'owner', how: 'course_created' }, by)
  return id
}

async function moduleOf(tx: Tx, course_id: string, by: By): Promise<string> {
  const present = (await listModules(tx, course_id)).find((module) => module.title === MODULE)
  if (present !== undefined) return present.id
  const { id } = await insertModule(tx, { id: newId(), course_id, title: MODULE })
  await recordAudit(tx, { ...by, action: 'module.created', object_kind: 'module', object_id: id, course_id, after: { title: MODULE } })
  return id
}

async function placeFileQuestion(tx: Tx, of: NewFileAssignment & { course_id: string; assignment_id: string }, by: By): Promise<string> {
  const [question_id, id] = [newId(), newId()]
  await insertQuestion(tx, { id: question_id, owner_id: of.owner_id, slug: `exam-${question_id.slice(-12)}`, is_shared: false })
  const content = fileContent(of)
  const { content_sha256 } = await writeDraft(tx, { question_id, version_id: null, content })
  const { version_id } = await publishDraft(tx, { question_id, content_sha256, proof: { content_sha256, is_ready: true } }, by)
  const placement = { assignment_id: of.assignment_id, question_id, points_override: null, config: {} }
  await insertPlacement(tx, { id, question_version_id: version_id, ...placement })
  await recordAudit(tx, {
    ...by,
    ...{
      action: 'placement.created',
      object_kind: 'assignment_question',
      object_id: id,
      course_id: of.course_id,
      after: { ...placement, version_number: 1 },
    },
  })
  return id
}

/** A file question's content; nothing of it can be tried, so it is ready as it stands. */
export function fileContent(of: { title: string; max_bytes: number; allowed_types: string[]; points: number }): QuestionContent {
  const { title, max_bytes, allowed_types, points } = of
  return {
    title,
    statement_markdown: '',
    spec: {
      kind: 'file',
      max_bytes,
      allowed_types,
      languages: {},
      tests: [
        {
          ...{ key: 'file', name: 'File', points, is_hidden: false, grading_notes: '' },
          // Nothing runs: the limits of a test are there because every test has them.
          ...{ time_ms: 2_000, memory_mb: 256, output_kb: 64 },
        },
      ],
    },
  }
}
