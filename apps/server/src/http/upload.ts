import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import type { FastifyRequest } from 'fastify'
import { type Blobs, BlobTooLarge, type StoredBlob } from '../storage/blobs.ts'
import { Meter } from '../storage/meter.ts'
import { problem } from './problems.ts'
import { takeTime } from './uploads-in-time.ts'

/** A file as it came: durable under `object_key` where it was kept. */
export interface ReceivedFile {
  /** Null where the bytes were only looked at. */
  object_key: string | null
  /** As it was sent, but for U+0000, which no column can hold, and what is beyond 1,000 characters. */
  original_filename: string
  content_type: string
  size_bytes: number
  sha256: Buffer
  /** Null where the rules do not ask for it. */
  md5: Buffer | null
}

export interface UploadRules {
  max_bytes: number
  /** Endings of names that are taken, in small letters; empty: any. */
  allowed_types: readonly string[]
  with_md5?: boolean
}

/** What a body may have around its one file: boundaries, headers, a few fields of a form. */
const AROUND_BYTES = 65_536
const MAX_NAME = 1_000

/**
 * Reads the one part `file` of a multipart body as a stream: bytes go into `blobs` as they come and are never whole in
 * memory; without `blobs` they are counted and digested only. Size is what was received, whatever Content-Length says.
 * When it throws, nothing is kept, and the rest of the body is read and forgotten within bounds.
 * @throws problem no_file, file_too_large, file_type_not_allowed, invalid_request; StorageUnavailable
 */
export async function receiveFile(request: FastifyRequest, blobs: Blobs | null, rules: UploadRules): Promise<ReceivedFile> {
  const { raw } = request
  const time = takeTime(raw)
  try {
    const promised = Number(raw.headers['content-length'] ?? 0)
    if (promised > rules.max_bytes + AROUND_BYTES) throw tooLarge(rules)
    return await readParts(request, blobs, rules)
  } catch (error) {
    time.forget()
    throw error
  } finally {
    time.over()
  }
}

const tooLarge = ({ max_bytes }: UploadRules) => problem('file_too_large', { max_bytes })

function readParts({ raw }: FastifyRequest, blobs: Blobs | null, rules: UploadRules): Promise<ReceivedFile> {
  let parser: InstanceType<typeof Busboy>
  try {
    parser = new Busboy({
      headers: raw.headers as IncomingHttpHeaders & { 'content-type': string },
      preservePath: true,
      limits: { fieldNameSize: 200, fieldSize: 1_000, fields: 20, files: 2, parts: 22, headerPairs: 20 },
    })
  } catch {
    return Promise.reject(problem('no_file'))
  }
  let keeping: Promise<ReceivedFile> | undefined
  let current: Readable | undefined
  let wrong: Error | undefined

  return new Promise<ReceivedFile>((done, fail) => {
    const settle = async (): Promise<void> => {
      const kept = await keeping?.catch((error: Error) => {
        wrong ??= error
        return undefined
      })
      if (wrong === undefined && kept !== undefined) return done(kept)
      // Blobs whose row will never come are the sweeper's as well, a day later.
      if (kept?.object_key != null) await blobs?.remove(kept.object_key)
      fail(wrong ?? problem('no_file'))
    }
    const end = (): void => void settle().catch(fail)
    const stop = (error: Error): void => {
      wrong ??= error
      raw.unpipe(parser)
      current?.destroy(error)
      end()
    }

    parser.on('file', (field, stream, filename, _encoding, type) => {
      // A part that is cut off fails on its own stream; without a listener that would end the process.
      stream.on('error', () => stop(problem('no_file')))
      // A name that stands there is a file even when it is empty; a second one would leave it open which of them counts.
      if (field !== 'file' || keeping !== undefined) {
        stream.resume()
        return stop(problem('no_file'))
      }
      const original_filename = nameOf(filename)
      if (!takesName(rules, original_filename)) {
        stream.resume()
        return stop(problem('file_type_not_allowed', { allowed_types: rules.allowed_types }))
      }
      current = stream
      keeping = keep(blobs, stream, rules).then((stored) => ({ ...stored, original_filename, content_type: type.slice(0, 200).replaceAll('\0', '') }))
      keeping.catch(stop)
    })
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) parser.on(limit, () => stop(problem('invalid_request')))
    parser.on('error', () => stop(problem('no_file')))
    parser.on('finish', end)
    // A connection that breaks leaves the file without an end; whoever sent it is not there to be told.
    raw.on('close', () => {
      if (!raw.readableEnded && !raw.complete) stop(problem('invalid_request'))
    })
    raw.pipe(parser)
  })
}

/** Counts, digests and, with `blobs`, keeps. */
async function keep(
  blobs: Blobs | null,
  stream: Readable,
  { max_bytes, with_md5 = false }: UploadRules,
): Promise<Omit<StoredBlob, 'key'> & { object_key: string | null }> {
  // The stream stays open when reading stops early: the connection is still needed for the answer.
  const source = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>
  try {
    if (blobs !== null) {
      const { key, ...stored } = await blobs.put(source, { max_bytes, with_md5 })
      return { object_key: key, ...stored }
    }
    const meter = new Meter(max_bytes, with_md5)
    for await (const _ of meter.pass(source));
    return { object_key: null, ...meter.read() }
  } catch (error) {
    throw error instanceof BlobTooLarge ? problem('file_too_large', { max_bytes }) : error
  }
}

function nameOf(filename: string | undefined): string {
  const name = (filename ?? '').replaceAll('\0', '\ufffd').toWellFormed()
  // The end of a long name is kept: it says what the file is.
  return name === '' ? 'file' : name.slice(-MAX_NAME).toWellFormed()
}

/** Whether a name ends as the rules want it. */
export function takesName({ allowed_types }: Pick<UploadRules, 'allowed_types'>, filename: string): boolean {
  if (allowed_types.length === 0) return true
  const at = filename.lastIndexOf('.')
  return at >= 0 && allowed_types.includes(filename.slice(at + 1).toLowerCase())
}
