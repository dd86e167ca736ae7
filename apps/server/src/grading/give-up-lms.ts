import type { Tx } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { send } from '../outbox/send.ts'
import { sendCallback } from '../outbox/send-callback.ts'
import type { PutBack } from '../queue/job.ts'
import { failureNotice } from './notice.ts'
import { selectOptionalLmsSubmission } from './queries/xqueue.ts'

/** What happens when an LMS's hand-in failed for good, in the transaction in which it did: its learner and our staff are told. */
export async function giveUpLms(tx: Tx, { job_id, kind, subject_id, failure, tries }: PutBack): Promise<void> {
  await notifyLms(tx, subject_id, failure)
  await send(tx, 'job_failed', { job_id, kind, subject_id, failure, tries })
}

/** Puts a failure notice for an LMS's hand-in on its way. Nothing where the hand-in is gone. */
export async function notifyLms(tx: Tx, subject_id: string, why: string): Promise<void> {
  const handed_in = await selectOptionalLmsSubmission(tx, subject_id)
  if (handed_in === undefined) return
  const { header, callback_url: url, callback_host: host, submitted_by: sent_for } = handed_in
  await sendCallback(tx, { id: newId(), subject_id, url, host, sent_for, header, body: Buffer.from(failureNotice(why)), is_notice: true })
}
