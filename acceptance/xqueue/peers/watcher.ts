import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, type Reply, TimedOut } from './connection.ts'
import { readEnvelope, readSubmission, type Submission } from './envelope.ts'
import type { Grade } from './toy-grader.ts'

/** In what the two generations of xqueue-watcher differ (xqueue.md 1.8). */
export interface Manners {
  signIn(connection: Connection, as: { username: string; password: string }): Promise<void>
  /** Answers that mean: log in again and ask once more. */
  isSignedOut(status: number): boolean
  /** How often it logs in again for one call; the older generation knows no bound. */
  sign_ins: number
}

export interface WatcherOptions {
  base_url: string
  queue: string
  username: string
  password: string
  grade: Grade
  poll_ms?: number
  timeout_ms?: number
  /** An outer layer for a proxy; sent on every request. */
  basic?: string
}

/** What one thread of a watcher went through. */
export interface Watched {
  polls: number
  pulled: Submission[]
  /** Acknowledged with return code 0. */
  posted: number
  /** Told otherwise, logged and dropped. */
  refused: string[]
  crashed: number
  timeouts: number
  sign_ins: number
  put_ms: number[]
}

/**
 * One thread of a watcher: one session, one connection. It polls until `signal`; what it holds then is finished. A grade that is refused
 * is dropped, one whose answer times out is taken for delivered, and a handler that throws posts nothing.
 */
export async function watch(manners: Manners, options: WatcherOptions, signal: AbortSignal): Promise<Watched> {
  const { base_url, queue, username, password, grade, poll_ms = 1_000, timeout_ms = 1_000, basic } = options
  const connection = new Connection(base_url, { timeout_ms, basic })
  const seen: Watched = { polls: 0, pulled: [], posted: 0, refused: [], crashed: 0, timeouts: 0, sign_ins: 0, put_ms: [] }
  const pause = (): Promise<unknown> => sleep(poll_ms, undefined, { signal }).catch(() => {})

  const signIn = async (): Promise<void> => {
    connection.cookies.clear()
    for (const name of ['X-CSRFToken', 'Referer']) delete connection.headers[name]
    seen.sign_ins++
    await manners.signIn(connection, { username, password })
  }
  const call = async (ask: () => Promise<Reply>): Promise<Reply> => {
    let reply = await ask()
    for (let tries = 0; manners.isSignedOut(reply.status) && tries < manners.sign_ins && !signal.aborted; tries++) {
      await signIn()
      reply = await ask()
    }
    return reply
  }
  /** 'again' polls at once, 'pause' sleeps first. */
  const round = async (): Promise<'again' | 'pause'> => {
    let submission: Submission
    try {
      seen.polls++
      const reply = await call(() => connection.ask(`/xqueue/get_submission/?queue_name=${encodeURIComponent(queue)}`))
      const { isOk, content } = readEnvelope(reply.text)
      if (reply.status !== 200 || !isOk) return 'pause'
      submission = readSubmission(content)
      seen.pulled.push(submission)
    } catch (error) {
      if (!(error instanceof TimedOut)) return 'pause'
      seen.timeouts++
      return 'again'
    }
    let answer: string
    try {
      answer = await grade(submission)
    } catch {
      seen.crashed++
      return 'pause'
    }
    const started = performance.now()
    try {
      const reply = await call(() => connection.post('/xqueue/put_result/', { xqueue_body: answer, xqueue_header: submission.header }))
      const { isOk, content } = readEnvelope(reply.text)
      if (reply.status === 200 && isOk) {
        seen.posted++
        return 'again'
      }
      seen.refused.push(`${reply.status} ${content}`)
      return 'pause'
    } catch (error) {
      if (!(error instanceof TimedOut)) return 'pause'
      seen.timeouts++
      return 'again'
    } finally {
      seen.put_ms.push(performance.now() - started)
    }
  }

  try {
    // Nobody there at the first login: the real thread dies of it, and so does this one.
    await signIn()
    while (!signal.aborted) if ((await round()) === 'pause') await pause()
  } finally {
    connection.close()
  }
  return seen
}
