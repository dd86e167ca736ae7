import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Db } from '../db/database.ts'
import { verifyLog } from '../depository/verify-log.ts'
import { BlobGone, type Blobs } from '../storage/blobs.ts'
import { rebuildScores } from '../submissions/rebuild-scores.ts'
import { isStillKept, listComplaints, listExamIds, listKeptFiles } from './queries/check.ts'

export interface CheckReport {
  is_sound: boolean
  /** What does not hold, each in a sentence, with how often. */
  complaints: { what: string; count: number }[]
  checked: { files: number; scores: number; exam_logs: number }
  /** Cached scores that differed from what the events say, and say it now. */
  mended_scores: number
}

const PAGE = 500

/**
 * Holds an installation against what must always be true (domain.md): every acknowledged hand-in byte-exact, attempts counted, one current result,
 * scores what their events say, logs of exams unbroken, every file there with its size, and with `with_hashes` its SHA-256. Works beside a running
 * Gradus. Changes nothing but cached scores.
 */
export async function checkInstallation(db: Db, blobs: Blobs, { with_hashes }: { with_hashes: boolean }): Promise<CheckReport> {
  const complaints = (await listComplaints(db)).filter(({ count }) => count > 0)
  const exams = await listExamIds(db)
  for (const exam_id of exams) {
    const { is_intact, complaint, broken_at } = await verifyLog(db, exam_id)
    if (!is_intact) complaints.push({ what: `the log of exam ${exam_id} is broken at entry ${broken_at}: ${complaint}`, count: 1 })
  }
  const { checked, changed } = await rebuildScores(db)
  const files = await checkFiles(db, blobs, with_hashes)
  if (files.missing > 0) complaints.push({ what: 'files whose bytes are missing', count: files.missing })
  if (files.wrong > 0) complaints.push({ what: 'files whose bytes are not those that were handed in', count: files.wrong })
  return {
    is_sound: complaints.length === 0,
    complaints,
    checked: { files: files.checked, scores: checked, exam_logs: exams.length },
    mended_scores: changed,
  }
}

async function checkFiles(db: Db, blobs: Blobs, with_hashes: boolean): Promise<{ checked: number; missing: number; wrong: number }> {
  const found = { checked: 0, missing: 0, wrong: 0 }
  let last = ''
  for (;;) {
    const page = await listKeptFiles(db, last, PAGE)
    for (const { object_key, size_bytes, sha256 } of page) {
      try {
        const { stream, size_bytes: stored_bytes } = await blobs.read(object_key)
        const is_right = stored_bytes === size_bytes && (!with_hashes || (await hashOf(stream)).equals(sha256))
        stream.destroy()
        found.checked++
        if (!is_right) found.wrong++
      } catch (error) {
        if (!(error instanceof BlobGone)) throw error
        if (await isStillKept(db, object_key)) found.missing++
      }
    }
    if (page.length < PAGE) return found
    last = page.at(-1)!.object_key
  }
}

async function hashOf(stream: Readable): Promise<Buffer> {
  const hash = createHash('sha256')
  for await (const chunk of stream) hash.update(chunk as Buffer)
  return hash.digest()
}
