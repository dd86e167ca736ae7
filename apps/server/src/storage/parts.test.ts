import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BlobTooLarge } from './blobs.ts'
import { Meter } from './meter.ts'
import { inParts } from './parts.ts'

async function* from(chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

const collect = <T>(source: AsyncIterable<T>): Promise<T[]> => Readable.from(source).toArray()

const stream = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 })

describe('parts', () => {
  test('are of one size but for the last, and together what came', async () => {
    await fc.assert(
      fc.asyncProperty(stream, fc.integer({ min: 1, max: 64 }), async (chunks, part_bytes) => {
        const whole = Buffer.concat(chunks)
        const parts = await collect(inParts(from(chunks), part_bytes))
        expect(Buffer.concat(parts.map((part) => part.bytes)).equals(whole)).toBe(true)
        expect(parts.map((part) => part.is_last)).toEqual(parts.map((_, i) => i === parts.length - 1))
        expect(parts.slice(0, -1).every((part) => part.bytes.length === part_bytes)).toBe(true)
        expect(parts).toHaveLength(Math.max(1, Math.ceil(whole.length / part_bytes)))
      }),
    )
  })
})

describe('the meter', () => {
  test('counts and digests what passed', async () => {
    await fc.assert(
      fc.asyncProperty(stream, async (chunks) => {
        const whole = Buffer.concat(chunks)
        const meter = new Meter(whole.length, true)
        expect(Buffer.concat(await collect(meter.pass(from(chunks)))).equals(whole)).toBe(true)
        expect(meter.read()).toEqual({
          size_bytes: whole.length,
          sha256: createHash('sha256').update(whole).digest(),
          md5: createHash('md5').update(whole).digest(),
        })
      }),
    )
  })

  test('lets no byte beyond the bound pass and closes the source', async () => {
    let is_closed = false
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(10)
      } finally {
        is_closed = true
      }
    }
    let passed = 0
    const drain = async (): Promise<void> => {
      for await (const chunk of new Meter(95).pass(endless())) passed += chunk.length
    }
    await expect(drain()).rejects.toThrow(BlobTooLarge)
    expect(passed).toBe(90)
    expect(is_closed).toBe(true)
  })
})
