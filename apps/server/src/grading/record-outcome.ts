import type { Outcome } from '@gradus/contract/submissions'
import type { Tx } from '../db/database.ts'
import type { JobSubject } from '../queue/job.ts'
import { tellWatchers } from '../queue/tell.ts'
import { dropRun } from '../submissions/drop-run.ts'
import { recordResult, recordRun } from '../submissions/record-result.ts'
import type { Measure } from './queries/work.ts'

/** An outcome whose tests know their rows. */
export type OutcomeOfTests = Omit<Outcome, 'tests'> & { tests: (Outcome['tests'][number] & { id: string })[] }

/**
 * Writes what a grading came to, in the transaction that retires its job: a hand-in's result with its score, or a run's outcome; and
 * tells those who watch. A run of a draft that changed meanwhile is dropped: its outcome would prove nothing.
 */
export async function recordOutcome(
  tx: Tx,
  { subject_id, generation }: JobSubject,
  measure: Measure | undefined,
  outcomeOf: (measure: Measure) => OutcomeOfTests,
): Promise<void> {
  if (measure === undefined || measure.is_stale) return dropRun(tx, subject_id)
  const { tests, ...outcome } = outcomeOf(measure)
  if (measure.place === null) await recordRun(tx, subject_id, { ...outcome, tests: tests.map(({ id: _, ...test }) => test) })
  else {
    const { graded_at: _, ...result } = outcome
    await recordResult(tx, measure.place, {
      ...result,
      ...{ submission_id: subject_id, generation },
      tests: tests.map(({ id, verdict, points, time_ms, memory_kb, detail }) => ({ test_case_id: id, verdict, points, time_ms, memory_kb, detail })),
    })
  }
  await tellWatchers(tx, subject_id)
}

/**
 * What an external grader's answer comes to: its score is in the points of the question, and where the placement is worth other points
 * it scales in proportion, to four decimal places. `is_correct` is the grader's own word.
 */
export function externalOutcome(
  { now, tests: [test], points_override }: Measure,
  answer: { is_correct: boolean; score: number; points_possible: number; message_html: string; grader: string },
): OutcomeOfTests {
  const points_possible = points_override ?? answer.points_possible
  const ratio = answer.points_possible === 0 ? (answer.is_correct ? 1 : 0) : answer.score / answer.points_possible
  const points = Math.round(ratio * points_possible * 1e4) / 1e4
  const verdict = answer.is_correct ? ('accepted' as const) : ('wrong_answer' as const)
  const shown = { points, points_possible, verdict }
  const { id, key, name, is_hidden } = test!
  return {
    ...shown,
    ...{ compile_output: '', sandbox: 'external', runtime: answer.grader, graded_at: now },
    tests: [
      {
        ...{ id, key, name, is_hidden, ...shown, time_ms: null, memory_kb: null },
        detail: answer.message_html === '' ? {} : { message_html: answer.message_html },
      },
    ],
  }
}
