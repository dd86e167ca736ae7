import { expect, test } from 'vitest'
import { completionOf } from './completion.ts'

test.each([
  [['a', 'b', 'c'], ['a', 'a', 'b'], 2, false],
  [['a', 'b', 'c'], ['a', 'b', 'c'], 3, true],
  [['a', 'b', 'c'], ['c', 'b', 'a', 'a'], 3, true],
  [['a', 'b'], ['a', 'gone'], 1, false],
  [['a'], ['gone', 'gone'], 0, false],
  [[], [], 0, false],
  [[], ['gone'], 0, false],
])('R61: of %j, done %j: %i, complete: %s', (present, done, completed, is_complete) => {
  expect(completionOf(present, done)).toMatchObject({ total: new Set(present).size, completed, is_complete })
})

test('the percentage is not rounded', () => {
  expect(completionOf(['a', 'b', 'c'], ['a']).percent).toBe((1 / 3) * 100)
  expect(completionOf([], []).percent).toBe(0)
})
