import type { Client } from '@gradus/client/client'
import { sleep } from '@gradus/client/retry'
import { type GradingState, getSubmission, listCourseSubmissions, type Outcome } from '@gradus/contract/submissions'
import { getAdminSystem } from '@gradus/contract/system'
import { type Receipt, sha256 } from './hand-in.ts'
import { inParallel } from './in-parallel.ts'

const unfinished: readonly GradingState[] = ['queued', 'grading', 'retrying']
const LOOK_EVERY_MS = 1_000
/** With nothing graded for this long, the operator is told; for ten times as long, the replay ends. */
export const STALL_MS = 60_000

/** Waits until nothing of the course waits for its verdict. @throws where nothing has been graded for ten minutes */
export async function waitForVerdicts(
  teacher: Client,
  admin: Client,
  course_id: string,
  onLook: (look: { waiting: number; stalled_ms: number }) => void,
): Promise<void> {
  let least = Number.POSITIVE_INFINITY
  let least_at = performance.now()
  for (;;) {
    let isDone = true
    for (const state of unfinished) {
      const { submissions } = await teacher.call(listCourseSubmissions, { params: { course_id }, query: { state, limit: 1 } })
      if (submissions.length > 0) isDone = false
    }
    if (isDone) return
    const { queues } = await admin.call(getAdminSystem)
    const waiting = queues.reduce((sum, queue) => sum + queue.waiting + queue.pulled, 0)
    if (waiting < least) {
      least = waiting
      least_at = performance.now()
    }
    const stalled_ms = performance.now() - least_at
    if (stalled_ms > 10 * STALL_MS) throw new Error(`${waiting} jobs wait and none has been graded for ten minutes.`)
    onLook({ waiting, stalled_ms })
    await sleep(LOOK_EVERY_MS)
  }
}

export interface Collected {
  /** By hand-in id; null where the server knows the hand-in but has no verdict. */
  outcomes: Map<string, Outcome | null>
  /** Acknowledged hand-ins that the server does not list, holds with other bytes, or holds no verdict for. */
  missing: number
  altered: number
  without_verdict: number
  /** Hand-ins that nobody was given a receipt for. */
  unasked: number
}

/** Reads back every hand-in of the course, byte for byte, and compares it with its receipt. */
export async function collect(teacher: Client, course_id: string, receipts: readonly Receipt[], onOne: (count: number) => void): Promise<Collected> {
  const listed = new Set<string>()
  let cursor: string | null | undefined
  do {
    const page = await teacher.call(listCourseSubmissions, { params: { course_id }, query: { limit: 200, cursor: cursor ?? undefined } })
    for (const one of page.submissions) listed.add(one.id)
    cursor = page.next_cursor
  } while (cursor !== null)

  const all: Collected = { outcomes: new Map(), missing: 0, altered: 0, without_verdict: 0, unasked: 0 }
  const known = new Set(receipts.map((receipt) => receipt.id))
  for (const id of listed) if (!known.has(id)) all.unasked++
  await inParallel(4, receipts, async (receipt) => {
    if (!listed.has(receipt.id)) {
      all.missing++
      return
    }
    const stored = await teacher.call(getSubmission, { params: { submission_id: receipt.id } })
    const sent = Buffer.from(receipt.submission.code, 'utf8')
    const isExact = sent.equals(Buffer.from(stored.code_base64 ?? '', 'base64')) && sha256(receipt.submission.code) === receipt.content_sha256
    if (!isExact) all.altered++
    if (stored.progress.outcome === null) all.without_verdict++
    all.outcomes.set(receipt.id, stored.progress.outcome)
    onOne(all.outcomes.size)
  })
  return all
}
