import { agreementOf, percent } from './agreement.ts'
import type { Collected } from './collect.ts'
import { duration, spread } from './figures.ts'
import type { HandedIn } from './hand-in.ts'
import type { Pack, Submission } from './pack.ts'

/** The figures that a whole replay must reach (issue "Real input"). */
const TARGET_ACCEPTED = 0.988
const TARGET_KIND = 0.98

/** What a replay found, as lines to print; good where nothing was lost, doubled or refused and the agreement is reached. */
export function report(found: { pack: Pack; submissions: readonly Submission[]; handed: HandedIn; collected: Collected; is_whole: boolean }): {
  lines: string[]
  is_good: boolean
} {
  const { pack, submissions, handed, collected } = found
  const tests = new Map(pack.exercises.map((one) => [one.exercise, one.tests.map((test) => test.name)]))
  const { all, compiled, classes, other_ending } = agreementOf(
    handed.receipts.map(({ id, submission }) => ({
      submission,
      tests: tests.get(submission.exercise)!,
      outcome: collected.outcomes.get(id) ?? null,
    })),
  )
  const waits: number[] = []
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const { id, submitted_at } of handed.receipts) {
    const outcome = collected.outcomes.get(id)
    if (!outcome) continue
    const [from, to] = [Date.parse(submitted_at), Date.parse(outcome.graded_at)]
    waits.push(to - from)
    first = Math.min(first, from)
    last = Math.max(last, to)
  }
  const lost = collected.missing + collected.altered + collected.without_verdict
  const refused = [...handed.refused.values()].reduce((sum, n) => sum + n, 0)
  const isMeasured = handed.latencies_ms.length > 0
  const lines = [
    `submissions: ${handed.receipts.length} of ${submissions.length} acknowledged${handed.replayed > 0 ? `, ${handed.replayed} of them by an earlier try of this run` : ''}`,
    ...[...handed.refused].map(([code, n]) => `  refused with ${code}: ${n}`),
    `disagreement by test, of ${all.tests} (verdict of the data -> ours):`,
    ...[...classes].sort((a, b) => b[1] - a[1]).map(([name, n]) => `  ${name}: ${n}`),
    ...(other_ending > 0 ? [`  (runtime errors with another signal or exit code, counted as agreement: ${other_ending})`] : []),
    'a hand-in that does not compile, there or here, is compared as a whole and counts for each of its tests;',
    `without those of the data: agreement accepted ${percent(compiled.accepted, compiled.tests)} %, kind ${percent(compiled.kind, compiled.tests)} % of ${compiled.tests}`,
    `hand-ins per second: ${isMeasured ? ((handed.latencies_ms.length / handed.took_ms) * 1000).toFixed(1) : '-'} (in ${duration(handed.took_ms)}, while grading runs)`,
    `gradings per second: ${waits.length === 0 ? '-' : ((waits.length / Math.max(1, last - first)) * 1000).toFixed(1)}`,
    `hand-in: ${spread(handed.latencies_ms)}`,
    `hand-in to verdict, all handed in at once: ${spread(waits)}`,
    ...(lost > 0
      ? [`lost: ${collected.missing} not there, ${collected.altered} with other bytes, ${collected.without_verdict} without a verdict`]
      : []),
    ...(collected.unasked > 0 ? [`there although never acknowledged: ${collected.unasked}`] : []),
    `lost: ${lost}`,
    `agreement accepted: ${percent(all.accepted, all.tests)} %`,
    `agreement kind: ${percent(all.kind, all.tests)} %`,
  ]
  const agrees = all.accepted >= TARGET_ACCEPTED * all.tests && all.kind >= TARGET_KIND * all.tests
  return { lines, is_good: lost === 0 && refused === 0 && collected.unasked === 0 && (agrees || !found.is_whole) }
}
