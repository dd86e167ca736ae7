import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Endpoint } from '@gradus/contract/endpoint'
import { type GradingReport, heartbeat, type LeasedJob, leaseJobs, releaseJob, reportResult } from '@gradus/contract/grading'
import { type ProblemCode, problems } from '@gradus/contract/problems'
import { questionSpec } from '@gradus/contract/questions'
import type { Language } from '@gradus/contract/words'

/** One job with the facts of its life. */
export interface Job {
  id: string
  language: Language
  code: string
  spec: LeasedJob['spec']
  status: 'pending' | 'pulled' | 'retired' | 'failed'
  tries: number
  token: string
  /** Server time. */
  lease_end: number
  hard_cap: number
  leased_by: string[]
  /** Test keys in the order in which heartbeats told them, and how many heartbeats came. */
  told: string[]
  heartbeats: number
  report: GradingReport | undefined
  released: { cause: string; detail: string }[]
}

export const spec = (tests = 1): LeasedJob['spec'] =>
  questionSpec.parse({
    kind: 'io',
    languages: { python: {} },
    tests: Array.from({ length: tests }, (_, i) => ({
      key: `t${i}`,
      name: `Test ${i}`,
      stdin: `${i}\n`,
      expected_stdout: `${i}\n`,
      time_ms: 10_000,
    })),
  })

interface Options {
  lease_seconds?: number
  hard_cap_ms?: number
  /** How far the server's clock is from this machine's. */
  skew_ms?: number
}

/**
 * The grading endpoints of the contract with the lease rules of reliability-security.md 1.2, in memory: a fresh token
 * on every lease, every call under the live token, hard cap, three tries. It can go away and come back with its jobs.
 */
export async function leaseServer({ lease_seconds = 30, hard_cap_ms = 60_000, skew_ms = 0 }: Options = {}) {
  const key = `gk_${randomBytes(24).toString('base64url')}`
  const jobs: Job[] = []
  const refused: { path: string; code: string }[] = []
  const waiting = new Set<() => void>()
  let isMute = false
  let isSweeping = true
  let port = 0
  let server: Server | undefined
  const wake = () => {
    for (const resolve of waiting) resolve()
    waiting.clear()
  }
  const now = () => Date.now() + skew_ms

  function live(id: string, token: string): Job {
    const job = jobs.find((one) => one.id === id)
    if (job?.status !== 'pulled' || job.token !== token || job.lease_end <= now()) throw 'lease_lost' satisfies ProblemCode
    return job
  }

  function available(): Job[] {
    for (const job of jobs) {
      if (isSweeping && job.status === 'pulled' && job.lease_end <= now()) job.status = job.tries >= 3 ? 'failed' : 'pending'
    }
    return jobs.filter((job) => job.status === 'pending')
  }

  async function handle(path: string, id: string, body: unknown, isGone: () => boolean): Promise<unknown> {
    if (path === leaseJobs.path) {
      const asked = leaseJobs.body.parse(body)
      const until = Date.now() + asked.wait_seconds * 1000
      while (available().length === 0 && Date.now() < until && !isGone()) {
        await new Promise<void>((resolve) => {
          waiting.add(resolve)
          setTimeout(resolve, Math.min(50, until - Date.now()))
        })
      }
      const taken = isGone() ? [] : available().slice(0, asked.max_jobs)
      return { jobs: taken.map((job) => pull(job, asked.worker)) }
    }
    if (path === heartbeat.path) {
      const { lease_token, finished } = heartbeat.body.parse(body)
      const job = live(id, lease_token)
      job.lease_end = Math.min(now() + lease_seconds * 1000, job.hard_cap)
      job.heartbeats++
      job.told.push(...finished.map((one) => one.key))
      return { lease_expires_at: new Date(job.lease_end).toISOString() }
    }
    if (path === reportResult.path) {
      const { lease_token, report } = reportResult.body.parse(body)
      const done = jobs.find((job) => job.id === id && job.token === lease_token && job.status === 'retired')
      if (done !== undefined) return { is_replay: true }
      // Late, but nobody else was given the job: taken.
      const late = jobs.find((job) => job.id === id && job.token === lease_token && (job.status === 'pulled' || job.status === 'pending'))
      const job = late ?? live(id, lease_token)
      job.status = 'retired'
      job.report = report
      return { is_replay: false }
    }
    const { lease_token, cause, detail } = releaseJob.body.parse(body)
    const job = live(id, lease_token)
    job.released.push({ cause, detail })
    if (cause === 'shutdown') job.tries--
    job.status = job.tries >= 3 ? 'failed' : 'pending'
    wake()
    return undefined
  }

  function pull(job: Job, worker: string): LeasedJob {
    job.status = 'pulled'
    job.tries++
    job.leased_by.push(worker)
    job.token = randomBytes(24).toString('base64url')
    job.hard_cap = now() + hard_cap_ms
    job.lease_end = Math.min(now() + lease_seconds * 1000, job.hard_cap)
    return {
      job_id: job.id,
      lease_token: job.token,
      lease_seconds,
      hard_cap_at: new Date(job.hard_cap).toISOString(),
      kind: 'submission',
      language: job.language,
      code_base64: Buffer.from(job.code).toString('base64'),
      spec: job.spec,
    }
  }

  const endpoints: Endpoint[] = [leaseJobs, heartbeat, reportResult, releaseJob]
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request) text += chunk
    if (isMute) return
    const endpoint = endpoints.find((one) => new RegExp(`^${one.path.replace(':job_id', '[^/]+')}$`).test(request.url!))!
    try {
      if (request.headers.authorization !== `Bearer ${key}`) throw 'sign_in_required' satisfies ProblemCode
      const reply = await handle(endpoint.path, request.url!.split('/')[4] ?? '', JSON.parse(text), () => response.destroyed)
      if (reply === undefined) response.writeHead(204).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply))
    } catch (thrown) {
      const code = (typeof thrown === 'string' ? thrown : 'invalid_request') as ProblemCode
      refused.push({ path: endpoint.path, code })
      const body = { code, message: problems[code][1], details: { error: String(thrown) }, request_id: 'r' }
      response.writeHead(problems[code][0], { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
  }

  async function comeBack(): Promise<void> {
    server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
    await new Promise<void>((resolve) => server!.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }
  async function goAway(): Promise<void> {
    const closed = new Promise((resolve) => server!.close(resolve))
    server!.closeAllConnections()
    wake()
    await closed
  }
  await comeBack()

  return {
    url: `http://127.0.0.1:${port}`,
    key,
    jobs,
    /** Calls that were refused, by path and code. */
    refused,
    now,
    add(fields: Partial<Pick<Job, 'language' | 'code' | 'spec'>> = {}): Job {
      const job: Job = {
        id: randomUUID(),
        language: 'python',
        code: 'print(input())',
        spec: spec(),
        ...fields,
        status: 'pending',
        tries: 0,
        token: '',
        lease_end: 0,
        hard_cap: 0,
        leased_by: [],
        told: [],
        heartbeats: 0,
        report: undefined,
        released: [],
      }
      jobs.push(job)
      wake()
      return job
    },
    /** Hands a running job to someone else, as after a lease that ended. */
    takeAway(job: Job): void {
      job.token = randomBytes(24).toString('base64url')
    },
    /** Whether jobs whose lease has ended go back at once. */
    sweep(value: boolean): void {
      isSweeping = value
    },
    /** Takes requests and never answers, like a half-open connection. */
    mute(value: boolean): void {
      isMute = value
    },
    goAway,
    comeBack,
  }
}
export type LeaseServer = Awaited<ReturnType<typeof leaseServer>>
