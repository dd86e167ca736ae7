import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import { type Blobs, BlobTooLarge } from '../storage/blobs.ts'
import type { LmsFile } from './accept-lms.ts'

/** What is taken of the words of a call: an answer with pictures in it may be long. */
export const MAX_WORDS_BYTES = 16 * 1_048_576
/** What is read and thrown away beyond it, so that the caller gets an answer instead of a broken connection. */
const MAX_DISCARDED_BYTES = 128 * 1_048_576
const MAX_FILE_BYTES = 64 * 1_048_576
const MAX_FILES = 64

/** The fields of a call, or `too_large`, or `invalid` where they are no well-formed text. */
export type Fields = { kind: 'fields'; fields: ReadonlyMap<string, string>; files: readonly LmsFile[] } | { kind: 'too_large' | 'invalid' }

const nothing = (kind: 'too_large' | 'invalid'): Fields => ({ kind })

/**
 * Reads the fields of a call: a form, or a JSON object of strings as newer clients send. Text that is not UTF-8 is refused instead of
 * mended, because header and body go on byte for byte. Files are kept only where `blobs` is given; they are durable then.
 */
export async function readFields(request: IncomingMessage, blobs: Blobs | null): Promise<Fields> {
  const type = (request.headers['content-type'] ?? '').toLowerCase()
  if (type.startsWith('multipart/form-data')) return blobs === null ? readMultipart(request, null) : readMultipart(request, blobs)
  const bytes = await readBytes(request)
  if (bytes === null) return nothing('too_large')
  return type.startsWith('application/json') ? fieldsOfJson(bytes) : fieldsOfForm(bytes)
}

/** The whole body, or null where it is too large; what is too large is read to its end and forgotten. */
async function readBytes(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_DISCARDED_BYTES) {
      request.destroy()
      return null
    }
    if (size <= MAX_WORDS_BYTES) chunks.push(chunk)
    else chunks.length = 0
  }
  return size > MAX_WORDS_BYTES ? null : Buffer.concat(chunks)
}

export function fieldsOfForm(bytes: Buffer): Fields {
  const fields = new Map<string, string>()
  if (!isUtf8(bytes)) return nothing('invalid')
  for (const pair of bytes.toString().split('&')) {
    if (pair === '') continue
    const at = pair.indexOf('=')
    const [name, value] = [textOf(at < 0 ? pair : pair.slice(0, at)), textOf(at < 0 ? '' : pair.slice(at + 1))]
    if (name === null || value === null) return nothing('invalid')
    // As in Django, where every peer runs: the last one counts.
    fields.set(name, value)
    if (fields.size > 100) return nothing('invalid')
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
    return {
      kind: 'fields',
      files: [],
      fields: new Map(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    }
  } catch {
    return nothing('invalid')
  }
}

function readMultipart(request: IncomingMessage, blobs: Blobs | null): Promise<Fields> {
  return new Promise((done, fail) => {
    let parser: InstanceType<typeof Busboy>
    try {
      parser = new Busboy({
        headers: request.headers as IncomingHttpHeaders & { 'content-type': string },
        // Bytes as they came; whether they are UTF-8 is looked at below.
        defCharset: 'latin1',
        limits: {
          fieldNameSize: 300,
          fieldSize: MAX_WORDS_BYTES,
          fields: 100,
          files: MAX_FILES,
          fileSize: MAX_FILE_BYTES + 1,
          parts: 200,
          headerPairs: 50,
        },
      })
    } catch {
      request.resume()
      done(nothing('invalid'))
      return
    }
    const fields = new Map<string, string>()
    const files: Promise<LmsFile | null>[] = []
    const names = new Set<string>()
    let wrong: Fields | null = null
    parser.on('field', (name, value, _cut, isCut) => {
      if (isCut) wrong = nothing('too_large')
      else {
        const bytes = Buffer.from(value, 'latin1')
        if (isUtf8(bytes)) fields.set(name, bytes.toString())
        else wrong = nothing('invalid')
      }
    })
    parser.on('file', (_field, stream, filename) => {
      if (blobs === null || wrong !== null) {
        stream.resume()
        return
      }
      files.push(keep(blobs, nameOf(filename, names), stream))
    })
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
      parser.on(limit, () => {
        wrong = nothing('too_large')
      })
    }
    const end = (result: () => Fields): void => {
      Promise.all(files).then((kept) => {
        if (kept.includes(null)) return done(nothing('too_large'))
        const found = result()
        done(found.kind === 'fields' ? { ...found, files: kept.filter((file) => file !== null) } : found)
      }, fail)
    }
    parser.on('error', () => {
      request.unpipe(parser)
      request.resume()
      end(() => nothing('invalid'))
    })
    parser.on('finish', () => end(() => wrong ?? { kind: 'fields', fields, files: [] }))
    // A connection that breaks leaves the last file without an end.
    request.on('error', fail)
    request.on('aborted', () => {
      parser.destroy()
      fail(Object.assign(new Error('the connection broke'), { statusCode: 400 }))
    })
    request.pipe(parser)
  })
}

async function keep(blobs: Blobs, name: string, stream: Readable): Promise<LmsFile | null> {
  try {
    const { key, size_bytes, sha256 } = await blobs.put(stream.iterator({ destroyOnReturn: false }), { max_bytes: MAX_FILE_BYTES })
    return { name, object_key: key, size_bytes, sha256 }
  } catch (error) {
    stream.resume()
    if (error instanceof BlobTooLarge) return null
    throw error
  }
}

/** The name a grader reads: the learner's own, without a path and without what no file system bears; a second of the same gets a number. */
export function nameOf(filename: string, taken: Set<string>): string {
  const bare = (filename.split(/[/\\]/).at(-1) ?? '').replace(/[\u0000-\u001f\u007f]/g, '').slice(0, 200)
  const base = bare === '' || bare === '.' || bare === '..' ? 'file' : bare
  let name = base
  for (let n = 2; taken.has(name); n++) name = base.replace(/(\.[^.]*)?$/, `-${n}$1`)
  taken.add(name)
  return name
}
