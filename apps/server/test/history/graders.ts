import { setTimeout as sleep } from 'node:timers/promises'
import type { LeasedJob } from '@gradus/contract/grading'
import type { Cluster } from './cluster.ts'
import type { History, Report } from './history.ts'

/**
 * A grading machine that speaks the lease-and-report interface over HTTP and behaves as machines do: works, dies holding a job,
 * comes back after its lease, reports twice, fails.
 */
export async function grade(
  cluster: Cluster,
  token: string,
  name: string,
  isOver: () => boolean,
  isCalm: () => boolean,
  lease_seconds: number,
  random: () => number,
  history: History,
): Promise<void> {
  const call = async (path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> } | null> => {
    const base_url = cluster.base_urls[Math.floor(random() * cluster.base_urls.length)]!
    try {
      const response = await fetch(base_url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(5_000),
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
    } catch {
      return null
    }
  }

  const report = async (job: LeasedJob, marker: string): Promise<void> => {
    const entry: Report = {
      job_id: job.job_id,
      lease_token: job.lease_token,
      code: codeOf(job),
      marker,
      sent_at: Date.now(),
      status: null,
      is_replay: null,
      answered_at: null,
    }
    history.reports.push(entry)
    const points = Number.parseInt(marker.slice(0, 2), 36) % 2
    const answer = await call(`/api/grading/jobs/${job.job_id}/result`, {
      lease_token: job.lease_token,
      report: {
        compile_output: '',
        sandbox: 'wasm',
        runtime: marker,
        tests: job.spec.tests.map((t) => ({
          key: t.key,
          verdict: points === 1 ? 'accepted' : 'wrong_answer',
          time_ms: 1,
          memory_kb: null,
          detail: {},
        })),
      },
    })
    if (answer === null) return
    entry.status = answer.status
    entry.answered_at = Date.now()
    if (answer.status === 200) entry.is_replay = answer.body.is_replay === true
  }

  /**
   * Stopped past its lease, comes back and reports as if nothing had been: before the job waits again or, mostly, while somebody
   * else holds it. That instant is waited for, because on a busy machine it comes late and chance alone would miss it.
   */
  const reportLate = async (job: LeasedJob, marker: string): Promise<void> => {
    const is_early = random() < 0.3
    const delay_ms = random() * 300
    await sleep(lease_seconds * 1000)
    const held = (): number => history.leases.filter((l) => l.job_id === job.job_id).length
    for (const from = held(), until = Date.now() + 8_000; !is_early && held() === from && Date.now() < until && !isOver(); ) await sleep(20)
    await sleep(delay_ms)
    return report(job, marker)
  }
  const late: Promise<void>[] = []

  const work = async (job: LeasedJob): Promise<void> => {
    const marker = Math.floor(random() * 2 ** 40)
      .toString(36)
      .padStart(9, '0')
    const fate = isCalm() ? 0.5 : random()
    const token = { lease_token: job.lease_token }
    if (fate < 0.06) return // dies holding the job
    if (fate < 0.12) {
      late.push(reportLate(job, marker))
      return
    }
    if (fate < 0.16) {
      await call(`/api/grading/jobs/${job.job_id}/release`, { ...token, cause: random() < 0.7 ? 'shutdown' : 'failure', detail: 'planned' })
      return
    }
    if (fate < 0.24) {
      // Alive and slow: the heartbeat keeps the lease.
      await sleep(lease_seconds * 600)
      await call(`/api/grading/jobs/${job.job_id}/heartbeat`, { ...token, finished: [] })
      await sleep(lease_seconds * 600)
    } else if (history.leases.filter((l) => l.job_id === job.job_id).length > 1) {
      // Somebody else had it before: hold it long enough to be met by a late report.
      await sleep(lease_seconds * 800)
    } else await sleep(random() * 60)
    if (fate < 0.34) await Promise.all([report(job, marker), report(job, marker)])
    else await report(job, marker)
    // Without an answer the same report is sent again, as our worker does.
    for (let tries = 0; tries < 5 && history.reports.findLast((r) => r.marker === marker)?.status === null; tries++) {
      await sleep(150)
      await report(job, marker)
    }
  }

  while (!isOver()) {
    const answer = await call('/api/grading/lease', {
      worker: name,
      slots: 2,
      languages: [{ language: 'python', sandbox: 'wasm', runtime: 'history' }],
      max_jobs: 2,
      wait_seconds: 0.5,
    })
    const jobs = (answer?.status === 200 ? answer.body.jobs : []) as LeasedJob[]
    for (const job of jobs) history.leases.push({ job_id: job.job_id, lease_token: job.lease_token, code: codeOf(job), received_at: Date.now() })
    await Promise.all(jobs.map(work))
    if (jobs.length === 0) await sleep(50)
  }
  await Promise.all(late)
}

const codeOf = (job: LeasedJob): string => Buffer.from(job.code_base64, 'base64').toString()
