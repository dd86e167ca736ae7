import { createHash } from 'node:crypto'
import { backoff, sleep } from '@gradus/client/retry'
import type { GradeJob, GradingReport } from '@gradus/sandbox/grade'
import type { Logger } from 'pino'
import { type Delivery, readWork, Unreadable, type Work } from './delivery.ts'
import { NoAnswer, TooLarge } from './exchange.ts'
import { BadPayload, type Exercise } from './exercise.ts'
import { fetchCode, MAX_FILE_BYTES } from './fetch-code.ts'
import { type Reply, refusal, replyTo } from './reply.ts'
import { Refused, type XQueueClient } from './xqueue-client.ts'

/** A submission we hold. Handed out to us again while we work on it, it has a new header and a new end of its lease. */
export interface Held {
  delivery: Delivery
  /** On our monotonic clock, in milliseconds. */
  lease_end: number
}

export interface Means {
  client: XQueueClient
  /** Throws BadPayload. */
  readExercise: (payload: unknown) => Promise<Exercise>
  /** Why this machine cannot grade a language; null where it can. */
  lacks: (language: Exercise['language']) => string | null
  /** Throws only for faults of ours, never for what the program does; stops soon after the signal. */
  grade: (job: GradeJob, signal: AbortSignal) => Promise<GradingReport>
  log: Logger
  /** Breaks the work off. */
  signal: AbortSignal
  /** Called once the grading is over and only the result has to arrive. */
  onGraded: () => void
  /** True the first time it is asked about these words. */
  isNews: (words: string) => boolean
}

/** Waits between tries of a server that is away. */
const away = { base_ms: 250, max_ms: 5_000 }

/**
 * Grades one submission and puts its result; true once the server has it. A submission that cannot be graded is left
 * unanswered, with the reason in the log, because no answer of this protocol says "not your fault": the server hands it
 * out again when its lease ends. Never throws.
 */
export async function answer(held: Held, means: Means): Promise<boolean> {
  const { log, signal, isNews } = means
  const about = { submission_id: held.delivery.submission_id }
  let payload: unknown
  try {
    const began = performance.now()
    const work = readWork(held.delivery)
    payload = work.payload
    const graded = await gradeHeld(held, work, means)
    const graded_ms = Math.round(performance.now() - began)
    means.onGraded()
    if (graded === null) return false
    await putUntilAnswered(held, JSON.stringify(graded.reply), means)
    const { language, counts, reply } = graded
    log.info(
      { ...about, language, score: reply.score, verdicts: counts, graded_ms, put_ms: Math.round(performance.now() - began) - graded_ms },
      'graded',
    )
    return true
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (signal.aborted) log.info(about, 'let go, because the bridge is stopping; the queue hands it out again')
    else if (error instanceof BadPayload || error instanceof Unreadable) {
      // A payload stands in the course, so it comes with every learner, and for ever.
      if (isNews(`${hash(payload)} ${message}`))
        log.error({ ...about, reason: message }, 'cannot be graded until its author changes it; not answered')
    } else if (error instanceof Refused)
      log.error({ ...about, status: error.status, reason: message }, 'the queue refused the result or the file; not answered')
    else log.error({ ...about, reason: message }, 'not answered; the queue hands it out again')
    return false
  }
}

interface Graded {
  reply: Reply
  language: Exercise['language']
  counts: Record<string, number>
}

/** Null where it must be left, and the log has said why. */
async function gradeHeld(held: Held, work: Work, means: Means): Promise<Graded | null> {
  const { client, readExercise, lacks, grade, log, signal, isNews } = means
  const about = { submission_id: held.delivery.submission_id }
  const { language, spec } = await readExercise(work.payload)
  const lack = lacks(language)
  if (lack !== null) {
    if (isNews(`language ${language}`)) log.error({ ...about, language, reason: lack }, 'this language cannot be graded here; not answered')
    return null
  }
  const code = await insist(held, signal, () => fetchCode(work, client)).catch((error: unknown) => {
    if (error instanceof TooLarge) return null
    throw error
  })
  if (code === null) {
    log.warn(about, 'the file is too large; answered so')
    const reply = refusal(`The file is larger than ${MAX_FILE_BYTES / 1_048_576} MB, so it was not graded. Hand in a smaller one.`)
    return { reply, language, counts: {} }
  }
  const report = await grade({ language, code, spec }, signal)
  const reply = replyTo(spec, report)
  if (reply === null) {
    const reason = report.tests.find((test) => test.verdict === 'internal_error')?.detail.message ?? 'a test has no verdict'
    log.error({ ...about, language, reason: reason.slice(0, 500) }, 'grading itself failed; not answered')
    return null
  }
  return { reply, language, counts: countsOf(report) }
}

/**
 * Offers a result until the server says yes or no, for as long as the lease lasts and once at least: afterwards someone
 * else may have the submission. Repeating is safe, because servers take the same result again or refuse it.
 */
async function putUntilAnswered(held: Held, body: string, { client, signal }: Means): Promise<void> {
  for (;;) {
    const { header } = held.delivery
    try {
      return await insist(held, signal, () => client.put(header, body))
    } catch (error) {
      // Its lease ended while we graded, and it came to us again: the result counts under the key it has now.
      const is_old = error instanceof Refused && error.about === 'call' && held.delivery.header !== header
      if (!is_old) throw error
    }
  }
}

/** Repeats a call that was not answered, within the lease. */
async function insist<T>(held: Held, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await call()
    } catch (error) {
      if (signal.aborted || !(error instanceof NoAnswer)) throw error
      const wait_ms = backoff(failures, away)
      if (performance.now() + wait_ms > held.lease_end) throw error
      await sleep(wait_ms, signal)
    }
  }
}

function countsOf(report: GradingReport): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { verdict } of report.tests) counts[verdict] = (counts[verdict] ?? 0) + 1
  return counts
}

/** Names a payload in a few bytes: it may hold hidden tests, and there may be many of them. */
const hash = (payload: unknown): string =>
  createHash('sha256')
    .update(typeof payload === 'string' ? payload : JSON.stringify(payload ?? null))
    .digest('hex')
