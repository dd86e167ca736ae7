import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import { type Blobs, BlobTooLarge } from '../storage/blobs.ts'
import type { LmsFile } from './accept-lms.ts'

/** What is taken of the words of a call: code with its payload, or an answer with pictures in it. */
export const MAX_WORDS_BYTES = 4 * 1_048_576
/** Bodies up to this are read before anybody has asked who calls. */
const MAX_UNKNOWN_BYTES = 131_072
/** What a login may say: read from strangers, so that a secret that is too long is told to be wrong. */
export const MAX_LOGIN_BYTES = 2 * 1_048_576
/** What is read and thrown away beyond, so that the caller gets an answer instead of a broken connection. */
const MAX_DISCARDED_BYTES = 128 * 1_048_576
const MAX_FILE_BYTES = 64 * 1_048_576
/** Of all files of one hand-in together. */
const MAX_FILES_BYTES = 128 * 1_048_576
const MAX_FILES = 64

/** The words that the protocol knows; others are read over. */
const known = new Set(['username', 'password', 'xqueue_header', 'xqueue_body', 'next', 'csrfmiddlewaretoken'])
const MAX_PAIRS = 100

/** The fields of a call, or `too_large`, or `invalid` where they are no well-formed text. */
export type Fields = { kind: 'fields'; fields: ReadonlyMap<string, string>; files: readonly LmsFile[] } | { kind: 'too_large' | 'invalid' }

const nothing = (kind: 'too_large' | 'invalid'): Fields => ({ kind })

/** Whether a body may be longer than what is read from callers nobody knows. */
export function isLong(request: IncomingMessage): boolean {
  const length = request.headers['content-length']
  return length === undefined ? request.headers['transfer-encoding'] !== undefined : Number(length) > MAX_UNKNOWN_BYTES
}

/** Reads a body to its end and forgets it. */
export async function discard(request: IncomingMessage): Promise<void> {
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_DISCARDED_BYTES) {
      request.destroy()
      return
    }
  }
}

/**
 * Reads the fields of a call: a form, or a JSON object of strings as newer clients send. Text that is not UTF-8 is refused instead of
 * mended, because header and body go on byte for byte. Files are kept only where `blobs` is given; they are durable then, and the
 * caller removes them again where the hand-in is refused.
 */
export async function readFields(request: IncomingMessage, { most, blobs }: { most: number; blobs: Blobs | null }): Promise<Fields> {
  const type = (request.headers['content-type'] ?? '').toLowerCase()
  if (type.startsWith('multipart/form-data')) return readMultipart(request, most, blobs)
  const bytes = await readBytes(request, most)
  if (bytes === null) return nothing('too_large')
  return type.startsWith('application/json') ? fieldsOfJson(bytes) : fieldsOfForm(bytes)
}

/** The whole body, or null where it is too large; what is too large is read to its end and forgotten. */
async function readBytes(request: IncomingMessage, most: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_DISCARDED_BYTES) {
      request.destroy()
      return null
    }
    if (size <= most) chunks.push(chunk)
    else chunks.length = 0
  }
  return size > most ? null : Buffer.concat(chunks)
}

export function fieldsOfForm(bytes: Buffer): Fields {
  if (!isUtf8(bytes)) return nothing('invalid')
  const text = bytes.toString()
  const fields = new Map<string, string>()
  let pairs = 0
  for (let from = 0; from <= text.length; ) {
    const found = text.indexOf('&', from)
    const to = found < 0 ? text.length : found
    if (to > from) {
      if (++pairs > MAX_PAIRS) return nothing('invalid')
      const equals = text.indexOf('=', from)
      const at = equals < 0 || equals > to ? to : equals
      const name = textOf(text.slice(from, at))
      // As in Django, where every peer runs: the last one counts.
      if (name !== null && known.has(name)) {
        const value = textOf(text.slice(at + 1, to))
        if (value === null) return nothing('invalid')
        fields.set(name, value)
      }
    }
    from = to + 1
  }
  return { kind: 'fields', fields, files: [] }
}

function textOf(encoded: string): string | null {
  const spaced = encoded.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  try {
    // A percent sign that begins no byte stands for itself, as in every peer.
    return decodeURIComponent(spaced.replace(/%(?![0-9A-Fa-f]{2})/g, '%25'))
  } catch {
    return null
  }
}

function fieldsOfJson(bytes: Buffer): Fields {
  try {
    const value: unknown = isUtf8(bytes) ? JSON.parse(bytes.toString()) : null
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return nothing('invalid')
    const entries = Object.entries(value).filter((entry): entry is [string, string] => known.has(entry[0]) && typeof entry[1] === 'string')
    // Half a character pair is no text and would not go on as it came.
    if (entries.some(([, text]) => !text.isWellFormed())) return nothing('invalid')
    return { kind: 'fields', files: [], fields: new Map(entries) }
  } catch {
    return nothing('invalid')
  }
}

