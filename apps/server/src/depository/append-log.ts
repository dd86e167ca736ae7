import type { Tx } from '../db/database.ts'
import { type LogEntry, type LogKind, nextEntry } from './log-entry.ts'
import { addLogEntry, lockLog } from './queries/log.ts'

/**
 * Adds an entry to an exam's log in the caller's transaction. The log's head is locked until it ends, so this comes last:
 * what hand-ins wait for is a few statements of the one before and not its bytes.
 */
export async function appendLog(tx: Tx, exam_id: string, kind: LogKind, body: unknown): Promise<LogEntry> {
  const { now, ...head } = await lockLog(tx, exam_id)
  const entry = nextEntry(head, { exam_id, kind, at: now, body })
  await addLogEntry(tx, exam_id, entry)
  return entry
}
