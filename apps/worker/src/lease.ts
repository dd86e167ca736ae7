import type { Client } from '@gradus/client/client'
import { ApiProblem } from '@gradus/client/problem'
import { heartbeat, type LeasedJob } from '@gradus/contract/grading'
import type { Verdict } from '@gradus/contract/words'

/** Why the work on a job was broken off. */
export type Cause = 'lease_lost' | 'lease_ends' | 'hard_cap' | 'shutdown'
export class BrokenOff extends Error {
  override name = 'BrokenOff'
  readonly cause_of_end: Cause
  constructor(cause: Cause) {
    super(cause)
    this.cause_of_end = cause
  }
}

/**
 * What this machine knows of the database's clock. Wall clocks may be hours apart (fault 12), so the hard cap, an
 * instant of the database, is read on our monotonic clock by the distance that heartbeats show.
 */
export interface ServerClock {
  /** Database time minus `performance.now()`, in milliseconds; undefined until a heartbeat told. */
  offset_ms: number | undefined
}

/** A finished test is told no sooner than this after the lease: shorter jobs send nothing but their result. */
export const QUIET_MS = 150
/** News of finished tests keeps this distance. */
const NEWS_EVERY_MS = 250
/** A heartbeat that failed is tried again after this, well within any lease. */
const AGAIN_MS = 1_000

/** Milliseconds from now to an instant of the monotonic clock; 0 where it has passed. */
const until = (instant: number): number => Math.max(0, instant - performance.now())

export interface Lease {
  /** Aborted, with a BrokenOff as reason, when the work must stop at once. */
  readonly signal: AbortSignal
  /** Tells the page about a finished test, with the next heartbeat. */
  finished(key: string, verdict: Verdict): void
  /** Breaks the work off. */
  breakOff(cause: Cause): void
  /** The work is done: heartbeats go on, but the fence falls, since the server's answer to the report decides alone. */
  reporting(): void
  /** Ends heartbeats and fence. Must be called however the work ended (reliability rule 4). */
  end(): void
}

/**
 * Keeps a lease alive for exactly as long as the work on it: a heartbeat every third of the lease, and a fence on our
 * own monotonic clock that stops the work before the lease can have ended on the server, whatever the network does.
 */
export function keepLease(client: Client, job: LeasedJob, clock: ServerClock): Lease {
  const lease_ms = job.lease_seconds * 1000
  const margin_ms = Math.min(2_000, lease_ms / 10)
  const cap = Date.parse(job.hard_cap_at)
  const began = performance.now()
  const stop = new AbortController()
  /** Ends the heartbeats under way; apart from `stop`, which ends the work. */
  const ended = new AbortController()
  let is_reporting = false
  let news: { key: string; verdict: Verdict }[] = []
  let is_beating = false
  let last_news = Number.NEGATIVE_INFINITY
  let next_beat = began + lease_ms / 3
  let beat: NodeJS.Timeout | undefined
  let fence: NodeJS.Timeout | undefined

  const breakOff = (cause: Cause) => stop.abort(new BrokenOff(cause))

  function raiseFence(lease_end: number): void {
    clearTimeout(fence)
    if (is_reporting || ended.signal.aborted) return
    const cap_end = clock.offset_ms === undefined ? Number.POSITIVE_INFINITY : cap - clock.offset_ms
    const cause = cap_end < lease_end ? 'hard_cap' : 'lease_ends'
    fence = setTimeout(() => breakOff(cause), until(Math.min(cap_end, lease_end) - margin_ms))
  }

  function schedule(): void {
    if (is_beating || ended.signal.aborted) return
    clearTimeout(beat)
    const news_at = news.length === 0 || is_reporting ? Number.POSITIVE_INFINITY : Math.max(began + QUIET_MS, last_news + NEWS_EVERY_MS)
    beat = setTimeout(sendBeat, until(Math.min(next_beat, news_at)))
  }

  async function sendBeat(): Promise<void> {
    is_beating = true
    const sent = news
    const sent_at = performance.now()
    news = []
    last_news = sent_at
    try {
      const body = { lease_token: job.lease_token, finished: sent }
      const { lease_expires_at } = await client.call(heartbeat, {
        params: { job_id: job.job_id },
        body,
        signal: ended.signal,
        timeout_ms: lease_ms / 3,
      })
      const expires = Date.parse(lease_expires_at)
      // A lease that the cap cut short says nothing about the server's clock.
      if (expires < cap) clock.offset_ms = expires - lease_ms - sent_at
      next_beat = sent_at + lease_ms / 3
      raiseFence(sent_at + lease_ms)
    } catch (error) {
      if (ended.signal.aborted) return
      if (error instanceof ApiProblem && (error.code === 'lease_lost' || error.status === 404)) {
        if (!is_reporting) breakOff('lease_lost')
        return
      }
      news = [...sent, ...news]
      next_beat = performance.now() + Math.min(AGAIN_MS, lease_ms / 3)
      last_news = next_beat
    } finally {
      is_beating = false
      schedule()
    }
  }

  raiseFence(began + lease_ms)
  schedule()
  return {
    signal: stop.signal,
    finished(key, verdict) {
      news.push({ key, verdict })
      schedule()
    },
    breakOff,
    reporting() {
      is_reporting = true
      clearTimeout(fence)
      schedule()
    },
    end() {
      ended.abort(new Error('the work has ended'))
      clearTimeout(beat)
      clearTimeout(fence)
    },
  }
}
