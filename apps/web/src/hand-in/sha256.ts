/**
 * SHA-256 of bytes that come piece by piece (FIPS 180-4). The browser's own digest takes a file only whole in memory, and is
 * missing on pages that come over plain http, as some schools serve them.
 */

const K = new Int32Array(64)
const START = new Uint32Array(8)
{
  /** The first 32 bits of the fractional part. */
  const fraction = (n: number): number => Math.floor((n - Math.floor(n)) * 2 ** 32)
  const isPrime = (n: number): boolean => {
    for (let d = 2; d * d <= n; d++) if (n % d === 0) return false
    return true
  }
  for (let n = 2, i = 0; i < 64; n++) {
    if (!isPrime(n)) continue
    if (i < 8) START[i] = fraction(Math.sqrt(n))
    K[i++] = fraction(Math.cbrt(n))
  }
}

const BLOCK = 64

export interface Sha256 {
  add(bytes: Uint8Array): void
  /** In small hexadecimal digits; nothing may be added afterwards. */
  hex(): string
}

export function sha256(): Sha256 {
  const h = START.slice()
  const w = new Int32Array(64)
  const rest = new Uint8Array(BLOCK)
  let rest_bytes = 0
  let total_bytes = 0

  function block(bytes: Uint8Array, at: number): void {
    for (let i = 0; i < 16; i++, at += 4) w[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]!
      const y = w[i - 2]!
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
      w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0
    }
    let a = h[0]! | 0
    let b = h[1]! | 0
    let c = h[2]! | 0
    let d = h[3]! | 0
    let e = h[4]! | 0
    let f = h[5]! | 0
    let g = h[6]! | 0
    let last = h[7]! | 0
    for (let i = 0; i < 64; i++) {
      const S1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
      const t1 = (last + S1 + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0
      const S0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
      const t2 = (S0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      last = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + t2) | 0
    }
    h[0]! += a
    h[1]! += b
    h[2]! += c
    h[3]! += d
    h[4]! += e
    h[5]! += f
    h[6]! += g
    h[7]! += last
  }

  function add(bytes: Uint8Array): void {
    total_bytes += bytes.length
    let at = 0
    if (rest_bytes > 0) {
      at = Math.min(BLOCK - rest_bytes, bytes.length)
      rest.set(bytes.subarray(0, at), rest_bytes)
      rest_bytes += at
      if (rest_bytes < BLOCK) return
      block(rest, 0)
      rest_bytes = 0
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) block(bytes, at)
    rest.set(bytes.subarray(at))
    rest_bytes = bytes.length - at
  }

  return {
    add,
    hex() {
      const bits = total_bytes * 8
      const end = new Uint8Array(((rest_bytes + 8 < BLOCK ? BLOCK : 2 * BLOCK) - rest_bytes) | 0)
      end[0] = 0x80
      const view = new DataView(end.buffer)
      view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32))
      view.setUint32(end.length - 4, bits >>> 0)
      add(end)
      return Array.from(h, (word) => word.toString(16).padStart(8, '0')).join('')
    },
  }
}
