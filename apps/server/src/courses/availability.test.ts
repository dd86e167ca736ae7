import fc from 'fast-check'
import { expect, test } from 'vitest'
import { availabilityAt, type Window } from './availability.ts'

const at = (minute: number): string => new Date(Date.UTC(2025, 2, 1, 12, minute)).toISOString()

/** Every combination of bounds, and every minute around them: the whole table, worked out from the intervals. */
test('all 8 combinations of bounds at every instant around them', () => {
  const [opens, due, closes] = [10, 20, 30]
  for (const has of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const window: Window = { opens_at: has & 1 ? at(opens) : null, due_at: has & 2 ? at(due) : null, closes_at: has & 4 ? at(closes) : null }
    for (let minute = 0; minute <= 40; minute++) {
      const isOpenYet = (has & 1) === 0 || minute >= opens
      const isClosed = (has & 4) !== 0 && minute >= closes
      const isLate = (has & 2) !== 0 && minute >= due
      const expected = isClosed ? 'closed' : !isOpenYet ? 'not_open_yet' : isLate ? 'late' : 'open'
      expect(availabilityAt(window, at(minute)), `${JSON.stringify(window)} at ${minute}`).toBe(expected)
    }
  }
})

test('the bounds themselves: open at opening, late when due, closed at closing; a millisecond before is the state before', () => {
  const window = { opens_at: at(10), due_at: at(20), closes_at: at(30) }
  const before = (minute: number) => new Date(Date.parse(at(minute)) - 1).toISOString()
  expect([before(10), at(10), before(20), at(20), before(30), at(30)].map((now) => availabilityAt(window, now))).toEqual([
    'not_open_yet',
    'open',
    'open',
    'late',
    'late',
    'closed',
  ])
})

test('due and closing at one instant leave no time to be late', () => {
  const window = { opens_at: null, due_at: at(20), closes_at: at(20) }
  expect([at(19), at(20)].map((now) => availabilityAt(window, now))).toEqual(['open', 'closed'])
})

test('an archived course takes nothing, whatever the times say', () => {
  for (let minute = 0; minute < 40; minute += 5) {
    expect(availabilityAt({ opens_at: at(10), due_at: at(20), closes_at: at(30), is_archived: true }, at(minute))).toBe('closed')
  }
})

test('as time passes the state only moves forward', () => {
  const order = ['not_open_yet', 'open', 'late', 'closed']
  const bound = fc.option(fc.integer({ min: 0, max: 59 }), { nil: null })
  fc.assert(
    fc.property(bound, bound, bound, fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }), (o, d, c, t1, t2) => {
      const window = { opens_at: o === null ? null : at(o), due_at: d === null ? null : at(d), closes_at: c === null ? null : at(c) }
      const [earlier, later] = [Math.min(t1, t2), Math.max(t1, t2)]
      expect(order.indexOf(availabilityAt(window, at(later)))).toBeGreaterThanOrEqual(order.indexOf(availabilityAt(window, at(earlier))))
    }),
  )
})
