import type { Tx } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { drawVerificationCode } from './codes.ts'
import { entryMiddle, type LogEntry } from './log-entry.ts'
import { insertReceipt, type NewReceipt } from './queries/hand-in.ts'
import { addLogEntryWithReceipt } from './queries/log.ts'

/** Writes a receipt with a code of its own in the caller's transaction; a drawn code that exists already is drawn again. */
export async function issueReceipt(tx: Tx, form: 'long' | 'plain', receipt: Omit<NewReceipt, 'id' | 'code'>): Promise<string> {
  for (;;) {
    const code = drawVerificationCode(form)
    if (await insertReceipt(tx, { ...receipt, id: newId(), code })) return code
  }
}

/**
 * Writes the log entry of an accepted file and the receipt that it is, in the caller's transaction; the log's head stays
 * locked until it ends, so this comes last.
 */
export async function logWithReceipt(
  tx: Tx,
  form: 'long' | 'plain',
  receipt: { exam_id: string; candidate_id: string; submission_id: string; issued_at: string },
  body: unknown,
): Promise<{ code: string; entry: LogEntry }> {
  const { exam_id } = receipt
  const code = drawVerificationCode(form)
  const { is_new, ...entry } = await addLogEntryWithReceipt(tx, { ...receipt, id: newId(), code }, entryMiddle({ exam_id, kind: 'accepted', body }))
  return { entry, code: is_new ? code : await issueReceipt(tx, form, { ...receipt, log_seq: entry.seq }) }
}
