/** How much of a set of steps is done. */
export interface Completion {
  total: number
  /** Distinct steps of the set that are done. */
  completed: number
  /** 0 to 100, unrounded; 0 where there is nothing to do. */
  percent: number
  /** Every step is done, and there is one: an empty module is never complete (R61). */
  is_complete: boolean
}

/** Counts distinct steps of the present set (R61): what was done of steps that are gone, or twice, adds nothing. */
export function completionOf(present: Iterable<string>, done: Iterable<string>): Completion {
  const steps = new Set(present)
  const completed = [...new Set(done)].filter((step) => steps.has(step)).length
  return {
    total: steps.size,
    completed,
    percent: steps.size === 0 ? 0 : (completed / steps.size) * 100,
    is_complete: steps.size > 0 && completed === steps.size,
  }
}
