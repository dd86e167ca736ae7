import type { SetAside } from '@gradus/client/outbox'
import { ApiProblem } from '@gradus/client/problem'
import type { ProblemCode } from '@gradus/contract/problems'

/** The problem behind a failed call, or null where it failed for another reason. */
export const asProblem = (error: unknown): ApiProblem | null => (error instanceof ApiProblem ? error : null)

/** True where the failure is this one of the catalogue. */
export const isProblem = (error: unknown, code: ProblemCode): boolean => asProblem(error)?.code === code

/** What the server said of single fields (`details.fields`), by path; empty where it said nothing of fields. */
export function fieldProblems(error: unknown): Record<string, string> {
  const fields = asProblem(error)?.details.fields
  if (!Array.isArray(fields)) return {}
  const found: Record<string, string> = {}
  for (const field of fields as { path?: unknown; message?: unknown }[]) {
    if (typeof field?.path === 'string' && typeof field.message === 'string') found[field.path] ??= field.message
  }
  return found
}

/** Why something that was kept on this device was refused, as a failure like any other. */
export const refusalOf = ({ refusal }: SetAside): ApiProblem => new ApiProblem(refusal)
