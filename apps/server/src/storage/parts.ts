/**
 * Cuts a stream into parts of exactly `part_bytes`; the last one holds the rest and may be empty only where nothing
 * came at all. Holds one part in memory. A part is said to be the last only after the source has ended.
 */
export async function* inParts(source: AsyncIterable<Uint8Array>, part_bytes: number): AsyncGenerator<{ bytes: Buffer; is_last: boolean }> {
  let gathered: Uint8Array[] = []
  let size_bytes = 0
  for await (const chunk of source) {
    let rest = chunk
    while (size_bytes + rest.byteLength > part_bytes) {
      const fitting = part_bytes - size_bytes
      gathered.push(rest.subarray(0, fitting))
      const bytes = Buffer.concat(gathered)
      gathered = []
      size_bytes = 0
      rest = rest.subarray(fitting)
      yield { bytes, is_last: false }
    }
    gathered.push(rest)
    size_bytes += rest.byteLength
  }
  yield { bytes: Buffer.concat(gathered), is_last: true }
}
