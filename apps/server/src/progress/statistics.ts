import { type AggregateStats, bucketOf } from '@gradus/contract/progress'
import type { LearnerBits, OutlineRow, StepSums } from './queries/dashboard.ts'

/** The middle value; of an even number of values the mean of the two in the middle; of none 0 (R57). */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  if (sorted.length === 0) return 0
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2
}

const meanOf = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length)

export type PresentStep = OutlineRow & { step_id: string; ordinal: number }
interface ModuleOf {
  module_id: string
  position: number
  title: string
  steps: PresentStep[]
}

/** The modules with their steps; a step's ordinal is its place in the course, where learners' bits have it. */
export function modulesOf(outline: readonly OutlineRow[]): ModuleOf[] {
  let ordinal = 0
  return [...Map.groupBy(outline, (row) => row.module_id)].map(([module_id, [first, ...others]]) => ({
    ...{ module_id, position: first!.module_position, title: first!.module_title },
    steps: [first!, ...others].flatMap((row) => (row.step_id === null ? [] : [{ ...row, step_id: row.step_id, ordinal: ordinal++ }])),
  }))
}

const has = (bits: string | null, step: PresentStep): boolean => bits?.[step.ordinal] === '1'

/** How many of these steps a learner has done. */
export const doneOf = (steps: readonly PresentStep[], { done }: LearnerBits): number => steps.filter((step) => has(done, step)).length

/** 0 to 100, unrounded; 0 where there is nothing to do. */
export const percentDone = (done: number, total: number): number => (total === 0 ? 0 : (done / total) * 100)

/**
 * The course in numbers. Everything is counted over the learners given, once each: nothing can exceed their number, whoever
 * completed a module has reached it, and an empty module is completed by nobody (R42 to R45, R55, R57, R61).
 */
export function statisticsOf(
  outline: readonly OutlineRow[],
  learners: readonly LearnerBits[],
  sums: readonly StepSums[],
): Omit<AggregateStats, 'course_id' | 'course_title' | 'as_of'> {
  const modules = modulesOf(outline)
  const total_steps = modules.reduce((sum, module) => sum + module.steps.length, 0)
  const { done, by_module, by_step } = tallyOf(modules, learners)
  const percents = done.map((count) => percentDone(count, total_steps))
  const last_active_distribution = { day: 0, week: 0, month: 0, older: 0, never: 0 }
  for (const { idle_seconds } of learners) last_active_distribution[bucketOf(idle_seconds)]++
  const sumOf = new Map(sums.map((sum) => [sum.step_id, sum]))
  return {
    total_steps,
    module_count: modules.length,
    summary: {
      enrolled: learners.length,
      completed_course: total_steps === 0 ? 0 : done.filter((count) => count === total_steps).length,
      avg_progress_percent: meanOf(percents),
      median_progress_percent: medianOf(percents),
      last_active_distribution,
    },
    modules: modules.map(({ module_id, position, title, steps }, m) => {
      const rollups = steps.map((step) => rollupOf(step, by_step[step.ordinal]!, sumOf.get(step.step_id)))
      return {
        ...{ module_id, position, title, step_count: steps.length },
        reached_learners: by_module[m]!.touched,
        completed_learners: by_module[m]!.done,
        total_attempts: rollups.reduce((sum, step) => sum + step.attempts, 0),
        total_step_completions: rollups.reduce((sum, step) => sum + step.completed, 0),
        steps: rollups,
      }
    }),
  }
}

/** Learners who did anything of it, and learners who did all of it. */
interface Count {
  touched: number
  done: number
}

/** One pass over learners and steps: how many steps each learner has done, and how many learners each module and step has. */
function tallyOf(modules: readonly ModuleOf[], learners: readonly LearnerBits[]): { done: number[]; by_module: Count[]; by_step: Count[] } {
  const zero = (): Count => ({ touched: 0, done: 0 })
  const by_module = modules.map(zero)
  const by_step = modules.flatMap((module) => module.steps.map(zero))
  const done = learners.map((learner) => {
    let own = 0
    for (const [m, { steps }] of modules.entries()) {
      let [touched_here, done_here] = [0, 0]
      for (const step of steps) {
        const at = by_step[step.ordinal]!
        const [did, has_done] = [Number(has(learner.touched, step)), Number(has(learner.done, step))]
        at.touched += did
        touched_here += did
        at.done += has_done
        done_here += has_done
      }
      if (touched_here > 0) by_module[m]!.touched += 1
      if (steps.length > 0 && done_here === steps.length) by_module[m]!.done += 1
      own += done_here
    }
    return own
  })
  return { done, by_module, by_step }
}

function rollupOf(step: PresentStep, { touched, done: completed }: Count, sum: StepSums | undefined) {
  const { step_id, module_id, module_position, module_title, position, title, exercise_type } = step
  const attempts = sum?.attempts ?? 0
  return {
    ...{ step_id, module_id, module_position, module_title, position, title, exercise_type, attempts, completed },
    learners: touched,
    avg_score: sum?.avg_ratio ?? null,
    pass_rate: attempts === 0 ? null : Math.min(1, completed / attempts),
  }
}
