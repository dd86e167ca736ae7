const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** "3 h 12 min", "12 min", "2 days": the two largest units, rounded down; `ms` may be negative and is taken as a length. */
export function duration(ms: number): string {
  const length = Math.abs(ms)
  if (length < minute) return `${Math.floor(length / 1000)} s`
  if (length < hour) return `${Math.floor(length / minute)} min`
  if (length < day) {
    const minutes = Math.floor((length % hour) / minute)
    return minutes === 0 ? `${Math.floor(length / hour)} h` : `${Math.floor(length / hour)} h ${minutes} min`
  }
  const days = Math.floor(length / day)
  return days === 1 ? '1 day' : `${days} days`
}

/** "in 3 h 12 min", "5 min ago", "just now" as seen from `now`. */
export function relativeTime(at: Date, now: Date): string {
  const ms = at.getTime() - now.getTime()
  if (Math.abs(ms) <= 5_000) return 'just now'
  return ms > 0 ? `in ${duration(ms)}` : `${duration(ms)} ago`
}

const knownZone = (zone: string): string | undefined => {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: zone })
    return zone
  } catch {
    return undefined
  }
}

/** "Fri 21 Nov, 23:59 (CET)"; the year stands where it is not this one. `zone` is an IANA name, else the reader's own. */
export function shortTime(at: Date, now: Date, zone?: string): string {
  const timeZone = zone === undefined ? undefined : knownZone(zone)
  const year = (d: Date) => new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric' }).format(d)
  const pieces = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: year(at) === year(now) ? undefined : 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(at)
  const get = (type: Intl.DateTimeFormatPartTypes) => pieces.find((p) => p.type === type)?.value
  const date = [get('weekday'), get('day'), get('month'), get('year')].filter((s) => s !== undefined).join(' ')
  return `${date}, ${get('hour')}:${get('minute')} (${get('timeZoneName')})`
}

/** To the second, zone named, for the hover and for receipts. `zone` is an IANA name, else the reader's own. */
export function exactTime(at: Date, zone?: string): string {
  const timeZone = zone === undefined ? undefined : knownZone(zone)
  return new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'full', timeStyle: 'long', hourCycle: 'h23' }).format(at)
}

/** "1:02:03", "2:03": what is left on a clock, rounded up so that 0:00 means over. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000))
  const two = (n: number): string => String(n).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60]
  return h === 0 ? `${m}:${two(s)}` : `${h}:${two(m)}:${two(s)}`
}
