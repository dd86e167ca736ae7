import type { Client } from '@gradus/client/client'
import { ApiProblem } from '@gradus/client/problem'
import { backoff, isPassing, sleep } from '@gradus/client/retry'
import { type GradingReport, type LeasedJob, leaseJobs, releaseJob, reportResult, type workerLanguage } from '@gradus/contract/grading'
import type { Verdict } from '@gradus/contract/words'
import type { Logger } from 'pino'
import type { z } from 'zod'
import { BrokenOff, keepLease, type Lease, type ServerClock } from './lease.ts'

export type WorkerLanguage = z.infer<typeof workerLanguage>

/**
 * Grades one job. Calls `finished` after each test; stops soon after the signal, leaving no process behind. Throws only
 * for faults of ours, never for what the program does.
 */
export type Grade = (job: LeasedJob, finished: (key: string, verdict: Verdict) => void, signal: AbortSignal) => Promise<GradingReport>

export interface LoopOptions {
  client: Client
  name: string
  /** Jobs at once. */
  slots: number
  languages: WorkerLanguage[]
  grade: Grade
  log: Logger
  /** How long running work may finish after `stop`, before it is handed back. */
  grace_ms?: number
}

export interface Loop {
  /** Resolves when nothing runs any more; rejects when the server refuses this worker's key. */
  readonly done: Promise<void>
  /** Takes no new work; what runs may finish within the grace time, then it is handed back at no cost of a try. */
  stop(): void
  /** Hands everything back now. */
  abandon(): void
}

/** Waits between tries of a server that is away. */
const away = { base_ms: 250, max_ms: 5_000 }
const WAIT_SECONDS = 20
/** The lease call's own limit in the contract. */
const MOST_JOBS_A_LEASE = 32
/** How long a result is offered. The server takes it also after the lease, as long as nobody else was given the job. */
const REPORT_PATIENCE_MS = 120_000
/** How long a job that is handed back may try to say so when the process is about to end. */
const HAND_BACK_MS = 2_000

/**
 * Leases work and grades it, as many jobs at once as there are slots, until it is stopped. A result counts only under
 * its live lease, so at worst work is done twice and never counted twice.
 */
