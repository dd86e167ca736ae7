import type { getCourse, listCourses } from '@gradus/contract/courses'
import type { ReplyIn } from '@gradus/contract/endpoint'
import { availabilityAt } from './availability.ts'
import { sumPoints } from './points.ts'
import type { QuestionStanding } from './standing.ts'

/** What the outline needs of a placed question. */
export interface Placed {
  id: string
  points_possible: number
}

export type StepState = 'not_started' | 'waiting' | 'partial' | 'full' | 'none'

/**
 * Where a learner stands with the questions of one step, as one dot: `waiting` while anything is being graded, `full`
 * when every point is there and every question was tried, `none` where there is nothing to do. Points are null until
 * something is graded.
 */
export function standOf(
  placed: readonly Placed[],
  standing: ReadonlyMap<string, QuestionStanding>,
): { points: number | null; points_possible: number; my_state: StepState } {
  const mine = placed.map((question) => standing.get(question.id))
  const graded = mine.flatMap((at) => (at?.points == null ? [] : [at.points]))
  const points = graded.length === 0 ? null : sumPoints(graded)
  const points_possible = sumPoints(placed.map((question) => question.points_possible))
  const isTried = (at: QuestionStanding | undefined): boolean => (at?.attempts ?? 0) > 0 || at?.points != null
  const my_state =
    placed.length === 0
      ? 'none'
      : mine.some((at) => at?.is_waiting)
        ? 'waiting'
        : !mine.some(isTried)
          ? 'not_started'
          : points !== null && points >= points_possible && mine.every(isTried)
            ? 'full'
            : 'partial'
  return { points, points_possible, my_state }
}

type OutlineModule = ReplyIn<typeof getCourse>['modules'][number]
export type OutlineStep = OutlineModule['steps'][number]

/** A step as stored; the times are null for a material. */
export interface OutlineInput {
  id: string
  module_id: string
  course_id: string
  position: number
  kind: 'material' | 'assignment'
  title: string
  state: 'draft' | 'published'
  assignment_id: string | null
  opens_at: string | null
  due_at: string | null
  closes_at: string | null
}

/** One line of the outline. */
export function outlineStep(
  step: OutlineInput,
  placed: readonly Placed[],
  standing: ReadonlyMap<string, QuestionStanding>,
  course: { now: string; is_archived: boolean },
): OutlineStep {
  const { id, position, kind, title, state, assignment_id, opens_at, due_at, closes_at } = step
  const availability = kind === 'assignment' ? availabilityAt({ opens_at, due_at, closes_at, is_archived: course.is_archived }, course.now) : null
  return {
    ...{ id, position, kind, title, state, assignment_id, opens_at, due_at, closes_at, availability },
    question_count: placed.length,
    ...standOf(placed, standing),
  }
}

/** The modules of a course with their steps in order. */
export const outlineModules = (
  modules: readonly { id: string; position: number; title: string }[],
  steps: readonly { module_id: string; line: OutlineStep }[],
): OutlineModule[] =>
  modules.map(({ id, position, title }) => ({ id, position, title, steps: steps.filter((s) => s.module_id === id).map((s) => s.line) }))

type DueNext = ReplyIn<typeof listCourses>['courses'][number]['due_next']

/**
 * What to do next: of the assignments that take work and still have points to gain, the one whose next bound (due, or
 * closing once it is late) comes first. Assignments without a bound ahead press nobody and are left out.
 */
export function dueNext(steps: readonly OutlineStep[], now: string): DueNext {
  const ahead = steps.flatMap((step) => {
    const takesWork = step.availability === 'open' || step.availability === 'late'
    const bound = step.availability === 'late' ? step.closes_at : (step.due_at ?? step.closes_at)
    if (!takesWork || bound === null || step.my_state === 'full' || step.question_count === 0 || Date.parse(bound) <= Date.parse(now)) return []
    return [{ bound: Date.parse(bound), step }]
  })
  ahead.sort((a, b) => a.bound - b.bound)
  const step = ahead[0]?.step
  if (step === undefined) return null
  const { title, due_at, closes_at, points, points_possible } = step
  return { assignment_id: step.assignment_id!, title, due_at, closes_at, points, points_possible }
}
