import type { Comparison } from './compare.ts'
import type { Verdict } from './spec.ts'

/** How a program stopped, as a sandbox reports it (the same shape as the sandbox package's Ending). */
export type Ending =
  | { kind: 'exit'; code: number }
  | { kind: 'signal'; signal: string }
  | { kind: 'time_limit' }
  | { kind: 'memory_limit' }
  | { kind: 'output_limit' }

/**
 * The verdict of an ending by itself, or null where the program ended well and its output decides. A limit outranks everything;
 * a signal or a non-zero exit is a runtime error whatever was printed before it.
 */
export function verdictOfEnding(ending: Ending): Verdict | null {
  switch (ending.kind) {
    case 'exit':
      return ending.code === 0 ? null : 'runtime_error'
    case 'signal':
      return 'runtime_error'
    default:
      return ending.kind
  }
}

/** The verdict of a run whose output has been compared; the comparison counts only where the program ended well. */
export const verdictOf = (ending: Ending, comparison: Comparison): Verdict => verdictOfEnding(ending) ?? comparison.verdict
