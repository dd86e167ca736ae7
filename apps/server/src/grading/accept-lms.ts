import { createHash } from 'node:crypto'
import { crashPoint } from '../db/crash-point.ts'
import { brokenConstraint, type Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { type CallbackPolicy, hostOf, refusalOfAddress } from '../outbox/destination.ts'
import { waitingIn } from '../queue/external-queues.ts'
import { readLmsHeader, refsOf } from './lms-header.ts'
import { COUNTED_LENGTH, type NewLmsSubmission, submitLms } from './queries/xqueue.ts'

/** A file of a hand-in whose bytes are durable already. */
export interface LmsFile {
  name: string
  object_key: string
  size_bytes: number
  sha256: Buffer
}

export type Accepted =
  | { outcome: 'accepted'; strict_status: boolean; length: number }
  | { outcome: 'invalid' }
  | { outcome: 'no_session' }
  | { outcome: 'unknown_queue'; strict_status: boolean; queue: string }
  | { outcome: 'callback_refused'; why: string }

/** Of hand-ins with one callback address that come at the same instant, each sees the one before only when it is stored: it tries again. */
async function insertInTurn(db: Db, token_hash: Buffer, submission: NewLmsSubmission): ReturnType<typeof submitLms> {
  for (let tries = 1; ; tries++) {
    try {
      return await submitLms(db, token_hash, submission)
    } catch (error) {
      if (brokenConstraint(error) !== 'grading_jobs_supersede_key' || tries === 20) throw error
    }
  }
}

/** Lengths of long lines, known to the second: counting 20,000 jobs with every hand-in would cost more than the hand-in. */
export interface LineLengths {
  read(queue: string): Promise<number>
}

const FRESH_MS = 1_000

export function openLineLengths(db: Db): LineLengths {
  const known = new Map<string, { at: number; length: Promise<number> }>()
  return {
    read(queue) {
      const last = known.get(queue)
      if (last !== undefined && performance.now() - last.at < FRESH_MS) return last.length
      const length = waitingIn(db, queue)
      // A failed count is not kept.
      length.catch(() => known.delete(queue))
      known.set(queue, { at: performance.now(), length })
      return length
    },
  }
}

/**
 * Takes a hand-in of an LMS: when it returns `accepted`, header, body, files and job are durable in one transaction, and an earlier
 * hand-in with the same whole callback address that is not graded yet has made way. Header and body are kept byte for byte.
 */
export async function acceptLms(
  { db, policy, lengths }: { db: Db; policy: CallbackPolicy; lengths: LineLengths },
  token_hash: Buffer | null,
  { header, body, files }: { header: string; body: string; files: readonly LmsFile[] },
): Promise<Accepted> {
  if (token_hash === null) return { outcome: 'no_session' }
  const said = readLmsHeader(header)
  if (said === null) return { outcome: 'invalid' }
  const why = refusalOfAddress(said.callback_url, policy)
  if (why !== null) return { outcome: 'callback_refused', why }
  const submission = {
    ...{ id: newId(), job_id: newId(), queue: said.queue, header: Buffer.from(header), body: Buffer.from(body) },
    callback_url: said.callback_url,
    callback_host: hostOf(said.callback_url)!,
    callback_sha256: createHash('sha256').update(said.callback_url).digest(),
    ...refsOf(said.callback_url, body),
    files: files.map(({ sha256, ...file }) => ({ id: newId(), ...file, sha256: sha256.toString('hex') })),
  }
  const { is_in, is_accepted, strict_status, length } = await insertInTurn(db, token_hash, submission)
  if (!is_in) return { outcome: 'no_session' }
  if (!is_accepted) return { outcome: 'unknown_queue', strict_status, queue: said.queue }
  crashPoint('x1_lms_committed')
  return { outcome: 'accepted', strict_status, length: length > COUNTED_LENGTH ? await lengths.read(said.queue).catch(() => length) : length }
}
