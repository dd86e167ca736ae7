import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawSerial, normalSerial, percentOf, shownSerial } from './certificate.ts'

test.each([
  [1, 100],
  [0.855, 85.5],
  [0.92, 92],
  [0, 0],
  [2 / 3, 66.7],
  [0.9995, 100],
  [0.99949, 99.9],
  [0.0105, 1.1],
  [0.00049, 0],
])('R59: a score of %d is %d percent', (ratio, percent) => expect(percentOf(ratio)).toBe(percent))

test('a percentage is within half a tenth of its ratio, and keeps order', () => {
  const ratio = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(fc.property(ratio, (r) => Math.abs(percentOf(r) - r * 100) <= 0.05 + 1e-9))
  fc.assert(fc.property(ratio, ratio, (a, b) => a > b || percentOf(a) <= percentOf(b)))
})

test('a serial survives being shown and typed', () => {
  const serial = drawSerial()
  expect(serial).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/)
  expect(shownSerial(serial)).toMatch(/^(.{4}-){3}.{4}$/)
  expect(normalSerial(` ${shownSerial(serial).toLowerCase().replaceAll('-', ' – ')} `)).toBe(serial)
  expect(normalSerial('oOiI-lL')).toBe('001111')
  expect(new Set(Array.from({ length: 1_000 }, drawSerial)).size).toBe(1_000)
})