function readMultipart(request: IncomingMessage, most: number, blobs: Blobs | null): Promise<Fields> {
  return new Promise((done, fail) => {
    let parser: InstanceType<typeof Busboy>
    try {
      parser = new Busboy({
        headers: request.headers as IncomingHttpHeaders & { 'content-type': string },
        // Bytes as they came; whether they are UTF-8 is looked at below.
        defCharset: 'latin1',
        limits: {
          fieldNameSize: 300,
          fieldSize: most,
          fields: MAX_PAIRS,
          files: MAX_FILES,
          fileSize: MAX_FILE_BYTES + 1,
          parts: 200,
          headerPairs: 50,
        },
      })
    } catch {
      discard(request).then(() => done(nothing('invalid')), fail)
      return
    }
    const fields = new Map<string, string>()
    const names = new Set<string>()
    const files: Promise<LmsFile | null>[] = []
    const streams = new Set<Readable>()
    let words = 0
    let wrong: 'too_large' | 'invalid' | null = null
    let isOver = false

    /** Everything that was begun is waited for; what was kept of a call that is refused is removed again. */
    const end = (outcome: Fields | Error): void => {
      if (isOver) return
      isOver = true
      request.unpipe(parser)
      request.resume()
      // A file that is cut off never ends by itself.
      if (outcome instanceof Error || outcome.kind !== 'fields') for (const stream of streams) stream.destroy()
      void Promise.allSettled(files).then(async (settled) => {
        const kept = settled.flatMap((one) => (one.status === 'fulfilled' && one.value !== null ? [one.value] : []))
        const failure = settled.find((one) => one.status === 'rejected')
        const isTooLarge = settled.some((one) => one.status === 'fulfilled' && one.value === null)
        if (!(outcome instanceof Error) && outcome.kind === 'fields' && failure === undefined && !isTooLarge) return done({ ...outcome, files: kept })
        if (blobs !== null) await removeFiles(blobs, kept)
        if (outcome instanceof Error) fail(outcome)
        else if (outcome.kind !== 'fields') done(outcome)
        else if (failure !== undefined) fail(failure.reason)
        else done(nothing('too_large'))
      })
    }

    parser.on('field', (name, value, _cut, isCut) => {
      if (!known.has(name)) return
      words += value.length
      if (isCut || words > most) {
        wrong = 'too_large'
        fields.clear()
        return
      }
      const bytes = Buffer.from(value, 'latin1')
      if (isUtf8(bytes)) fields.set(name, bytes.toString())
      else wrong = 'invalid'
    })
    let file_bytes = 0
    parser.on('file', (_field, stream, filename) => {
      // A part that is cut off fails on its own stream; without a listener that would end the process.
      stream.on('error', () => {
        wrong ??= 'invalid'
      })
      if (blobs === null || wrong !== null) {
        stream.resume()
        return
      }
      streams.add(stream)
      const kept = keep(blobs, nameOf(filename, names), stream, (length) => {
        file_bytes += length
        return file_bytes <= MAX_FILES_BYTES
      }).finally(() => streams.delete(stream))
      // Told at the end; a rejection that nobody hears until then would end the process.
      kept.catch(() => {})
      files.push(kept)
    })
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
      parser.on(limit, () => {
        wrong = 'invalid'
      })
    }
    parser.on('error', () => end(nothing('invalid')))
    parser.on('finish', () => end(wrong === null ? { kind: 'fields', fields, files: [] } : nothing(wrong)))
    const broken = (): void => {
      parser.destroy()
      end(Object.assign(new Error('the connection broke'), { statusCode: 400 }))
    }
    request.on('error', broken)
    request.on('aborted', broken)
    request.pipe(parser)
  })
}

/** Null where it, or all files together, are too large. `fits` hears of every chunk. */
async function keep(blobs: Blobs, name: string, stream: Readable, fits: (length: number) => boolean): Promise<LmsFile | null> {
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (!fits(chunk.length)) throw new BlobTooLarge()
      yield chunk
    }
  }
  try {
    const { key, size_bytes, sha256 } = await blobs.put(counted(), { max_bytes: MAX_FILE_BYTES })
    return { name, object_key: key, size_bytes, sha256 }
  } catch (error) {
    stream.resume()
    if (error instanceof BlobTooLarge) return null
    throw error
  }
}

/** Removes the bytes of files that nobody will name; what cannot be removed now is swept later. */
export async function removeFiles(blobs: Blobs, files: readonly LmsFile[]): Promise<void> {
  await Promise.allSettled(files.map(({ object_key }) => blobs.remove(object_key)))
}

/** The name a grader reads: the learner's own, without a path and without what no file system bears; a second of the same gets a number. */
export function nameOf(filename: string, taken: Set<string>): string {
  const bare = [...(filename.split(/[/\\]/).at(-1) ?? '').toWellFormed().replace(/[\u0000-\u001f\u007f]/g, '')].slice(0, 150).join('')
  const base = bare === '' || bare === '.' || bare === '..' ? 'file' : bare
  let name = base
  for (let n = 2; taken.has(name); n++) name = base.replace(/(\.[^.]*)?$/, `-${n}$1`)
  taken.add(name)
  return name
}
