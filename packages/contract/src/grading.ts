import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { questionSpec } from './questions.ts'
import { testDetail } from './submissions.ts'
import { id, instant, language, verdict } from './words.ts'

/**
 * The lease-and-report interface: the only thing a grading worker knows of the server. A lease is
 * (job, token); the token is new on every lease, and every later call repeats it.
 */

const tag = 'Grading'

export const workerLanguage = z.object({ language, sandbox: z.enum(['bubblewrap', 'wasm']), runtime: z.string().max(200) })

/** What a worker needs to grade one job. `code_base64` is the learner's exact bytes. */
export const leasedJob = z.object({
  job_id: id,
  lease_token: z.string(),
  lease_seconds: z.int(),
  /** No heartbeat carries a lease past this instant. */
  hard_cap_at: instant,
  kind: z.enum(['submission', 'run']),
  language,
  code_base64: z.string(),
  /** The version's spec with only the tests of this job (a learner's run has visible ones only) and only this language. */
  spec: questionSpec,
})
export type LeasedJob = z.infer<typeof leasedJob>

export const leaseJobs = endpoint({
  method: 'POST',
  path: '/api/grading/lease',
  summary: 'Take up to `max_jobs` jobs, fairly shared; waits up to `wait_seconds` for the first one',
  tag,
  access: { who: 'grader' },
  body: z.strictObject({
    worker: z.string().min(1).max(200),
    slots: z.int().min(1).max(256),
    languages: z.array(workerLanguage).min(1).max(10),
    max_jobs: z.int().min(1).max(32).default(1),
    wait_seconds: z.number().min(0).max(25).default(0),
  }),
  reply: z.object({ jobs: z.array(leasedJob) }),
})

const params = z.object({ job_id: id })
const lease_token = z.string().min(20).max(100)

export const heartbeat = endpoint({
  method: 'POST',
  path: '/api/grading/jobs/:job_id/heartbeat',
  summary: 'Keep the lease and tell which tests have finished; `lease_lost` means stop at once',
  tag,
  access: { who: 'grader' },
  params,
  body: z.strictObject({
    lease_token,
    finished: z
      .array(z.object({ key: z.string().max(64), verdict }))
      .max(200)
      .default([]),
  }),
  reply: z.object({ lease_expires_at: instant }),
})

/** What a worker found for one test. Points are the server's business. */
export const testReport = z.strictObject({
  key: z.string().max(64),
  verdict,
  time_ms: z.int().min(0).max(86_400_000).nullable(),
  memory_kb: z.int().min(0).max(1_000_000_000).nullable(),
  detail: testDetail,
})
export type TestReport = z.infer<typeof testReport>

export const gradingReport = z.strictObject({
  compile_output: z.string().max(65_536),
  sandbox: z.enum(['bubblewrap', 'wasm']),
  runtime: z.string().max(200),
  tests: z.array(testReport).max(200),
})
export type GradingReport = z.infer<typeof gradingReport>

export const reportResult = endpoint({
  method: 'POST',
  path: '/api/grading/jobs/:job_id/result',
  summary: 'Report the outcome; the same report again gets the same answer',
  tag,
  access: { who: 'grader' },
  params,
  body: z.strictObject({ lease_token, report: gradingReport }),
  reply: z.object({ is_replay: z.boolean() }),
  max_body_bytes: 16_777_216,
})

export const releaseJob = endpoint({
  method: 'POST',
  path: '/api/grading/jobs/:job_id/release',
  summary: 'Hand a job back ungraded. `shutdown` does not count as a try, `failure` does',
  tag,
  access: { who: 'grader' },
  params,
  body: z.strictObject({ lease_token, cause: z.enum(['shutdown', 'failure']), detail: z.string().max(2_000).default('') }),
})
