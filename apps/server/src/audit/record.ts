import type { DbOrTx } from '../db/database.ts'
import { newId } from '../db/id.ts'

export interface AuditEvent {
  actor_id: string | null
  /** `<object>.<verb in the past>`, e.g. `question.published`. */
  action: string
  object_kind: string
  object_id: string
  course_id?: string | null
  before?: unknown
  after?: unknown
  reason?: string
  request_id?: string
}

/** Appends an audit event in the caller's transaction, so that the act and its record stand or fall together (R81). */
export async function recordAudit(tx: DbOrTx, event: AuditEvent): Promise<void> {
  await tx
    .insertInto('audit_events')
    .values({
      id: newId(),
      actor_id: event.actor_id,
      action: event.action,
      object_kind: event.object_kind,
      object_id: event.object_id,
      course_id: event.course_id ?? null,
      before: event.before === undefined ? null : JSON.stringify(event.before),
      after: event.after === undefined ? null : JSON.stringify(event.after),
      reason: event.reason ?? '',
      request_id: event.request_id ?? '',
    })
    .execute()
}
