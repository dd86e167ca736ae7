import { createHash } from 'node:crypto'
import { crashPoint } from '../db/crash-point.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { Problem } from '../http/problems.ts'
import { finishJob } from '../queue/finish.ts'
import type { JobSubject } from '../queue/job.ts'
import { readToken } from '../queue/lease.ts'
import { noteRefused } from '../queue/note-refused.ts'
import { type Answer, readAnswer, readAnswerOf } from './answer.ts'
import { cleanHtml } from './clean-html.ts'
import { selectOptionalMeasure } from './queries/work.ts'
import { type PutFacts, putLms } from './queries/xqueue.ts'
import { externalOutcome, type OutcomeOfTests, recordOutcome } from './record-outcome.ts'

export type Taken =
  | { outcome: 'taken' | 'taken_before' | 'unknown' | 'wrong_key'; strict_status: boolean; about: PutFacts }
  /** The answer cannot be used; nothing was changed but a note of why. */
  | { outcome: 'refused'; strict_status: boolean; why: string; about: PutFacts }
  | { outcome: 'no_session' }

/**
 * Takes an external grader's answer under its key: for an LMS's hand-in the job is retired and the answer, as it came, on its way back;
 * for a learner's the result and the score are written. All of it in one transaction or nothing (R90). The same answer again under the
 * same key is recognised and changes nothing; a key that another delivery replaced is worth nothing (xqueue.md section 6 rules 8, 12).
 */
export async function takeReply(
  { db, wake }: { db: Db; wake: () => void },
  token_hash: Buffer | null,
  { xqueue_id, key, reply }: { xqueue_id: number; key: string; reply: string },
): Promise<Taken> {
  if (token_hash === null) return { outcome: 'no_session' }
  const bytes = Buffer.from(reply)
  const report_sha256 = createHash('sha256').update(bytes).digest()
  const answer = readAnswer(reply)
  // A key that cannot be one of ours is looked up all the same: what the job is decides the answer.
  const proof = readToken(key) ?? { lease_generation: 0, lease_hash: Buffer.alloc(32) }
  const look = (takes: boolean): Promise<PutFacts> =>
    putLms(db, token_hash, { xqueue_id, ...proof, report_sha256, reply: bytes, takes, callback_id: newId() })
  let about = await look(answer.kind !== 'refused')
  if (about.is_retired) {
    crashPoint('x3_put_committed')
    wake()
  } else if (about.kind === 'lms' && about.is_key && about.status !== 'retired' && answer.kind !== 'refused') {
    // The same key arrived at the same instant: what the other call left is read once more.
    about = await look(true)
    if (about.is_retired) wake()
  }
  const { is_in, strict_status } = about
  if (!is_in) return { outcome: 'no_session' }
  if (about.job_id === null || !about.is_allowed) return { outcome: 'unknown', strict_status, about }
  if (about.is_retired) return { outcome: 'taken', strict_status, about }
  if (!about.is_key) return { outcome: 'wrong_key', strict_status, about }
  if (about.status === 'retired') return { outcome: about.is_same_reply ? 'taken_before' : 'wrong_key', strict_status, about }
  if (about.kind !== 'lms')
    return {
      ...(await takeOfLearner(db, { job_id: about.job_id, key, reply, bytes, report_sha256, username: about.username! })),
      strict_status,
      about,
    }
  if (answer.kind !== 'refused') return { outcome: 'wrong_key', strict_status, about }
  await noteRefused(db, about.job_id, proof.lease_generation, answer.why)
  return { outcome: 'refused', strict_status, why: answer.why, about }
}

class Refused extends Error {
  override name = 'Refused'
}

/** The same for a hand-in or a try of ours, whose points are known. */
async function takeOfLearner(
  db: Db,
  of: { job_id: string; key: string; reply: string; bytes: Buffer; report_sha256: Buffer; username: string },
): Promise<{ outcome: 'taken' | 'taken_before' | 'wrong_key' } | { outcome: 'refused'; why: string }> {
  try {
    return await transact(db, async (tx) => {
      const job = await finishJob(tx, { job_id: of.job_id, lease_token: of.key, report_sha256: of.report_sha256, reply: of.bytes })
      if (job === null) return { outcome: 'taken_before' as const }
      await record(tx, job, of)
      crashPoint('w3_result_written')
      return { outcome: 'taken' as const }
    })
  } catch (error) {
    if (error instanceof Problem && error.code === 'lease_lost') return { outcome: 'wrong_key' }
    if (!(error instanceof Refused)) throw error
    await noteRefused(db, of.job_id, readToken(of.key)!.lease_generation, error.message)
    return { outcome: 'refused', why: error.message }
  }
}

async function record(tx: Tx, job: JobSubject, { reply, username }: { reply: string; username: string }): Promise<void> {
  const measure = job.kind === 'lms' ? undefined : await selectOptionalMeasure(tx, job.kind, job.subject_id)
  await recordOutcome(tx, job, measure, (of): OutcomeOfTests => {
    const points_possible = of.tests.reduce((sum, test) => sum + test.points, 0)
    const answer: Answer = readAnswerOf(reply, points_possible)
    if (answer.kind !== 'scored') throw new Refused(answer.kind === 'refused' ? answer.why : '')
    return externalOutcome(of, { ...answer, points_possible, message_html: cleanHtml(answer.msg), grader: username })
  })
}
