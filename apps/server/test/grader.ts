import type { GradingReport, LeasedJob } from '@gradus/contract/grading'
import type { Verdict } from '@gradus/contract/words'
import type { LightMyRequestResponse } from 'fastify'
import type { Person, TestServer } from './server.ts'

/** A grading machine that speaks the lease-and-report interface and grades as it is told. */
export interface Grader {
  machine: Person
  lease(more?: { max_jobs?: number; wait_seconds?: number; languages?: string[] }): Promise<LeasedJob[]>
  /** Leases the one job that must be there. */
  take(): Promise<LeasedJob>
  report(job: Pick<LeasedJob, 'job_id' | 'lease_token'>, report: unknown): Promise<LightMyRequestResponse>
  heartbeat(job: Pick<LeasedJob, 'job_id' | 'lease_token'>, finished?: { key: string; verdict: Verdict }[]): Promise<LightMyRequestResponse>
  release(job: Pick<LeasedJob, 'job_id' | 'lease_token'>, cause: 'shutdown' | 'failure', detail?: string): Promise<LightMyRequestResponse>
}

export async function aGrader(server: TestServer, worker = 'machine-1'): Promise<Grader> {
  const machine = await server.machine('grade')
  const post = (path: string, body: object): Promise<LightMyRequestResponse> => server.send(machine, 'POST', `/api/grading/${path}`, body)
  const lease: Grader['lease'] = async ({ max_jobs = 1, wait_seconds = 0, languages = ['python'] } = {}) => {
    const offered = languages.map((language) => ({ language, sandbox: 'wasm', runtime: 'test' }))
    const answer = await post('lease', { worker, slots: 4, languages: offered, max_jobs, wait_seconds })
    if (answer.statusCode !== 200) throw new Error(answer.body)
    return (answer.json() as { jobs: LeasedJob[] }).jobs
  }
  return {
    machine,
    lease,
    async take() {
      const [job] = await lease()
      if (job === undefined) throw new Error('no job was there')
      return job
    },
    report: (job, report) => post(`jobs/${job.job_id}/result`, { lease_token: job.lease_token, report }),
    heartbeat: (job, finished = []) => post(`jobs/${job.job_id}/heartbeat`, { lease_token: job.lease_token, finished }),
    release: (job, cause, detail = '') => post(`jobs/${job.job_id}/release`, { lease_token: job.lease_token, cause, detail }),
  }
}

/** A report with one verdict for every test of a job, or those given by key. */
export function reportOf(job: LeasedJob, verdict: Verdict = 'accepted', by_key: Record<string, Verdict> = {}): GradingReport {
  return {
    compile_output: '',
    sandbox: 'wasm',
    runtime: 'test 1.0',
    tests: job.spec.tests.map(({ key }) => ({
      key,
      verdict: by_key[key] ?? verdict,
      time_ms: 7,
      memory_kb: 1000,
      detail: { stdout: `out of ${key}`, exit_code: 0 },
    })),
  }
}
