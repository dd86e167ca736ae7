import { createHash } from 'node:crypto'
import { canonicalJson } from '../courses/content.ts'

/** What an exam's log tells. `accepted` and `promised` are receipts; the others say who is who. */
export type LogKind = 'exam_created' | 'accepted' | 'promised' | 'code_reissued' | 'swapped'

export interface LogHead {
  seq: number
  sha256: Buffer
}
export interface LogEntry extends LogHead {
  entry: string
}

/** Before the first entry. */
export const emptyLog: LogHead = { seq: 0, sha256: Buffer.alloc(32) }

const digest = (entry: string): Buffer => createHash('sha256').update(entry, 'utf8').digest()

/**
 * What of an entry's text is known before its turn: it stands between its time and the two members that tie it to the
 * entry before, and those the log's head writes (queries/log.ts). The whole is canonical JSON.
 */
export const entryMiddle = (of: { exam_id: string; kind: LogKind; body: unknown }): string => canonicalJson(of).slice(1, -1)

/** What is wrong with an entry as the next one after `head`, or null. */
export function complaintAbout(head: LogHead, { seq, entry, sha256 }: LogEntry, exam_id: string): string | null {
  if (seq !== head.seq + 1) return 'an entry is missing before it'
  if (!digest(entry).equals(sha256)) return 'its text is not the one that was hashed'
  const told = JSON.parse(entry) as { seq?: unknown; prev_sha256?: unknown; exam_id?: unknown }
  if (told.seq !== seq || told.exam_id !== exam_id) return 'it is another entry than its place says'
  return told.prev_sha256 === head.sha256.toString('hex') ? null : 'it does not follow the entry before it'
}
