import { createHash } from 'node:crypto'
import type { GradingReport, TestReport } from '@gradus/contract/grading'
import { pointsPerTest, scoreOf } from '@gradus/problem/score'
import { overallVerdict } from '@gradus/problem/verdict'
import { crashPoint } from '../db/crash-point.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { finishJob } from '../queue/finish.ts'
import type { JobSubject } from '../queue/job.ts'
import { safeDetail, safeText } from './detail.ts'
import { type Measure, selectOptionalMeasure } from './queries/work.ts'
import { type OutcomeOfTests, recordOutcome } from './record-outcome.ts'
import { takeFailure } from './take-failure.ts'

export interface Answer {
  job_id: string
  lease_token: string
  report: GradingReport
}

/**
 * Takes a report under its lease: job retired, result and tests written, score moved, watchers told, all in one
 * transaction or nothing (I4, I5). The same report again gets the same answer with `is_replay`. A test that ended in our
 * own fault makes the whole report a failed try and never a result.
 * @throws problem lease_lost, result_mismatch (the report does not name exactly the job's tests); with nothing changed
 */
export async function takeBack(db: Db, { job_id, lease_token, report }: Answer): Promise<{ is_replay: boolean }> {
  crashPoint('w2_result_received')
  const fault = report.tests.find((test) => test.verdict === 'internal_error')
  if (fault !== undefined) {
    await takeFailure(db, { job_id, lease_token, detail: `Test ${fault.key}: ${fault.detail.message ?? 'internal error'}` })
    return { is_replay: false }
  }
  const report_sha256 = createHash('sha256').update(JSON.stringify(report)).digest()
  const is_replay = await transact(db, async (tx) => {
    const job = await finishJob(tx, { job_id, lease_token, report_sha256 })
    if (job === null) return true
    await record(tx, job, report)
    crashPoint('w3_result_written')
    return false
  })
  crashPoint('w4_result_committed')
  return { is_replay }
}

async function record(tx: Tx, job: JobSubject, report: GradingReport): Promise<void> {
  // Our own workers are never given what an LMS handed in.
  if (job.kind === 'lms') throw problem('lease_lost')
  await recordOutcome(tx, job, await selectOptionalMeasure(tx, job.kind, job.subject_id), (measure) => outcomeOf(measure, report))
}

/** What a report comes to: verdicts are the grader's, points are ours. */
function outcomeOf({ now, tests, points_override }: Measure, report: GradingReport): OutcomeOfTests {
  const reports = exactly(tests, report.tests)
  const worth = pointsPerTest(
    tests.map((test) => test.points),
    points_override,
  )
  const verdicts = tests.map((test) => reports.get(test.key)!.verdict)
  const score = scoreOf(
    tests.map((test, i) => ({ points: test.points, verdict: verdicts[i]! })),
    points_override,
  )
  return {
    verdict: overallVerdict(verdicts),
    ...score,
    compile_output: safeText(report.compile_output),
    sandbox: report.sandbox,
    runtime: safeText(report.runtime),
    graded_at: now,
    tests: tests.map(({ id, key, name, is_hidden }, i) => {
      const { verdict, time_ms, memory_kb, detail } = reports.get(key)!
      const points = verdict === 'accepted' ? worth[i]! : 0
      return { id, key, name, is_hidden, verdict, points, points_possible: worth[i]!, time_ms, memory_kb, detail: safeDetail(detail) }
    }),
  }
}

/** The reports by test key, where they name each of the job's tests once and nothing else. @throws problem result_mismatch */
function exactly(tests: Measure['tests'], reports: readonly TestReport[]): Map<string, TestReport> {
  const by_key = new Map(reports.map((report) => [report.key, report]))
  const missing = tests.filter((test) => !by_key.has(test.key)).map((test) => test.key)
  const known = new Set(tests.map((test) => test.key))
  const unknown = reports.filter((report) => !known.has(report.key)).map((report) => report.key)
  if (missing.length > 0 || unknown.length > 0 || by_key.size !== reports.length) {
    throw problem('result_mismatch', { missing: missing.slice(0, 10), unknown: unknown.slice(0, 10) })
  }
  return by_key
}
