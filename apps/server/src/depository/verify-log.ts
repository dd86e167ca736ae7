import type { ReplyIn } from '@gradus/contract/endpoint'
import type { verifyLog as endpoint, LogEntry as Shown } from '@gradus/contract/exams'
import type { DbOrTx } from '../db/database.ts'
import { complaintAbout, emptyLog, type LogEntry, type LogHead } from './log-entry.ts'
import { listEntries, selectHead, selectLogHead, selectOptionalMismatch } from './queries/log.ts'

/** An entry in the contract's shape. */
export const shownEntry = ({ seq, entry, sha256 }: LogEntry): Shown => ({ seq, entry, entry_sha256: sha256.toString('hex') })

export const readHead = async (db: DbOrTx, exam_id: string): Promise<Shown> => shownEntry(await selectHead(db, exam_id))

export const readEntries = async (db: DbOrTx, exam_id: string, { after, limit }: { after: number; limit: number }): Promise<Shown[]> =>
  (await listEntries(db, exam_id, after, limit)).map(shownEntry)

const PAGE = 1_000

/** Reads an exam's whole log: whether each entry follows the one before, the head is the last, and receipts are what they tell. */
export async function verifyLog(db: DbOrTx, exam_id: string): Promise<ReplyIn<typeof endpoint>> {
  const stored = await selectLogHead(db, exam_id)
  let head: LogHead = emptyLog
  let broken: { broken_at: number; complaint: string } | null = null
  for (
    let page = await listEntries(db, exam_id, 0, PAGE);
    page.length > 0 && broken === null;
    page = await listEntries(db, exam_id, head.seq, PAGE)
  ) {
    for (const entry of page) {
      const complaint = complaintAbout(head, entry, exam_id)
      if (complaint !== null) {
        broken = { broken_at: entry.seq, complaint }
        break
      }
      head = entry
    }
  }
  // Entries may have come while we read; fewer than the head says were taken away.
  if (broken === null && head.seq < stored.seq) broken = { broken_at: head.seq + 1, complaint: 'entries are missing at the end' }
  const mismatch = broken === null ? await selectOptionalMismatch(db, exam_id) : undefined
  if (mismatch !== undefined) broken = { broken_at: mismatch.seq, complaint: 'what is kept is not what it tells' }
  return {
    is_intact: broken === null,
    entry_count: head.seq,
    broken_at: broken?.broken_at ?? null,
    complaint: broken?.complaint ?? null,
    head: await readHead(db, exam_id),
  }
}
