import { expect, test } from 'vitest'
import { instantOf, localOf } from './zoned-time.ts'

const berlin = 'Europe/Berlin'
test.each([
  ['2026-01-31T23:59', berlin, '2026-01-31T22:59:00.000Z'],
  ['2026-07-01T08:00', berlin, '2026-07-01T06:00:00.000Z'],
  ['2026-07-01T08:00', 'UTC', '2026-07-01T08:00:00.000Z'],
  ['2026-07-01T08:00', 'Asia/Kathmandu', '2026-07-01T02:15:00.000Z'],
  // Skipped in spring (02:00 to 03:00): after the jump.
  ['2026-03-29T02:30', berlin, '2026-03-29T01:30:00.000Z'],
  // Repeated in autumn: the first of the two.
  ['2026-10-25T02:30', berlin, '2026-10-25T00:30:00.000Z'],
])('%s in %s is %s', (local, zone, instant) => expect(instantOf(local, zone)).toBe(instant))

test('what is typed is what is shown again', () => {
  for (const zone of [berlin, 'America/New_York', 'Australia/Lord_Howe', 'UTC']) {
    for (let day = 0; day < 365; day++) {
      const local = new Date(Date.UTC(2026, 0, 1 + day, 13, 7)).toISOString().slice(0, 16)
      expect(localOf(instantOf(local, zone), zone)).toBe(local)
    }
  }
})
test('an empty field is no time', () => {
  expect(instantOf('', berlin)).toBeNull()
  expect(localOf(null, berlin)).toBe('')
})