export function startLoop({ client, name, slots, languages, grade, log, grace_ms = 10_000 }: LoopOptions): Loop {
  const clock: ServerClock = { offset_ms: undefined }
  const stopping = new AbortController()
  const running = new Map<Lease, Promise<void>>()
  let grading = 0
  let onFree = () => {}
  let grace: NodeJS.Timeout | undefined

  /**
   * Jobs that may be taken now. A job that only waits for its result to be taken leaves its slot to the next one, but
   * no more results than slots may wait: a server that hands out work and takes no results gets no further.
   */
  const free = () => Math.min(slots - grading, 2 * slots - running.size)

  async function leaseForever(): Promise<void> {
    let failures = 0
    while (!stopping.signal.aborted) {
      while (free() <= 0 && !stopping.signal.aborted) {
        await new Promise<void>((resolve) => {
          onFree = resolve
        })
      }
      if (stopping.signal.aborted) return
      try {
        const { jobs } = await client.call(leaseJobs, {
          body: { worker: name, slots, languages, max_jobs: Math.min(free(), MOST_JOBS_A_LEASE), wait_seconds: WAIT_SECONDS },
          signal: stopping.signal,
        })
        if (failures > 0) log.info('the server is back')
        failures = 0
        for (const job of jobs) start(job)
      } catch (error) {
        if (stopping.signal.aborted) return
        if (error instanceof ApiProblem && (error.status === 401 || error.status === 403)) throw error
        failures++
        const { message, code, status, request_id } = error as Partial<ApiProblem>
        // Said once, not at every try: an hour without a server is one line.
        if (failures === 1) log.warn({ message, code, status, request_id }, 'no work can be leased; trying again until it can')
        const asked = error instanceof ApiProblem ? (error.retry_after_ms ?? 0) : 0
        await sleep(Math.max(Math.min(asked, 60_000), backoff(failures, away)), stopping.signal).catch(() => undefined)
      }
    }
  }

  function start(job: LeasedJob): void {
    const lease = keepLease(client, job, clock)
    if (stopping.signal.aborted) lease.breakOff('shutdown')
    const work = workOn(job, lease).finally(() => {
      running.delete(lease)
      onFree()
    })
    running.set(lease, work)
  }

  async function workOn(job: LeasedJob, lease: Lease): Promise<void> {
    const about = { job_id: job.job_id, kind: job.kind, language: job.language }
    const began = performance.now()
    try {
      const report = await gradeInSlot(job, lease)
      lease.signal.throwIfAborted()
      const graded_ms = Math.round(performance.now() - began)
      lease.reporting()
      await insist(AbortSignal.any([lease.signal, AbortSignal.timeout(REPORT_PATIENCE_MS)]), (signal) =>
        client.call(reportResult, { params: { job_id: job.job_id }, body: { lease_token: job.lease_token, report }, signal }),
      )
      log.info({ ...about, graded_ms, reported_ms: Math.round(performance.now() - began) - graded_ms, verdicts: countOf(report) }, 'graded')
    } catch (error) {
      await giveUp(job, lease, error).catch((failure: unknown) =>
        log.warn({ ...about, message: messageOf(failure) }, 'could not be handed back; the server takes it back when the lease ends'),
      )
    } finally {
      lease.end()
    }
  }

  async function gradeInSlot(job: LeasedJob, lease: Lease): Promise<GradingReport> {
    grading++
    try {
      return await grade(job, lease.finished, lease.signal)
    } finally {
      grading--
      onFree()
    }
  }

  /** Hands a job back, or lets go of it where it is not ours any more. */
  async function giveUp(job: LeasedJob, lease: Lease, error: unknown): Promise<void> {
    const about = { job_id: job.job_id, kind: job.kind, language: job.language }
    const reason: unknown = lease.signal.reason
    if (reason instanceof BrokenOff && reason.cause_of_end !== 'shutdown') {
      log.warn({ ...about, cause: reason.cause_of_end }, 'broken off: the lease does not hold any more')
      return
    }
    if (error instanceof ApiProblem && error.code === 'lease_lost') {
      log.warn(about, 'the result came too late; the job is someone else’s by now')
      return
    }
    const isShutdown = reason instanceof BrokenOff
    const detail = isShutdown ? '' : messageOf(error).slice(0, 2_000)
    if (isShutdown) log.info(about, 'handed back, because this worker is stopping')
    else log.error({ ...about, detail }, 'handed back, because grading itself failed')
    const body = { lease_token: job.lease_token, cause: isShutdown ? ('shutdown' as const) : ('failure' as const), detail }
    const until = isShutdown ? AbortSignal.timeout(HAND_BACK_MS) : lease.signal
    await insist(until, (signal) => client.call(releaseJob, { params: { job_id: job.job_id }, body, signal })).catch((failure: unknown) => {
      // The first try may have arrived although its answer was lost.
      if (!(failure instanceof ApiProblem && failure.code === 'lease_lost')) throw failure
    })
  }

  function abandon(): void {
    stopping.abort(new Error('stopping'))
    onFree()
    for (const lease of running.keys()) lease.breakOff('shutdown')
  }

  async function run(): Promise<void> {
    try {
      await leaseForever()
    } finally {
      // Work that started while this waited is waited for as well.
      while (running.size > 0) await Promise.all(running.values())
      clearTimeout(grace)
    }
  }

  return {
    done: run(),
    stop() {
      if (stopping.signal.aborted) return
      stopping.abort(new Error('stopping'))
      onFree()
      grace = setTimeout(abandon, grace_ms)
    },
    abandon,
  }
}

/** Repeats a call that the server treats the same however often it arrives, until it is answered or `until` ends it. */
async function insist<T>(until: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await call(until)
    } catch (error) {
      if (until.aborted || !isPassing(error)) throw error
      await sleep(Math.max(backoff(failures, away), error.retry_after_ms ?? 0), until)
    }
  }
}

function countOf(report: GradingReport): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const test of report.tests) counts[test.verdict] = (counts[test.verdict] ?? 0) + 1
  return counts
}

const messageOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
