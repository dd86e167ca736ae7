import { recordAudit } from '../audit/record.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import type { By } from '../identity/by.ts'
import { send } from '../outbox/send.ts'
import { forgetCallbacks } from '../outbox/send-callback.ts'
import { forgetLmsJobs } from '../queue/forget.ts'
import { deleteLmsSubmission, listEndedLms } from './queries/xqueue.ts'

/** Deletes a hand-in of an LMS with its job and answers, in the caller's transaction; its files' bytes follow through the outbox. */
export async function deleteLms(tx: Tx, id: string): Promise<void> {
  await forgetLmsJobs(tx, id)
  await forgetCallbacks(tx, id)
  for (const object_key of await deleteLmsSubmission(tx, id)) await send(tx, 'blob_unused', { object_key })
}

const BATCH = 500

/**
 * Deletes hand-ins of LMSs that ended more than `days` ago and whose answers are all brought: the LMS has what it asked for. What waits,
 * failed or is under way stays. @returns how many
 */
export async function purgeLms(db: Db, days: number, by: By): Promise<number> {
  for (let purged = 0; ; ) {
    const ids = await listEndedLms(db, days, BATCH)
    await transact(db, async (tx) => {
      for (const id of ids) await deleteLms(tx, id)
      if (ids.length > 0) {
        await recordAudit(tx, {
          ...by,
          action: 'lms_submissions.purged',
          object_kind: 'lms_submission',
          object_id: ids[0]!,
          after: { count: ids.length, days },
        })
      }
    })
    purged += ids.length
    if (ids.length < BATCH) return purged
  }
}
