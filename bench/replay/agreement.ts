import type { Outcome } from '@gradus/contract/submissions'
import type { Verdict } from '@gradus/contract/words'
import type { Submission } from './pack.ts'

/**
 * How far our verdicts agree with those of the data.
 *
 * The unit is one test of one hand-in. For a hand-in that does not compile the data has no verdicts per test but one
 * for the whole: there agreement is decided once, on the hand-in, and counts for each of its exercise's tests, so that
 * a hand-in weighs the same whether it compiles or not. `compiled` holds the figures without those hand-ins.
 */
export interface Agreement {
  all: Tally
  compiled: Tally
  /** "theirs -> ours" -> tests, for every kind of disagreement. */
  classes: Map<string, number>
  /** Tests on whose runtime error we agree, but with another signal or exit code. */
  other_ending: number
}
interface Tally {
  tests: number
  accepted: number
  kind: number
}

const words: Record<string, Verdict> = {
  Accepted: 'accepted',
  'Wrong Answer': 'wrong_answer',
  'Presentation Error': 'presentation_error',
  'Time Limit Exceeded': 'time_limit',
  'Output Limit Exceeded': 'output_limit',
}

/** A verdict of the data in our words, with how the program ended where it says so. */
export function readVerdict(said: string): { verdict: Verdict; signal?: string; exit_code?: number } {
  const verdict = words[said]
  if (verdict !== undefined) return { verdict }
  const signal = /^Command terminated by signal \(\d+: (SIG\w+)\)$/.exec(said)
  if (signal) return { verdict: 'runtime_error', signal: signal[1]! }
  const exit = /^Command exited with non-zero status \((\d+)\)$/.exec(said)
  if (exit) return { verdict: 'runtime_error', exit_code: Number(exit[1]) }
  throw new Error(`the data has a verdict that is not known: ${said}`)
}

/** Compares every graded hand-in with the data; `outcome` is null where there is no verdict, which agrees with nothing. */
export function agreementOf(graded: Iterable<{ submission: Submission; tests: readonly string[]; outcome: Outcome | null }>): Agreement {
  const agreement: Agreement = {
    all: { tests: 0, accepted: 0, kind: 0 },
    compiled: { tests: 0, accepted: 0, kind: 0 },
    classes: new Map(),
    other_ending: 0,
  }
  for (const { submission, tests, outcome } of graded) {
    for (const name of tests) {
      const theirs = submission.compile_error ? { verdict: 'compile_error' as const } : readVerdict(submission.verdicts[name]!)
      const test = outcome?.tests.find((one) => one.key === name)
      const ours = outcome === null ? null : outcome.verdict === 'compile_error' ? 'compile_error' : (test?.verdict ?? null)
      for (const tally of submission.compile_error ? [agreement.all] : [agreement.all, agreement.compiled]) {
        tally.tests++
        if (ours !== null && (theirs.verdict === 'accepted') === (ours === 'accepted')) tally.accepted++
        if (theirs.verdict === ours) tally.kind++
      }
      if (theirs.verdict !== ours) {
        const key = `${theirs.verdict} -> ${ours ?? 'no verdict'}`
        agreement.classes.set(key, (agreement.classes.get(key) ?? 0) + 1)
      } else if (ours === 'runtime_error' && 'signal' in theirs && theirs.signal !== test?.detail.signal) agreement.other_ending++
      else if (ours === 'runtime_error' && 'exit_code' in theirs && theirs.exit_code !== test?.detail.exit_code) agreement.other_ending++
    }
  }
  return agreement
}

/** A share in percent, rounded down to two places: 97.996 must not read as 98.00. */
export const percent = (part: number, whole: number): string => (whole === 0 ? '-' : (Math.floor((part / whole) * 10_000) / 100).toFixed(2))
