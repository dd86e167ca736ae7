import { createHash } from 'node:crypto'
import type { Client } from '@gradus/client/client'
import { ApiProblem } from '@gradus/client/problem'
import { submit } from '@gradus/contract/submissions'
import { inParallel } from './in-parallel.ts'
import type { Submission } from './pack.ts'

/** A hand-in that the server has acknowledged. */
export interface Receipt {
  id: string
  submission: Submission
  content_sha256: string
  submitted_at: string
}

export interface HandedIn {
  receipts: Receipt[]
  /** Milliseconds as the student waits for them, repeats included; replays of an earlier try left out. */
  latencies_ms: number[]
  /** Hand-ins that an earlier try of this run had made already. */
  replayed: number
  /** Refusals by code. */
  refused: Map<string, number>
  took_ms: number
}

/**
 * Hands everything in: each student's work one after the other in the order of the data, `most` students at once. The
 * key of a hand-in is its place in the data, so whatever is repeated is handed in once.
 */
export async function handInAll(
  run: string,
  submissions: readonly Submission[],
  students: ReadonlyMap<string, Client>,
  places: ReadonlyMap<string, string>,
  most: number,
  onOne: (count: number, elapsed_ms: number) => void,
): Promise<HandedIn> {
  const all: HandedIn = { receipts: [], latencies_ms: [], replayed: 0, refused: new Map(), took_ms: 0 }
  const queues = Map.groupBy(submissions.entries(), ([, submission]) => submission.student)
  const began = performance.now()
  await inParallel(most, queues, async ([student, own]) => {
    for (const [number, submission] of own) {
      const sent_at = performance.now()
      try {
        const receipt = await students.get(student)!.call(submit, {
          params: { assignment_question_id: places.get(submission.exercise)! },
          body: { language: 'c', code: submission.code, client: 'replay' },
          idempotency_key: `replay-${run}-${number}`,
        })
        all.receipts.push({ id: receipt.id, submission, content_sha256: receipt.content_sha256, submitted_at: receipt.submitted_at })
        if (receipt.is_replay) all.replayed++
        else all.latencies_ms.push(performance.now() - sent_at)
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.code === 'network' || error.status === 401) throw error
        all.refused.set(error.code, (all.refused.get(error.code) ?? 0) + 1)
      }
      onOne(all.receipts.length, performance.now() - began)
    }
  })
  all.took_ms = performance.now() - began
  return all
}

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')
