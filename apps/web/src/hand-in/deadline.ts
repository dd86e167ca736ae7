import type { HandIn } from '@gradus/contract/exams'

export type Window = Pick<HandIn['exam'], 'opens_at' | 'due_at' | 'closes_at'>
export type Standing = HandIn['exam']['availability']

const ms = (at: string | null): number | null => (at === null ? null : Date.parse(at))

/** How a window stands at a moment of the server's clock: the page counts on by itself between two answers of the server. */
export function standingAt({ opens_at, due_at, closes_at }: Window, now: Date): Standing {
  const [opens, due, closes] = [ms(opens_at), ms(due_at), ms(closes_at)]
  if (opens !== null && now.getTime() < opens) return 'not_open_yet'
  if (closes !== null && now.getTime() >= closes) return 'closed'
  return due !== null && now.getTime() >= due ? 'late' : 'open'
}

/** What the clock runs to: the opening, then the due time, then the end; null where nothing comes any more. */
export function nextMark(window: Window, now: Date): { word: 'opens' | 'due' | 'closes'; at: Date } | null {
  const standing = standingAt(window, now)
  const [word, at] =
    standing === 'not_open_yet'
      ? (['opens', window.opens_at] as const)
      : standing === 'open' && window.due_at !== null
        ? (['due', window.due_at] as const)
        : (['closes', standing === 'closed' ? null : window.closes_at] as const)
  return at === null ? null : { word, at: new Date(at) }
}

/** Within this time of a mark the hash goes first: a slow line could need it. */
export const NEAR_MS = 15 * 60_000

/** Whether the hash goes ahead of the bytes: near a deadline, and after a cut wherever there is one at all. */
export function goesHashFirst(window: Window, grace_seconds: number, now: Date, is_retry: boolean): boolean {
  const mark = nextMark(window, now)
  if (mark === null || mark.word === 'opens' || grace_seconds === 0) return false
  return is_retry || mark.at.getTime() - now.getTime() <= NEAR_MS
}
