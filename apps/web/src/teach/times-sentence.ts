import { duration } from '../ui/time.ts'

export interface Times {
  opens_at: string | null
  due_at: string | null
  closes_at: string | null
}

/** What an assignment's times mean as seen from `now`: "Opens in 2 h 10 min; due in 3 days; never closes." A slip of a.m. and p.m. shows here. */
export function timesSentence({ opens_at, due_at, closes_at }: Times, now: Date): string {
  const until = (at: string): number => Date.parse(at) - now.getTime()
  if (closes_at !== null && until(closes_at) <= 0) return `Closed ${duration(until(closes_at))} ago: nothing is taken any more.`
  const opening = opens_at === null || until(opens_at) <= 0 ? 'Open now' : `Opens in ${duration(until(opens_at))}`
  const due =
    due_at === null
      ? 'no due time'
      : until(due_at) > 0
        ? `due in ${duration(until(due_at))}`
        : `was due ${duration(until(due_at))} ago, hand-ins are marked late`
  const closing = closes_at === null ? 'never closes' : `closes in ${duration(until(closes_at))}`
  return `${opening}; ${due}; ${closing}.`
}

/** What is wrong with the order of the times, by field; the server refuses it too. */
export function timesProblems({ opens_at, due_at, closes_at }: Times): Partial<Record<keyof Times, string>> {
  const isBefore = (a: string | null, b: string | null): boolean => a !== null && b !== null && Date.parse(a) < Date.parse(b)
  return {
    ...(isBefore(due_at, opens_at) ? { due_at: 'This is before it opens.' } : {}),
    ...(isBefore(closes_at, due_at) ? { closes_at: 'This is before it is due.' } : {}),
    ...(due_at === null && isBefore(closes_at, opens_at) ? { closes_at: 'This is before it opens.' } : {}),
  }
}
