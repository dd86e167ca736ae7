import type { CourseProgress, StepProgress } from '@gradus/contract/progress'

/** What this device knows to be done and the server may not know yet. */
export interface KnownHere {
  step_id: string
  score?: number | null
}

/**
 * The server's progress with what waits on this device, as a union: nothing that either has done is ever shown as not done, and the
 * better score stays (R30). Numbers of modules and of the course follow the steps.
 */
export function mergeProgress(server: CourseProgress, here: readonly KnownHere[]): CourseProgress {
  const known = Map.groupBy(here, (one) => one.step_id)
  const steps = server.steps.map((step): StepProgress => {
    const mine = known.get(step.step_id)
    if (mine === undefined || !step.is_self_marked) return step
    const scores = [step.score, ...mine.map((one) => one.score ?? null)].filter((score) => score !== null)
    return { ...step, completed: true, score: scores.length === 0 ? null : Math.max(...scores) }
  })
  const percent = (done: number, total: number): number => (total === 0 ? 0 : (done / total) * 100)
  const done = (some: readonly StepProgress[]): number => some.filter((step) => step.completed).length
  return {
    ...server,
    steps,
    modules: server.modules.map((module) => {
      const completed = done(steps.filter((step) => step.module_id === module.module_id))
      return { ...module, steps_completed: completed, completion_pct: percent(completed, module.steps_total) }
    }),
    course_completion_pct: percent(done(steps), steps.length),
  }
}
