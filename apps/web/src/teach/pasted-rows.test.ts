import { expect, test } from 'vitest'
import { cellsOf, testsFromRows } from './pasted-rows.ts'
import { newTest } from './question-draft.ts'

test('rows of a spreadsheet become tests with keys of their own', () => {
  const rows = testsFromRows('zero\t0\\n\t0\\n\t0,5\n\nbig\t9 9\t18', [newTest([])])
  expect(rows.map(({ key, name, input, expected, points }) => ({ key, name, input, expected, points }))).toEqual([
    { key: 't2', name: 'zero', input: '0\n', expected: '0\n', points: 0.5 },
    { key: 't3', name: 'big', input: '9 9', expected: '18', points: 0.5 },
  ])
})

test('a cell with line breaks stands in quotes, a JSON string stays one', () => {
  expect(cellsOf('a\t"1\r\n2 ""x"""\t3\r\nb\t"abc"\t"d"\n')).toEqual([
    ['a', '1\n2 "x"', '3'],
    ['b', '"abc"', '"d"'],
  ])
  expect(cellsOf('"open\tx')).toEqual([['"open', 'x']])
  expect(cellsOf('')).toEqual([])
})

test('points that are none are left alone', () => {
  expect(testsFromRows('a\t\t\tmany\nb\t\t\t-1\nc\t\t\t0.33333', []).map((each) => each.points)).toEqual([1, 1, 0.3333])
})
