import type { getAssignment, getAssignmentQuestion, getStep, placeQuestion } from '@gradus/contract/courses'
import type { ReplyIn } from '@gradus/contract/endpoint'
import type { Db } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { availabilityAt } from './availability.ts'
import { listPlacements, type PlacementRow, selectPlacement } from './queries/placements.ts'
import { type AssignmentRow, selectAssignment, selectMaterial, selectStep } from './queries/steps.ts'
import type { Viewer } from './read-course.ts'
import { inOrder, readVersionContent } from './read-version.ts'
import type { QuestionStanding, Standing } from './standing.ts'

type Assignment = ReplyIn<typeof getAssignment>
type PlacedQuestion = ReplyIn<typeof placeQuestion>

const stateOf = (row: AssignmentRow) => availabilityAt(row, row.now)

const placedQuestion = (row: PlacementRow, mine: QuestionStanding | undefined): PlacedQuestion => ({
  ...row,
  my_points: mine?.points ?? null,
  my_attempts: mine?.attempts ?? 0,
  is_waiting: mine?.is_waiting ?? false,
})

/**
 * An assignment with its questions. Before it opens learners see that it is there and when it opens, not what it asks.
 */
export async function readAssignment(db: Db, standing: Standing, assignment_id: string, viewer: Viewer): Promise<Assignment> {
  const row = await selectAssignment(db, assignment_id)
  const availability = stateOf(row)
  if (availability === 'not_open_yet' && !viewer.sees_drafts) return { ...row, availability, instructions_markdown: '', questions: [] }
  const [placements, mine] = await Promise.all([listPlacements(db, assignment_id), standing.forCourse(db, viewer.principal_id, [row.course_id])])
  return { ...row, availability, questions: placements.map((placement) => placedQuestion(placement, mine.get(placement.id))) }
}

/** One placement as its assignment shows it. */
export async function readPlacement(db: Db, standing: Standing, assignment_question_id: string, principal_id: string): Promise<PlacedQuestion> {
  const row = await selectPlacement(db, assignment_question_id)
  const { course_id } = await selectAssignment(db, row.assignment_id)
  return placedQuestion(row, (await standing.forCourse(db, principal_id, [course_id])).get(row.id))
}

/** A step with what it holds. */
export async function readStep(db: Db, standing: Standing, step_id: string, viewer: Viewer): Promise<ReplyIn<typeof getStep>> {
  const step = await selectStep(db, step_id)
  const { id, course_id, module_id, kind, title, state, assignment_id } = step
  return {
    ...{ id, course_id, module_id, kind, title, state },
    body_markdown: kind === 'material' ? (await selectMaterial(db, id)).body_markdown : null,
    assignment: assignment_id === null ? null : await readAssignment(db, standing, assignment_id, viewer),
  }
}

/**
 * Everything the question page needs. Inputs and outcomes of hidden tests, references and test files never leave here.
 * @throws problem not_open_yet for learners before the assignment opens
 */
export async function readAssignmentQuestion(
  db: Db,
  standing: Standing,
  assignment_question_id: string,
  viewer: Viewer,
): Promise<ReplyIn<typeof getAssignmentQuestion>> {
  const placement = await selectPlacement(db, assignment_question_id)
  const assignment = await selectAssignment(db, placement.assignment_id)
  const availability = stateOf(assignment)
  if (availability === 'not_open_yet' && !viewer.sees_drafts) throw problem('not_open_yet', { opens_at: assignment.opens_at })
  const { course_id, course_title, course_time_zone, step_id, max_attempts } = assignment
  const [version, siblings, mine, served] = await Promise.all([
    readVersionContent(db, placement.question_version_id),
    listPlacements(db, placement.assignment_id),
    standing.forCourse(db, viewer.principal_id, [course_id]),
    standing.languagesServed(db),
  ])
  const { title, statement_markdown, spec } = version.content
  const allowed = placement.config.allowed_languages
  const offered = inOrder(Object.keys(spec.languages)).filter((language) => allowed === undefined || allowed.includes(language))
  const at = mine.get(placement.id)
  const attempts_used = at?.attempts ?? 0
  return {
    ...{ id: placement.id, position: placement.position, course_id, course_title, course_time_zone, step_id },
    assignment: { ...assignment, availability },
    siblings,
    question_id: placement.question_id,
    version_number: version.number,
    ...{ kind: spec.kind, title, statement_markdown },
    function_name: spec.kind === 'function' ? spec.function_name : null,
    file: spec.kind === 'file' ? { max_bytes: spec.max_bytes, allowed_types: spec.allowed_types } : null,
    languages: offered.map((language) => ({
      language,
      starter: spec.languages[language]!.starter,
      has_grader: spec.kind === 'external' || served.has(language),
    })),
    tests: spec.tests.map(visibleTest),
    points_possible: placement.points_possible,
    attempts_used,
    attempts_left: max_attempts === null ? null : Math.max(0, max_attempts - attempts_used),
    my_points: at?.points ?? null,
  }
}

type Version = Awaited<ReturnType<typeof readVersionContent>>
type Test = Version['content']['spec']['tests'][number]

/** A test as learners see it: `input` and `expected` in the kind's shape, both null where it is hidden. */
function visibleTest(test: Test) {
  const { key, name, points, is_hidden, time_ms, memory_mb } = test
  // What a grader is told beside the work is between the teacher and the grader.
  const [input, expected] =
    'stdin' in test
      ? [test.stdin, test.expected_stdout]
      : 'args' in test
        ? [test.args, test.expected]
        : ['test_name' in test ? test.test_name : null, null]
  return { key, name, points, is_hidden, time_ms, memory_mb, input: is_hidden ? null : input, expected: is_hidden ? null : expected }
}
