import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ALPHABET, drawUploadCode, drawVerificationCode, grouped, uploadCodeIn, verificationCodeIn } from './codes.ts'

describe('codes', () => {
  test('are drawn from their alphabets, each letter about as often', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 20_000; i++) {
      const code = drawUploadCode()
      expect(code).toMatch(/^[A-HJ-NP-Z2-9]{10}$/)
      for (const letter of code) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    }
    expect([...counts.keys()].sort().join('')).toBe([...ALPHABET].sort().join(''))
    // 6,250 expected of each; nine standard deviations are 700.
    for (const count of counts.values()) expect(Math.abs(count - 6_250)).toBeLessThan(700)
    expect(drawVerificationCode('long')).toMatch(/^[A-HJ-NP-Z2-9]{26}$/)
    const plain = Array.from({ length: 4_000 }, () => drawVerificationCode('plain')).join('')
    expect(plain).toMatch(/^[a-z0-9]+$/)
    expect(new Set(plain).size).toBe(36)
  })

  test('do not come twice', () => {
    expect(new Set(Array.from({ length: 50_000 }, drawUploadCode)).size).toBe(50_000)
  })

  const between = fc.array(fc.constantFrom('', ' ', '-', '\u2013', '\u00a0', '\t'), { minLength: 30, maxLength: 30 })
  const sloppily = (code: string, marks: string[], lower: boolean[]): string =>
    [...code].map((letter, i) => `${marks[i]}${lower[i % lower.length] ? letter.toLowerCase() : letter.toUpperCase()}`).join('')
  const booleans = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 })

  test('forgive case, spaces and hyphens', () => {
    const draws = fc.constant(0).map(() => ({ upload: drawUploadCode(), long: drawVerificationCode('long'), plain: drawVerificationCode('plain') }))
    fc.assert(
      fc.property(draws, between, booleans, ({ upload, long, plain }, marks, lower) => {
        expect(uploadCodeIn(sloppily(upload, marks, lower))).toBe(upload)
        expect(verificationCodeIn(sloppily(long, marks, lower))).toBe(long)
        expect(verificationCodeIn(sloppily(plain, marks, lower))).toBe(plain)
        expect(uploadCodeIn(grouped(upload))).toBe(upload)
      }),
    )
  })

  test('whatever is typed is a code or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (typed) => {
        expect(uploadCodeIn(typed) ?? 'AAAAAAAA').toMatch(/^[A-Z0-9]{8,10}$/)
        expect(verificationCodeIn(typed) ?? 'aaaaaaaaa').toMatch(/^([a-z0-9]{9}|[A-Z2-9]{26})$/)
      }),
    )
  })
})
