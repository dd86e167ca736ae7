import type { ReplyOf } from '@gradus/contract/endpoint'
import type { resetJobs } from '@gradus/contract/queues'

export type Reset = ReplyOf<typeof resetJobs>

/** "9 put back, 3 skipped" (R103): what became of every job that was chosen. */
export function resetSentence({ reset, skipped, errors }: Reset): string {
  const parts = [`${reset.length} put back`]
  if (skipped.length > 0) parts.push(`${skipped.length} skipped`)
  if (errors.length > 0) parts.push(`${errors.length} with an error`)
  return parts.join(', ')
}
