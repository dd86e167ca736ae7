import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { adoption } from './adoption.ts'
import { recordError, sweepErrors } from './audit/record-error.ts'
import type { Config } from './config.ts'
import type { Db } from './db/database.ts'
import { sweepRetention } from './depository/sweep-retention.ts'
import { notifyLms } from './grading/give-up-lms.ts'
import { keptLmsFiles } from './grading/kept-lms-files.ts'
import { rescue } from './grading/take-failure.ts'
import { sweepGuests } from './identity/guests.ts'
import { sweepGraderSessions } from './identity/log-in-grader.ts'
import { type DeliveryLog, startDeliveries, type Tasks } from './outbox/deliver.ts'
import { startCallbacks } from './outbox/deliver-callbacks.ts'
import { forgetOldGraders } from './queue/graders.ts'
import { touchEnrolment } from './roster/touch-enrolment.ts'
import type { Blobs } from './storage/blobs.ts'
import { type Holder, sweepOrphans } from './storage/sweep-orphans.ts'
import { keptFiles } from './submissions/accept-file.ts'
import { adoptLate } from './submissions/adopt-late.ts'
import { rebuildScores } from './submissions/rebuild-scores.ts'
import { sweepEmptyGuests } from './submissions/sweep-guests.ts'
import { sweepRuns } from './submissions/sweep-runs.ts'

/** A lease that ran out is noticed within this time (fault matrix row 3: leased again at most lease + 1 s later). */
const RESCUE_EVERY_MS = 500
/** What a guest's browser sent while it signed in is the user's this much later at most. */
const LATE_EVERY_MS = 30_000
const SWEEP_EVERY_MS = 3_600_000

/** Bytes are deleted at most this long after their time (R15). */
const RETENTION_EVERY_MS = 60_000

/** Every table that holds keys of blobs: what none of them knows is an orphan. */
export const blobHolders = (db: Db): Holder[] => [(keys) => keptFiles(db, keys), (keys) => keptLmsFiles(db, keys)]

/** What is done with each message of the outbox. */
const tasksOf = (db: Db, blobs: Blobs): Tasks => ({
  blob_unused: ({ object_key }) => blobs.remove(object_key),
  submission_accepted: ({ course_id, principal_id }) => touchEnrolment(db, { course_id, user_id: principal_id }),
  job_failed: ({ job_id, kind, subject_id, failure, tries }) =>
    recordError(db, { request_id: job_id, route: 'grading', detail: `The ${kind} ${subject_id} needs staff after ${tries} tries: ${failure}` }),
  policy_changed: async ({ assignment_id }) => void (await rebuildScores(db, assignment_id)),
})

/**
 * What a server does without being asked: delivers the outbox, takes jobs back from dead workers, sweeps old runs. Every
 * server does it; each piece of work is done by one of them.
 */
export async function startBackground({
  db,
  pool,
  config,
  blobs,
  log,
}: {
  db: Db
  pool: Pool
  config: Config
  blobs: Blobs
  log: Logger & DeliveryLog
}): Promise<Background> {
  const deliveries = await startDeliveries({ pool, tasks: tasksOf(db, blobs), log })
  const rescuing = every(RESCUE_EVERY_MS, () => rescue(db), log, 'jobs of dead workers could not be taken back')
  const sweeping = every(SWEEP_EVERY_MS, () => sweepAll(db), log, 'what is old could not be swept')
  const adopting = every(LATE_EVERY_MS, () => adoptLate(db, adoption), log, 'late guest work could not be taken over')
  const retention = every(RETENTION_EVERY_MS, () => sweepRetention(db), log, 'files whose time is over could not be deleted')
  const orphans = every(SWEEP_EVERY_MS, () => sweepOrphans(blobs, blobHolders(db)), log, 'bytes that nobody refers to could not be swept')
  const callbacks = startCallbacks(
    { db, policy: { allowed_hosts: config.callback_hosts }, basic: config.callback_basic, log },
    async (tx, { subject_id, is_notice }, error) => {
      // A notice that cannot be delivered either has nobody to be told to.
      if (!is_notice) await notifyLms(tx, subject_id, `The answer could not be delivered: ${error}`)
    },
  )
  return {
    wakeCallbacks: callbacks.wake,
    async stop() {
      await Promise.all([rescuing.stop(), sweeping.stop(), adopting.stop(), retention.stop(), orphans.stop(), callbacks.stop(), deliveries.stop()])
    },
  }
}

async function sweepAll(db: Db): Promise<void> {
  await sweepRuns(db)
  await sweepGraderSessions(db)
  await sweepGuests(db)
  await sweepEmptyGuests(db)
  await sweepErrors(db)
  await forgetOldGraders(db)
}

export interface Background {
  /** Says that an answer to a learning management system is on its way. */
  wakeCallbacks(): void
  stop(): Promise<void>
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
