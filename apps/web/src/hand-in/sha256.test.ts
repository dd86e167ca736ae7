import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashFile } from './hash-file.ts'
import { sha256 } from './sha256.ts'

const ofNode = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

test('agrees with Node at every length around the edges of blocks, in one piece and in many', () => {
  for (let length = 0; length <= 260; length++) {
    const bytes = randomBytes(length)
    const whole = sha256()
    whole.add(bytes)
    expect(whole.hex(), `${length} bytes`).toBe(ofNode(bytes))
    const pieces = sha256()
    for (let at = 0; at < length; ) {
      const next = at + 1 + ((at * 7) % 97)
      pieces.add(bytes.subarray(at, next))
      at = next
    }
    expect(pieces.hex(), `${length} bytes in pieces`).toBe(ofNode(bytes))
  }
})

test('counts bits beyond 32', () => {
  const piece = new Uint8Array(1 << 20)
  const mine = sha256()
  const theirs = createHash('sha256')
  // 513 MiB have more than 2^32 bits.
  for (let n = 0; n < 513; n++) {
    mine.add(piece)
    theirs.update(piece)
  }
  expect(mine.hex()).toBe(theirs.digest('hex'))
}, 120_000)

test('reads a file in pieces, tells how far it is, and stops when asked', async () => {
  const bytes = randomBytes(5_000_000)
  const told: number[] = []
  expect(await hashFile(new File([bytes], 'a'), (ratio) => told.push(ratio))).toBe(ofNode(bytes))
  expect(told.at(-1)).toBe(1)
  expect(told).toEqual(told.toSorted((a, b) => a - b))
  const stop = new AbortController()
  stop.abort(new Error('another file'))
  await expect(hashFile(new File([bytes], 'a'), () => undefined, stop.signal)).rejects.toThrow('another file')
})
