import { problem } from '../http/problems.ts'

/**
 * Refuses what is no name of a time zone. Offsets such as +02:00 are refused too: they know nothing of summer time.
 * @throws problem time_zone_unknown
 */
export function checkTimeZone(time_zone: string): void {
  try {
    if (/^[A-Za-z]/.test(time_zone)) return void new Intl.DateTimeFormat('en', { timeZone: time_zone })
  } catch {
    // Intl throws for names that it does not know.
  }
  throw problem('time_zone_unknown', { time_zone })
}
