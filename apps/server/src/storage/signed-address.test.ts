import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkAddress, signAddress } from './signed-address.ts'

const key = randomBytes(32)
const path = '/api/files/0192'

function parse(address: string): { path: string; query: { expires: string; signature: string } } {
  const [before, behind] = address.split('?') as [string, string]
  const query = new URLSearchParams(behind)
  return { path: before, query: { expires: query.get('expires')!, signature: query.get('signature')! } }
}

describe('a signed address', () => {
  test('is good for its path until its instant and not at it', () => {
    const { query } = parse(signAddress(key, path, 1000))
    expect(checkAddress(key, path, query, 0)).toBe('ok')
    expect(checkAddress(key, path, query, 999.999)).toBe('ok')
    expect(checkAddress(key, path, query, 1000)).toBe('expired')
    expect(checkAddress(key, path, query, 1e9)).toBe('expired')
  })

  test('goes by the clock where no instant is given', () => {
    const now = Math.floor(Date.now() / 1000)
    expect(checkAddress(key, path, parse(signAddress(key, path, now + 600)).query)).toBe('ok')
    expect(checkAddress(key, path, parse(signAddress(key, path, now - 1)).query)).toBe('expired')
  })

  test('is refused with anything changed: any path, instant, key', () => {
    const segment = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !/[?#]/.test(text))
    fc.assert(
      fc.property(segment, segment, fc.nat(), fc.nat(), fc.uint8Array({ minLength: 16, maxLength: 64 }), (a, b, at, other, bytes) => {
        const own = Buffer.from(bytes)
        const { query } = parse(signAddress(own, a, at))
        expect(checkAddress(own, a, query, at - 1)).toBe('ok')
        expect(checkAddress(key, a, query, at - 1)).toBe('forged')
        if (a !== b) expect(checkAddress(own, b, query, at - 1)).toBe('forged')
        if (at !== other) expect(checkAddress(own, a, { ...query, expires: String(other) }, 0)).toBe('forged')
      }),
    )
  })

  test('is refused with any one letter of the signature changed, cut or added', () => {
    const { query } = parse(signAddress(key, path, 1000))
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let at = 0; at < query.signature.length; at++) {
      for (const letter of letters) {
        const signature = query.signature.slice(0, at) + letter + query.signature.slice(at + 1)
        if (signature !== query.signature) expect(checkAddress(key, path, { ...query, signature }, 0)).toBe('forged')
      }
      expect(checkAddress(key, path, { ...query, signature: query.signature.slice(0, at) }, 0)).toBe('forged')
    }
    for (const more of ['=', 'A', '%00', ' ']) expect(checkAddress(key, path, { ...query, signature: query.signature + more }, 0)).toBe('forged')
  })

  test.each(['', '01000', '1000.0', '1e3', '+1000', '-1', ' 1000', '1000 ', '0x3e8', '١٠٠٠', 'NaN', 'Infinity', '9'.repeat(13)])(
    'is refused with the instant written as %j, however it is signed',
    (expires) => {
      const signature = createHmac('sha256', key).update(`gradus address 1\n${path}\n${expires}`).digest('base64url')
      expect(checkAddress(key, path, { expires, signature }, 0)).toBe('forged')
    },
  )

  test('the planted twin of that test: the same forger is believed with the instant written as we write it', () => {
    const signature = createHmac('sha256', key).update(`gradus address 1\n${path}\n1000`).digest('base64url')
    expect(checkAddress(key, path, { expires: '1000', signature }, 0)).toBe('ok')
  })

  test('is refused without its parameters, with lists of them, with anything', () => {
    const { query } = parse(signAddress(key, path, 1000))
    expect(checkAddress(key, path, {}, 0)).toBe('forged')
    expect(checkAddress(key, path, { ...query, signature: [query.signature, query.signature] }, 0)).toBe('forged')
    expect(checkAddress(key, path, { ...query, expires: ['1000'] }, 0)).toBe('forged')
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (expires, signature) => {
        expect(checkAddress(key, path, { expires, signature }, 0)).toBe('forged')
      }),
    )
  })

  test('a line of the path cannot become the instant', () => {
    const { query } = parse(signAddress(key, '/a\n5', 1000))
    expect(checkAddress(key, '/a', { ...query, expires: '5\n1000' }, 0)).toBe('forged')
    expect(checkAddress(key, '/a', { ...query, expires: '5' }, 0)).toBe('forged')
  })

  test('is not made where it could not be checked', () => {
    expect(() => signAddress(Buffer.alloc(15), path, 1000)).toThrow(RangeError)
    for (const bad of ['/a?b=1', '/a#b', '/a\ud800']) expect(() => signAddress(key, bad, 1000)).toThrow(RangeError)
    for (const bad of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e12]) expect(() => signAddress(key, path, bad)).toThrow(RangeError)
    expect(checkAddress(key, '/a\ud800', { expires: '1', signature: 'x' }, 0)).toBe('forged')
  })
})
