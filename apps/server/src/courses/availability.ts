/** When an assignment takes work: instants as ISO strings in UTC, as the database gives them; null is "no such bound". */
export interface Window {
  opens_at: string | null
  due_at: string | null
  closes_at: string | null
  /** An archived course is there to read; nothing can be handed in. */
  is_archived?: boolean
}

export type Availability = 'not_open_yet' | 'open' | 'late' | 'closed'

/**
 * Where an assignment stands at `now` (an ISO string of the database's clock, so that the server's own cannot move a
 * deadline). Intervals are half open: open in [opens_at, due_at), late in [due_at, closes_at), closed from closes_at
 * on. Work that arrives at the very instant it is due is late, and at the instant of closing it is refused. Without a
 * due time nothing is late; without a closing time late work is taken for ever.
 */
export function availabilityAt(window: Window, now: string): Availability {
  const at = Date.parse(now)
  const isPast = (bound: string | null): boolean => bound !== null && at >= Date.parse(bound)
  if (window.is_archived === true || isPast(window.closes_at)) return 'closed'
  if (window.opens_at !== null && !isPast(window.opens_at)) return 'not_open_yet'
  return isPast(window.due_at) ? 'late' : 'open'
}
