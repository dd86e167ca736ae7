import { sentence as sentenceOf } from '@gradus/contract/problems'
import { asProblem } from './problem.ts'

/** The one place that turns a failure into what a person reads: what happened and what to do. Never a bare code. */
export function sentence(error: unknown): string {
  const problem = asProblem(error)
  // The catalogue's sentence speaks to programs too; here it is always a person whose session ended.
  if (problem?.code === 'sign_in_required') return 'Your session has ended. Sign in again; what you wrote stays on this device.'
  if (problem !== null) return sentenceOf({ code: problem.code, message: problem.message })
  if (error instanceof Error && error.name === 'AbortError') return 'This was stopped before it finished.'
  return 'This page hit a fault of ours. Reload it; if it stays, tell your staff what you were doing.'
}

/** The request id for support, where our side failed: for a wrong password it would only be noise. */
export function requestId(error: unknown): string | null {
  const problem = asProblem(error)
  return problem === null || problem.status < 500 || problem.request_id === '' ? null : problem.request_id
}
