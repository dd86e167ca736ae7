import type { DbOrTx } from '../db/database.ts'
import { brokenConstraint, type Tx } from '../db/database.ts'
import { send } from '../outbox/send.ts'
import {
  type AcceptedFile,
  acceptingFirst,
  insertFileSubmission,
  listKept,
  markDeleted,
  type NewFileSubmission,
  supersedeFiles,
} from './queries/files.ts'
import { selectOptionalByKey } from './queries/submit.ts'

export type { AcceptedFile, KeptFile, NewFileSubmission } from './queries/files.ts'
export { acceptingFirst }

/**
 * Writes a file's hand-in in the caller's transaction: attempt, submission and file stand or fall together with whatever
 * the caller adds. Null where a rule is against it (window, attempts, a key that is known); nothing was changed then.
 */
export async function acceptFile(tx: Tx, hand_in: NewFileSubmission): Promise<AcceptedFile | null> {
  return (await insertFileSubmission(tx, hand_in)) ?? null
}

/** Whether a failure means that the same key arrived twice at the same instant, or that the placement has gone meanwhile. */
export const standsAgainstFile = (error: unknown): boolean =>
  [
    'submissions_principal_id_idempotency_key_key',
    'attempt_counters_assignment_question_id_fkey',
    'submissions_assignment_question_id_fkey',
  ].includes(brokenConstraint(error) ?? '')

/**
 * Notes in the caller's transaction that a learner's earlier files are superseded. With `deletes_bytes` their bytes go
 * once it has committed, and no sooner (R9).
 */
export async function supersedeEarlier(
  tx: Tx,
  of: { principal_id: string; assignment_question_id: string; by_submission_id: string; deletes_bytes: boolean },
): Promise<void> {
  for (const { object_key, is_deleted } of await supersedeFiles(tx, of)) if (is_deleted) await send(tx, 'blob_unused', { object_key })
}

/** Notes the end of these files' bytes in the caller's transaction and has them removed after it. Returns those that were still there. */
export async function deleteBytes(
  tx: Tx,
  { submission_ids, because, at }: { submission_ids: readonly string[]; because: 'superseded' | 'retention'; at: string },
): Promise<string[]> {
  const marked = await markDeleted(tx, submission_ids, because, at)
  for (const { object_key } of marked) await send(tx, 'blob_unused', { object_key })
  return marked.map((row) => row.submission_id)
}

/** The hand-in that a learner's key names already. */
export const earlierHandIn = (
  db: DbOrTx,
  { principal_id, idempotency_key }: { principal_id: string; idempotency_key: string },
): Promise<{ id: string; request_sha256: Buffer } | undefined> => selectOptionalByKey(db, principal_id, idempotency_key)

/** Which of these keys hold bytes of a hand-in: the sweeper must leave them alone. */
export const keptFiles = (db: DbOrTx, keys: readonly string[]): Promise<string[]> => listKept(db, keys)
