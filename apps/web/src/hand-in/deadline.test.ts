import { expect, test } from 'vitest'
import { goesHashFirst, nextMark, standingAt } from './deadline.ts'

const window = { opens_at: '2026-01-31T09:00:00.000Z', due_at: '2026-01-31T11:00:00.000Z', closes_at: '2026-01-31T11:30:00.000Z' }
const at = (time: string) => new Date(`2026-01-31T${time}Z`)
const never = { opens_at: null, due_at: null, closes_at: null }

test('the standing changes on the second, by the clock that is given', () => {
  expect(
    [at('08:59:59.999'), at('09:00:00'), at('10:59:59.999'), at('11:00:00'), at('11:29:59.999'), at('11:30:00')].map((now) =>
      standingAt(window, now),
    ),
  ).toEqual(['not_open_yet', 'open', 'open', 'late', 'late', 'closed'])
  expect(standingAt(never, at('09:00:00'))).toBe('open')
})

test('the clock runs to what comes next, and to nothing after the end', () => {
  expect([at('08:00:00'), at('10:00:00'), at('11:10:00'), at('12:00:00')].map((now) => nextMark(window, now)?.word)).toEqual([
    'opens',
    'due',
    'closes',
    undefined,
  ])
  expect(nextMark(never, at('09:00:00'))).toBeNull()
  expect(nextMark({ ...window, due_at: null }, at('10:00:00'))?.word).toBe('closes')
  expect(nextMark({ ...window, closes_at: null }, at('11:10:00'))).toBeNull()
})

test('the hash goes first near a deadline and after a cut, and never without a deadline or without grace', () => {
  expect(goesHashFirst(window, 600, at('10:44:59'), false)).toBe(false)
  expect(goesHashFirst(window, 600, at('10:45:00'), false)).toBe(true)
  expect(goesHashFirst(window, 600, at('09:30:00'), true)).toBe(true)
  expect(goesHashFirst(window, 600, at('11:20:00'), false)).toBe(true)
  expect(goesHashFirst(window, 0, at('10:59:00'), true)).toBe(false)
  expect(goesHashFirst(window, 600, at('08:50:00'), true)).toBe(false)
  expect(goesHashFirst(window, 600, at('12:00:00'), true)).toBe(false)
  expect(goesHashFirst(never, 600, at('10:00:00'), true)).toBe(false)
})
