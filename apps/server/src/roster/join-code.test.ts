import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawJoinCode, isOpen, normalJoinCode } from './join-code.ts'

test('codes are 6 of A-Z0-9 (R76), and every symbol occurs in every place', () => {
  const seen = Array.from({ length: 6 }, () => new Set<string>())
  for (let i = 0; i < 5_000; i++) {
    const code = drawJoinCode()
    expect(code).toMatch(/^[A-Z0-9]{6}$/)
    for (const [at, letter] of [...code].entries()) seen[at]!.add(letter)
  }
  expect(seen.map((letters) => letters.size)).toEqual([36, 36, 36, 36, 36, 36])
})

test('typing forgives case, spaces and dashes of all kinds, and nothing else', () => {
  expect(normalJoinCode(' ab3-x y–z\t')).toBe('AB3XYZ')
  fc.assert(
    fc.property(fc.array(fc.constantFrom(' ', '-', '–', '\u00a0', '')), fc.boolean(), (noise, lower) => {
      const code = drawJoinCode()
      const typed = [...code].map((c, i) => (noise[i] ?? '') + (lower ? c.toLowerCase() : c)).join('')
      expect(normalJoinCode(typed)).toBe(code)
    }),
  )
  expect(normalJoinCode('AB.C')).toBe('AB.C')
})

test('a code is open until switched off, used up, or the instant it expires', () => {
  const open = { max_uses: null, uses: 5, expires_at: null, disabled_at: null }
  const now = '2025-03-01T12:00:00.000Z'
  expect(isOpen(open, now)).toBe(true)
  expect(isOpen({ ...open, disabled_at: now }, now)).toBe(false)
  expect(isOpen({ ...open, max_uses: 6 }, now)).toBe(true)
  expect(isOpen({ ...open, max_uses: 5 }, now)).toBe(false)
  expect(isOpen({ ...open, expires_at: '2025-03-01T12:00:00.001Z' }, now)).toBe(true)
  expect(isOpen({ ...open, expires_at: now }, now)).toBe(false)
})
