import type { StepProgress } from '@gradus/contract/progress'
import type { CourseOutline, OutlineStep } from './use-course.ts'

/** Where the learner stands with a step; null where that is not known. */
type StepOf = (step_id: string) => Pick<StepProgress, 'completed' | 'is_self_marked'> | null

/** Whether a learner could still gain something here now: points, or a step that is done. */
function isWorthDoing(step: OutlineStep, standing: ReturnType<StepOf>): boolean {
  if (standing?.is_self_marked === true) return !standing.completed
  return (
    step.kind === 'assignment' &&
    step.question_count > 0 &&
    (step.availability === 'open' || step.availability === 'late') &&
    (step.my_state === 'not_started' || step.my_state === 'partial')
  )
}

/** What is due within this time comes before the course's own order. */
const URGENT_MS = 24 * 3_600_000

/**
 * The next thing to do, of what is not done and of the open assignments that still hold points: the one due soonest where that is within a
 * day, else the first in the course's order that is not done, so that a beginner begins at the beginning; points that are left in steps
 * that count as done come last. Null where everything open is done.
 */
export function nextStep(course: Pick<CourseOutline, 'modules'>, stepOf: StepOf, now: Date): OutlineStep | null {
  const candidates = course.modules.flatMap((module) => module.steps).filter((step) => isWorthDoing(step, stepOf(step.id)))
  const undone = candidates.filter((step) => stepOf(step.id)?.completed !== true)
  const dueAt = (step: OutlineStep): number => Date.parse(step.due_at ?? '')
  const urgent = undone
    .filter((step) => step.availability === 'open' && step.due_at !== null && dueAt(step) - now.getTime() < URGENT_MS)
    .sort((a, b) => dueAt(a) - dueAt(b))
  return urgent[0] ?? undone[0] ?? candidates[0] ?? null
}

/** The steps before and after one, in the course's order. */
export function neighbours(course: Pick<CourseOutline, 'modules'>, step_id: string): { before: OutlineStep | null; after: OutlineStep | null } {
  const steps = course.modules.flatMap((module) => module.steps)
  const at = steps.findIndex((step) => step.id === step_id)
  return at === -1 ? { before: null, after: null } : { before: steps[at - 1] ?? null, after: steps[at + 1] ?? null }
}
