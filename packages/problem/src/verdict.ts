import type { Verdict } from './spec.ts'

/** How a run ended, as a sandbox tells it. */
export type Ending =
  | { kind: 'exit'; code: number }
  | { kind: 'signal'; signal: string }
  | { kind: 'time_limit' }
  | { kind: 'memory_limit' }
  | { kind: 'output_limit' }

/**
 * The verdict that the ending alone decides, or null where the program ended well and its output decides. A limit that
 * was passed wins over everything; then a signal or an exit code other than 0 is a runtime error whatever was printed.
 */
export function verdictOf(ending: Ending): Verdict | null {
  switch (ending.kind) {
    case 'time_limit':
    case 'memory_limit':
    case 'output_limit':
      return ending.kind
    case 'signal':
      return 'runtime_error'
    case 'exit':
      return ending.code === 0 ? null : 'runtime_error'
  }
}

/**
 * The verdict on a whole submission from those on its tests, in the order of the tests. Our own fault outranks all,
 * because no other word would be fair; then a failed compilation, whose tests were skipped; then the first test that
 * was not accepted. No tests at all is our fault too: nothing was graded.
 */
export function overallVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0 || verdicts.includes('internal_error')) return 'internal_error'
  if (verdicts.includes('compile_error') || verdicts.includes('skipped')) return 'compile_error'
  return verdicts.find((verdict) => verdict !== 'accepted') ?? 'accepted'
}
