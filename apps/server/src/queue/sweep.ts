import { type Db, type Tx, transact } from '../db/database.ts'
import type { PutBack } from './job.ts'
import { expiredJob, putBack } from './queries/jobs.ts'

/**
 * Rescues every job whose lease has run out: back into the queue, or out of it when its tries are used up. `after` runs
 * in each job's own transaction. Any number of processes may sweep at once: the statement names the state it expects, so
 * a job that was finished in the meantime is never touched, and each expired job is put back by one of them.
 * One job per transaction: a transaction over many would hold learners' turns and wait for others'.
 * @returns how many were rescued.
 */
export async function sweepExpired(db: Db, after: (tx: Tx, job: PutBack) => Promise<void>, most = 1_000): Promise<number> {
  for (let rescued = 0; rescued < most; rescued++) {
    const isDone = await transact(db, async (tx) => {
      const job = await putBack(tx, expiredJob, 'The worker did not come back.', true)
      if (job !== undefined) await after(tx, job)
      return job === undefined
    })
    if (isDone) return rescued
  }
  return most
}
