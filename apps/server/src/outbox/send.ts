import { type RawBuilder, sql } from 'kysely'
import { type DbOrTx, rows } from '../db/database.ts'

/** Every message the outbox can carry, with what it says. Who delivers each is decided where the process is put together. */
export interface Messages {
  /** A learner handed something in. Sent at most about once a minute per learner and course. */
  submission_accepted: { course_id: string; principal_id: string }
  /** Grading failed for good: staff must look. */
  job_failed: { job_id: string; kind: string; subject_id: string; failure: string; tries: number }
  /** Another attempt counts in an assignment now: its scores are folded anew. */
  policy_changed: { assignment_id: string }
  /** No row names these bytes any more. */
  blob_unused: { object_key: string }
}
export type MessageName = keyof Messages

export interface SendOptions {
  /** A message with a key replaces an undelivered one with the same key. */
  key?: string
}

/**
 * Records a side effect in the caller's transaction: it will be delivered, after the commit and at least once, exactly if
 * the transaction commits. Receivers must bear a repetition.
 */
export async function send<N extends MessageName>(tx: DbOrTx, name: N, message: Messages[N], { key }: SendOptions = {}): Promise<void> {
  await rows(tx, sql`select ${sending(name, sql`${JSON.stringify(message)}::json`, sql`${key ?? null}::text`)}`)
}

/** The same as an expression, for statements that do more in the same breath. */
export const sending = (name: MessageName, message: RawBuilder<unknown>, key: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(graphile_worker.add_job(${sql.lit(name)}, ${message}, job_key := ${key}, max_attempts := 12)).id`
