import { expect, test } from 'vitest'
import { leftText, speedOf, withMark } from './upload-speed.ts'

test('speed is that of the last seconds, and unknown at first', () => {
  expect(speedOf([])).toBeNull()
  expect(speedOf([{ at_ms: 0, sent_bytes: 0 }])).toBeNull()
  let marks = withMark([], { at_ms: 0, sent_bytes: 0 })
  for (let s = 1; s <= 20; s++) marks = withMark(marks, { at_ms: s * 1_000, sent_bytes: s <= 10 ? s * 1_000 : 10_000 + (s - 10) * 100 })
  expect(speedOf(marks)).toBe(100)
  expect(marks.length).toBeLessThan(7)
})

test('the time left is rounded up and never nothing', () => {
  expect(leftText(10_000, 1_000)).toBe('10 s left')
  expect(leftText(1, 1_000)).toBe('1 s left')
  expect(leftText(5, 0)).toBe('waiting for the line')
})
