import { type Db, type Tx, transact } from '../db/database.ts'
import type { PutBack } from '../queue/job.ts'
import { failTry } from '../queue/release.ts'
import { sweepExpired } from '../queue/sweep.ts'
import { tellWatchers } from '../queue/tell.ts'
import { giveUp } from '../submissions/give-up.ts'
import { safeText } from './detail.ts'
import { giveUpLms } from './give-up-lms.ts'

/**
 * Ends a try that failed through our fault, in one transaction: the job waits for another worker or, after its last
 * try, for staff, with the attempt given back (reliability rule 6). @throws problem lease_lost
 */
export const takeFailure = (db: Db, { detail, ...lease }: { job_id: string; lease_token: string; detail: string }): Promise<void> =>
  transact(db, async (tx) => {
    await settle(tx, await failTry(tx, { ...lease, detail: safeText(detail).slice(0, 2_000) }))
  })

/** Takes jobs back from workers that did not come back. Run every second: a dead worker costs its lease and that. */
export const rescue = (db: Db): Promise<number> => sweepExpired(db, settle)

async function settle(tx: Tx, job: PutBack): Promise<void> {
  if (job.status === 'failed') {
    const { kind } = job
    if (kind === 'lms') await giveUpLms(tx, job)
    else await giveUp(tx, { ...job, kind })
  }
  await tellWatchers(tx, job.subject_id)
}
