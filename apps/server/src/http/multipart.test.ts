import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundaryIn, Malformed, partsOf } from './multipart.ts'

interface Sent {
  name: string
  filename: string | null
  body: Buffer
}

function bodyOf(parts: readonly Sent[], boundary: string): Buffer {
  const of = ({ name, filename, body }: Sent): Buffer =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === null ? '' : `; filename="${filename}"`}\r\n\r\n`),
      body,
      Buffer.from('\r\n'),
    ])
  return Buffer.concat([...parts.map(of), Buffer.from(`--${boundary}--\r\n`)])
}

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function read(source: AsyncIterable<Uint8Array>, boundary: string): Promise<Sent[]> {
  const found: Sent[] = []
  for await (const { name, filename, body } of partsOf(source, boundary)) {
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(chunk)
    found.push({ name, filename, body: Buffer.concat(chunks) })
  }
  return found
}

const boundaries = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_'), minLength: 1, maxLength: 40 })
const names = fc.string({ unit: fc.constantFrom(...'abcäß漢 .;=()'), minLength: 1, maxLength: 20 })
/** Bytes that look like boundaries most of the time. */
const bodies = (boundary: string) =>
  fc.array(fc.constantFrom('\r', '\n', '\r\n', '-', '--', `--${boundary.slice(0, -1)}`, `\r\n--${boundary.slice(0, -1)}`, 'x', '\0'), {
    maxLength: 40,
  })

test('whatever stands in parts, and wherever chunks are cut, comes out as it went in', async () => {
  await fc.assert(
    fc.asyncProperty(
      boundaries.chain((boundary) =>
        fc.record({
          boundary: fc.constant(boundary),
          parts: fc.array(fc.record({ name: names, filename: fc.option(names), body: bodies(boundary) }), { maxLength: 4 }),
        }),
      ),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
      async ({ boundary, parts }, sizes) => {
        const sent = parts.map((part) => ({ ...part, body: Buffer.from(part.body.join(''), 'latin1') }))
        // What holds a whole boundary is another body.
        fc.pre(sent.every(({ body }) => !`\r\n${body.toString('latin1')}\r\n`.includes(`\r\n--${boundary}`)))
        expect(await read(cut(bodyOf(sent, boundary), sizes), boundary)).toEqual(sent)
      },
    ),
    { numRuns: 500 },
  )
})

test('any bytes are parts or malformed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), async (bytes, size) => {
      const body = Buffer.concat([Buffer.from('--b\r\nContent-Disposition: form-data; name="a"\r\n'), bytes])
      await read(cut(body, [size]), 'b').catch((error: unknown) => expect(error).toBeInstanceOf(Malformed))
    }),
  )
})

describe('headers', () => {
  test.each([
    [`form-data; name="file"; filename="a \\"b\\".pdf"`, 'a "b".pdf'],
    [`form-data; name="file"; filename="C:\\dir\\a.pdf"`, 'C:\\dir\\a.pdf'],
    [`form-data; name=file; filename=bare.pdf`, 'bare.pdf'],
    [`form-data; name="file"; filename="x"; filename*=UTF-8''%e6%bc%a2.pdf`, '漢.pdf'],
    [`form-data; name="file"; filename="x"; filename*=UTF-8''%zz`, 'x'],
    [`form-data; name="file"; filename=""`, ''],
    [`form-data; name="file"`, null],
  ])('%s', async (disposition, filename) => {
    const body = Buffer.from(`--b\r\nContent-Disposition: ${disposition}\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--`)
    expect(await read(cut(body, [7]), 'b')).toEqual([{ name: 'file', filename, body: Buffer.from('x') }])
  })

  test.each([
    ['too long', `--b\r\nContent-Disposition: form-data; name="${'a'.repeat(20_000)}"\r\n\r\nx\r\n--b--`],
    ['of another kind', '--b\r\nContent-Disposition: attachment; name="a"\r\n\r\nx\r\n--b--'],
    ['none', '--b\r\n\r\nx\r\n--b--'],
    ['a preamble without end', 'x'.repeat(10_000)],
    ['nothing', ''],
    ['no last boundary', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b'],
  ])('%s: malformed', async (_, text) => {
    await expect(read(cut(Buffer.from(text), [1_000]), 'b')).rejects.toThrow(Malformed)
  })

  test.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data; charset=utf-8; Boundary="a b"', 'a b'],
    ['multipart/form-data', null],
    ['multipart/mixed; boundary=abc', null],
    [`multipart/form-data; boundary=${'a'.repeat(71)}`, 'a'.repeat(70)],
  ])('the boundary of %s', (type, boundary) => {
    expect(boundaryIn(type)).toBe(boundary)
  })
})
