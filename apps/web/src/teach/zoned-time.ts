/**
 * Times as a teacher types them: "2026-01-31T23:59" on the wall clock of the course's zone, against the instants the server keeps.
 */

const clocks = new Map<string, Intl.DateTimeFormat>()

/** Formatters are slow to make: one for each zone. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  clocks.set(zone, made)
  return made
}

/** How far a zone's wall clock is ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant_ms: number, zone: string): number {
  const pieces = clockOf(zone).formatToParts(instant_ms)
  const get = (type: Intl.DateTimeFormatPartTypes): number => Number(pieces.find((p) => p.type === type)?.value)
  return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second')) - Math.floor(instant_ms / 1000) * 1000
}

/**
 * The instant (ISO, UTC) at which the zone's clocks show `local`; null for an empty field. In the hour that a zone skips in
 * spring the instant after the jump is taken, in the hour it repeats in autumn the first one.
 */
export function instantOf(local: string, zone: string): string | null {
  if (local === '') return null
  const wall = Date.parse(`${local.length === 16 ? `${local}:00` : local}Z`)
  if (Number.isNaN(wall)) return null
  const before = offsetAt(wall - 24 * 3_600_000, zone)
  const after = offsetAt(wall + 24 * 3_600_000, zone)
  const candidates = [wall - before, wall - after].filter((instant) => instant + offsetAt(instant, zone) === wall)
  const chosen = candidates.length > 0 ? Math.min(...candidates) : wall - before
  return new Date(chosen).toISOString()
}

/** What the zone's clocks show at an instant, in the form of a `datetime-local` field; empty for null. */
export function localOf(instant: string | null, zone: string): string {
  if (instant === null) return ''
  const ms = Date.parse(instant)
  return new Date(ms + offsetAt(ms, zone)).toISOString().slice(0, 16)
}
