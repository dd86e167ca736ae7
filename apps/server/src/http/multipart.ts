/** The body is no multipart/form-data as RFC 7578 writes it, or goes beyond what is read of one. */
export class Malformed extends Error {
  override name = 'Malformed'
}

export interface Part {
  name: string
  /** As it was sent; null for a field of a form. */
  filename: string | null
  content_type: string
  /** To be read to its end before the next part is asked for. */
  body: AsyncGenerator<Uint8Array, void>
}

/** RFC 2046 5.1.1: at most 70 characters. */
const boundary_pattern = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i
const MAX_HEADER_BYTES = 16_384
/** What may stand before the first part. */
const MAX_PREAMBLE_BYTES = 4_096

/** The boundary that a Content-Type names, or null. */
export function boundaryIn(content_type: string): string | null {
  if (!/^multipart\/form-data\s*;/i.test(content_type)) return null
  const found = boundary_pattern.exec(content_type)
  return found?.[1] ?? found?.[2] ?? null
}

/**
 * Reads a multipart body part by part, as it comes: never more of it is held than a chunk and a part's headers. Written
 * for uploads of megabytes: what it costs is one search for the boundary (bench/depository.ts).
 * @throws Malformed
 */
export async function* partsOf(source: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part, void> {
  const reader = new Reader(source, Buffer.from(`\r\n--${boundary}`, 'latin1'))
  await reader.skipPreamble()
  for (let head = await reader.head(); head !== null; head = await reader.head()) yield { ...headersOf(head), body: reader.body() }
}

class Reader {
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #delimiter: Buffer
  /** What was received and not yet taken. Begins with a line break of ours, so that the first boundary is like all others. */
  #rest: Buffer = Buffer.from('\r\n')

  constructor(source: AsyncIterable<Uint8Array>, delimiter: Buffer) {
    this.#chunks = source[Symbol.asyncIterator]()
    this.#delimiter = delimiter
  }

  async skipPreamble(): Promise<void> {
    await this.#until(this.#delimiter, MAX_PREAMBLE_BYTES)
  }

  /** The headers of the next part; null where the body ends. */
  async head(): Promise<string | null> {
    while (this.#rest.length < 2) await this.#more()
    if (this.#rest[0] === 0x2d && this.#rest[1] === 0x2d) return null
    return (await this.#until(Buffer.from('\r\n\r\n'), MAX_HEADER_BYTES)).toString('utf8')
  }

  /** What stands before the next boundary. */
  async *body(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const at = this.#rest.indexOf(this.#delimiter)
      if (at >= 0) {
        const last = this.#take(at)
        this.#rest = this.#rest.subarray(this.#delimiter.length)
        if (last.length > 0) yield last
        return
      }
      const safe = this.#take(this.#rest.length - this.#begun())
      if (safe.length > 0) yield safe
      await this.#more()
    }
  }

  /** How many bytes at the end may be the beginning of a boundary. */
  #begun(): number {
    const rest = this.#rest
    for (let at = rest.indexOf(0x0d, Math.max(0, rest.length - this.#delimiter.length + 1)); at >= 0; at = rest.indexOf(0x0d, at + 1)) {
      if (rest.subarray(at).equals(this.#delimiter.subarray(0, rest.length - at))) return rest.length - at
    }
    return 0
  }

  async #until(mark: Buffer, most: number): Promise<Buffer> {
    for (;;) {
      const at = this.#rest.indexOf(mark)
      if (at > most || (at < 0 && this.#rest.length > most + mark.length)) throw new Malformed('a boundary or the end of headers is missing')
      if (at >= 0) {
        const found = this.#take(at)
        this.#rest = this.#rest.subarray(mark.length)
        return found
      }
      await this.#more()
    }
  }

  #take(count: number): Buffer {
    const taken = this.#rest.subarray(0, count)
    this.#rest = this.#rest.subarray(count)
    return taken
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#chunks.next()
    if (done === true) throw new Malformed('the body ends before its last boundary')
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
  }
}

const parameter_pattern = /;\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)"|([^;\s]*))/g

function headersOf(text: string): Omit<Part, 'body'> {
  let disposition = ''
  let content_type = ''
  for (const line of text.split('\r\n')) {
    const at = line.indexOf(':')
    const name = line.slice(0, Math.max(0, at)).trim().toLowerCase()
    if (name === 'content-disposition') disposition = line.slice(at + 1)
    else if (name === 'content-type') content_type = line.slice(at + 1).trim()
  }
  if (!/^\s*form-data\s*(;|$)/i.test(disposition)) throw new Malformed('a part is no field of a form')
  const parameters = new Map<string, string>()
  // Of what browsers and libraries escape, only the quote cannot stand for itself: names are kept as they were sent.
  for (const [, name, quoted, bare] of disposition.matchAll(parameter_pattern)) {
    parameters.set(name!.toLowerCase(), quoted?.replaceAll('\\"', '"') ?? bare ?? '')
  }
  return { name: parameters.get('name') ?? '', filename: extended(parameters.get('filename*')) ?? parameters.get('filename') ?? null, content_type }
}

/** RFC 8187, as some libraries write names that are not ASCII. */
function extended(value: string | undefined): string | null {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(value ?? '')?.[1]
  if (encoded === undefined) return null
  try {
    return decodeURIComponent(encoded)
  } catch {
    return null
  }
}
