import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { recordError } from './audit/record-error.ts'
import type { Db } from './db/database.ts'
import { rescue } from './grading/take-failure.ts'
import { type DeliveryLog, startDeliveries, type Tasks } from './outbox/deliver.ts'
import { touchEnrolment } from './roster/touch-enrolment.ts'
import { rebuildScores } from './submissions/rebuild-scores.ts'
import { sweepRuns } from './submissions/sweep-runs.ts'

/** A lease that ran out is noticed within this time (fault matrix row 3: leased again at most lease + 1 s later). */
const RESCUE_EVERY_MS = 500
const SWEEP_EVERY_MS = 3_600_000

/** What is done with each message of the outbox. */
const tasksOf = (db: Db): Tasks => ({
  submission_accepted: ({ course_id, principal_id }) => touchEnrolment(db, { course_id, user_id: principal_id }),
  job_failed: ({ job_id, kind, subject_id, failure, tries }) =>
    recordError(db, { request_id: job_id, route: 'grading', detail: `The ${kind} ${subject_id} needs staff after ${tries} tries: ${failure}` }),
  policy_changed: async ({ assignment_id }) => void (await rebuildScores(db, assignment_id)),
})

/**
 * What a server does without being asked: delivers the outbox, takes jobs back from dead workers, sweeps old runs. Every
 * server does it; each piece of work is done by one of them.
 */
export async function startBackground({ db, pool, log }: { db: Db; pool: Pool; log: Logger & DeliveryLog }): Promise<{ stop(): Promise<void> }> {
  const deliveries = await startDeliveries({ pool, tasks: tasksOf(db), log })
  const rescuing = every(RESCUE_EVERY_MS, () => rescue(db), log, 'jobs of dead workers could not be taken back')
  const sweeping = every(SWEEP_EVERY_MS, () => sweepRuns(db), log, 'old runs could not be swept')
  return {
    async stop() {
      await Promise.all([rescuing.stop(), sweeping.stop(), deliveries.stop()])
    },
  }
}

/** Does `work` again and again, never twice at once. A failure is said once, and again after it went well in between. */
function every(ms: number, work: () => Promise<unknown>, log: Logger, complaint: string): { stop(): Promise<void> } {
  let isStopped = false
  let hasFailed = false
  let running: Promise<void> = Promise.resolve()
  const once = async (): Promise<void> => {
    try {
      await work()
      hasFailed = false
    } catch (error) {
      if (!hasFailed) log.warn({ err: error }, complaint)
      hasFailed = true
    }
    if (!isStopped) timer = setTimeout(start, ms)
  }
  const start = (): void => {
    running = once()
  }
  let timer = setTimeout(start, ms)
  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}
