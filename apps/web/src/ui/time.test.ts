import { expect, test } from 'vitest'
import { countdown, duration, exactTime, relativeTime, shortTime } from './time.ts'

const now = new Date('2025-11-21T19:47:00Z')

test('lengths name their two largest units', () => {
  expect(duration(42_000)).toBe('42 s')
  expect(duration(59 * 60_000 + 59_999)).toBe('59 min')
  expect(duration((3 * 60 + 12) * 60_000)).toBe('3 h 12 min')
  expect(duration(3 * 3_600_000)).toBe('3 h')
  expect(duration(-26 * 3_600_000)).toBe('1 day')
  expect(duration(9 * 86_400_000)).toBe('9 days')
})

test('a time is told from where the reader stands', () => {
  expect(relativeTime(new Date('2025-11-21T22:59:00Z'), now)).toBe('in 3 h 12 min')
  expect(relativeTime(new Date('2025-11-21T19:42:00Z'), now)).toBe('5 min ago')
  expect(relativeTime(now, now)).toBe('just now')
})

test('a date stands in the zone of its course and says which', () => {
  expect(shortTime(new Date('2025-11-21T22:59:00Z'), now, 'Europe/Berlin')).toBe('Fri 21 Nov, 23:59 (CET)')
  expect(shortTime(new Date('2026-01-01T00:30:00Z'), now, 'UTC')).toBe('Thu 1 Jan 2026, 00:30 (UTC)')
})

test('an unknown zone falls to the reader’s own instead of failing the page', () => {
  expect(shortTime(now, now, 'Mars/Olympus')).toMatch(/^\w{3} \d+ Nov, \d\d:\d\d \(/)
})

test('a clock runs down to 0:00 and shows hours only where there are any', () => {
  expect([3_723_000, 123_000, 59_001, 60_000, 1, 0, -5_000].map(countdown)).toEqual(['1:02:03', '2:03', '1:00', '1:00', '0:01', '0:00', '0:00'])
})

test('an exact time names its zone, on either side of a change of clocks', () => {
  expect(exactTime(new Date('2025-10-26T00:30:00Z'), 'Europe/Berlin')).toContain('02:30:00 CEST')
  expect(exactTime(new Date('2025-10-26T01:30:00Z'), 'Europe/Berlin')).toContain('02:30:00 CET')
})
