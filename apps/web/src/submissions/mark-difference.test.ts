import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MarkedLine, markDifference, showWhiteSpace } from './mark-difference.ts'

const texts = (lines: MarkedLine[]) => lines.map((line) => line.stretches.map((s) => (s.differs ? `[${s.text}]` : s.text)).join(''))

test('only the part of the line that differs is marked', () => {
  const { got, expected } = markDifference('sum: 7\nok\n', 'sum: -7\nok\n')
  expect(texts(got)).toEqual(['sum: 7', 'ok'])
  expect(texts(expected)).toEqual(['sum: [-]7', 'ok'])
  expect(got[0]!.differs).toBe(true)
  expect(got[1]!.differs).toBe(false)
})

test('lines that share only a letter or two differ as a whole', () => {
  const { got, expected } = markDifference('true', 'false')
  expect(texts(got)).toEqual(['[true]'])
  expect(texts(expected)).toEqual(['[false]'])
})

test('a missing line in the middle does not mark what follows', () => {
  const { got, expected } = markDifference('a\nc\nd\n', 'a\nb\nc\nd\n')
  expect(texts(got)).toEqual(['a', 'c', 'd'])
  expect(texts(expected)).toEqual(['a', '[b]', 'c', 'd'])
})

test('a missing last line break is a difference of the last line', () => {
  const { got, expected } = markDifference('a\nb', 'a\nb\n')
  expect(got[1]).toMatchObject({ differs: true, is_open: true })
  expect(expected[1]).toMatchObject({ differs: true, is_open: false })
})

test('nothing is lost or invented, and equal texts have no marks', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '\t') })
  fc.assert(
    fc.property(text, text, (got, expected) => {
      const marked = markDifference(got, expected)
      const back = (lines: MarkedLine[]) => lines.map((l) => l.stretches.map((s) => s.text).join('') + (l.is_open ? '' : '\n')).join('')
      expect(back(marked.got)).toBe(got)
      expect(back(marked.expected)).toBe(expected)
      const isMarked = [...marked.got, ...marked.expected].some((line) => line.differs)
      expect(isMarked).toBe(got !== expected)
    }),
  )
})

test('white space is shown', () => {
  expect(showWhiteSpace('a b\t\r\u0007')).toBe('a·b→\t␍␇')
})
