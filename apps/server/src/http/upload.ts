import type { FastifyRequest } from 'fastify'
import { sqlState } from '../db/database.ts'
import { BlobRefused, type Blobs, BlobTooLarge, type StoredBlob } from '../storage/blobs.ts'
import { Meter } from '../storage/meter.ts'
import { boundaryIn, Malformed, type Part, partsOf } from './multipart.ts'
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
const MAX_PARTS = 20
/** How Node calls a connection that ended before the body. */
const cut = new Set(['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'])
const MAX_NAME = 1_000

/**
 * Reads the one part `file` of a multipart body as a stream: bytes go into `blobs` as they come and are never whole in
 * memory; without `blobs` they are counted and digested only. Size is what was received, whatever Content-Length says.
 * When it throws, nothing is kept, and the rest of the body is read and forgotten within bounds.
 * @throws problem no_file, file_too_large, file_type_not_allowed, file_refused, invalid_request; StorageUnavailable
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

async function readParts({ raw }: FastifyRequest, blobs: Blobs | null, rules: UploadRules): Promise<ReceivedFile> {
  const boundary = boundaryIn(raw.headers['content-type'] ?? '')
  if (boundary === null) throw problem('no_file')
  let received: ReceivedFile | null = null
  try {
    let count = 0
    // The connection stays open when reading stops early: it is still needed for the answer.
    for await (const part of partsOf(raw.iterator({ destroyOnReturn: false }), boundary)) {
      if (++count > MAX_PARTS) throw problem('invalid_request')
      if (part.filename === null) await forget(part)
      // A second file would leave it open which of them counts.
      else if (part.name !== 'file' || received !== null) throw problem('no_file')
      else received = await receivePart(part, part.filename, blobs, rules)
    }
    if (received === null) throw problem('no_file')
    return received
  } catch (error) {
    // Blobs whose row will never come are the sweeper's as well, a day later.
    if (received?.object_key != null) await blobs?.remove(received.object_key).catch(() => {})
    // Whoever sent a body that breaks off is not there to be told, and it is no fault of ours.
    throw error instanceof Malformed ? problem('no_file') : raw.destroyed && cut.has(sqlState(error) ?? '') ? problem('invalid_request') : error
  }
}

async function receivePart(part: Part, filename: string, blobs: Blobs | null, rules: UploadRules): Promise<ReceivedFile> {
  const original_filename = nameOf(filename)
  if (!takesName(rules, original_filename)) throw problem('file_type_not_allowed', { allowed_types: rules.allowed_types })
  const content_type = part.content_type.slice(0, 200).replaceAll('\0', '').toWellFormed()
  return { ...(await keep(blobs, part.body, rules)), original_filename, content_type }
}

/** Reads a field that nobody asked for, within bounds. */
async function forget({ body }: Part): Promise<void> {
  let left = AROUND_BYTES
  for await (const chunk of body) {
    left -= chunk.byteLength
    if (left < 0) throw problem('invalid_request')
  }
}

/** Counts, digests and, with `blobs`, keeps. */
async function keep(
  blobs: Blobs | null,
  source: AsyncIterable<Uint8Array>,
  { max_bytes, with_md5 = false }: UploadRules,
): Promise<Omit<StoredBlob, 'key'> & { object_key: string | null }> {
  try {
    if (blobs !== null) {
      const { key, ...stored } = await blobs.put(source, { max_bytes, with_md5 })
      return { object_key: key, ...stored }
    }
    const meter = new Meter(max_bytes, with_md5)
    for await (const _ of meter.pass(source));
    return { object_key: null, ...meter.read() }
  } catch (error) {
    if (error instanceof BlobRefused) throw problem('file_refused')
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
