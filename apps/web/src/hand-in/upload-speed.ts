import { duration } from '../ui/time.ts'

/** Long enough that one slow moment does not make hours of it, short enough that a slower line shows. */
const WINDOW_MS = 4_000
/** Nothing is foretold from less. */
const LEAST_MS = 400

interface Mark {
  at_ms: number
  sent_bytes: number
}

/** Bytes a second over the last moments of an upload, from marks in order; null while too little is known. */
export function speedOf(marks: readonly Mark[]): number | null {
  const last = marks.at(-1)
  const first = marks.find((mark) => last !== undefined && mark.at_ms >= last.at_ms - WINDOW_MS)
  if (last === undefined || first === undefined || last.at_ms - first.at_ms < LEAST_MS) return null
  return ((last.sent_bytes - first.sent_bytes) * 1_000) / (last.at_ms - first.at_ms)
}

/** Adds a mark and forgets those that no longer count. */
export const withMark = (marks: readonly Mark[], mark: Mark): Mark[] => [...marks.filter((each) => each.at_ms >= mark.at_ms - WINDOW_MS), mark]

/** "12 s left" */
export function leftText(left_bytes: number, bytes_per_second: number): string {
  if (bytes_per_second <= 0) return 'waiting for the line'
  return `${duration(Math.max(1_000, Math.ceil(left_bytes / bytes_per_second) * 1_000))} left`
}
