import { describe, expect, test } from 'vitest'
import { functionTest } from './questions.ts'

const aTest = (expected: unknown, args: unknown[] = []) => functionTest.safeParse({ key: 'a', name: 'A', args, expected }).success

describe('arguments and expected values of a function test', () => {
  test('are any JSON value and nothing else', () => {
    for (const value of [null, true, 0, -1.5, '', 'x', [], {}, [[1, { a: [null] }]]]) expect(aTest(value, [value])).toBe(true)
    for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY, () => 1, 1n, [undefined], { a: [Number.NEGATIVE_INFINITY] }])
      expect([aTest(value), aTest(1, [value])]).toEqual([false, false])
    expect(functionTest.safeParse({ key: 'a', name: 'A', args: [] }).success).toBe(false)
  })

  test('are refused by one sentence, however many of them are wrong: a body within its limit must not fill the memory', () => {
    const refused = functionTest.safeParse({ key: 'a', name: 'A', args: [], expected: JSON.parse(`[${'1e999,'.repeat(1_000)}1]`) })
    expect(refused.error?.issues).toHaveLength(1)
    expect(JSON.stringify(refused.error?.issues).length).toBeLessThan(200)
  })
})
