import type { Tx } from '../db/database.ts'
import { entryMiddle, type LogEntry, type LogKind } from './log-entry.ts'
import { addLogEntry } from './queries/log.ts'

/**
 * Adds an entry to an exam's log in the caller's transaction. The log's head is locked until it ends, so this comes last:
 * what hand-ins wait for is one statement and the commit of the one before and not its bytes.
 */
export const appendLog = (tx: Tx, exam_id: string, kind: LogKind, body: unknown): Promise<LogEntry> =>
  addLogEntry(tx, exam_id, entryMiddle({ exam_id, kind, body }))
