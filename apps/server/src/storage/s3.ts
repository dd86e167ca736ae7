import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { S3Config } from '../config.ts'
import { attachmentDisposition, inertType } from './attachment.ts'
import { BlobGone, type Blobs, checkRange, isKey, PAGE_KEYS, type PutOptions, StorageUnavailable, type StoredBlob } from './blobs.ts'
import { Meter } from './meter.ts'
import { inParts } from './parts.ts'

/** A body up to this size is one request; a larger one goes in parts of it. Stores ask for 5 MiB at least and take 10,000 parts: 80 GiB. */
const PART_BYTES = 8 * 1024 * 1024
/** Ours among other things in a bucket. */
const PREFIX = 'gradus/'
/** A store that does not take a connection, or that is silent this long, is down. */
const CONNECT_MS = 5_000
const SILENCE_MS = 30_000
/** A download whose reader pauses keeps its connection; the server gives its own connections as long. */
const IDLE_MS = 60_000
/** Downloads hold a connection each; the agent's usual 50 would let slow readers keep everybody from handing in. */
const MAX_CONNECTIONS = 1_000

/**
 * Blobs in a bucket, one object each. A store answers a write only when it is durable there. Every body is signed with
 * its SHA-256, so that a store that checks signatures takes no damaged bytes.
 *
 * An upload holds at most one part in memory, twice while it is put together.
 */
export function openS3Blobs({ endpoint, bucket, region, access_key_id, secret_access_key, is_path_style }: S3Config): Blobs & {
  /** Asks whether the bucket is there and ours. Answers its region, where the store tells it. @throws what the store said */
  findRegion(): Promise<string | undefined>
} {
  const agent = { keepAlive: true, maxSockets: MAX_CONNECTIONS }
  const client = new S3Client({
    ...(endpoint === undefined ? {} : { endpoint }),
    region,
    forcePathStyle: is_path_style,
    credentials: { accessKeyId: access_key_id, secretAccessKey: secret_access_key },
    // Stores other than Amazon's refuse the newer checksums, and signed addresses would carry one of an empty body.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    requestHandler: {
      ...{ connectionTimeout: CONNECT_MS, requestTimeout: SILENCE_MS, throwOnRequestTimeout: true, socketTimeout: IDLE_MS },
      ...{ httpAgent: agent, httpsAgent: agent },
    },
  })
  const objectOf = (key: string): { Bucket: string; Key: string } => ({ Bucket: bucket, Key: PREFIX + key })

  async function put(source: AsyncIterable<Uint8Array>, { max_bytes, with_md5, key = randomUUID() }: PutOptions): Promise<StoredBlob> {
    const object = objectOf(key)
    const meter = new Meter(max_bytes, with_md5)
    const parts: { ETag: string | undefined; PartNumber: number }[] = []
    let upload_id: string | undefined
    try {
      for await (const { bytes, is_last } of inParts(meter.pass(source), PART_BYTES)) {
        if (is_last && upload_id === undefined) {
          await asking(() => client.send(new PutObjectCommand({ ...object, Body: bytes })))
          return { key, ...meter.read() }
        }
        upload_id ??= (await asking(() => client.send(new CreateMultipartUploadCommand(object)))).UploadId!
        const part = { ...object, UploadId: upload_id, PartNumber: parts.length + 1, Body: bytes }
        const { ETag } = await asking(() => client.send(new UploadPartCommand(part)))
        parts.push({ ETag, PartNumber: part.PartNumber })
      }
      const kept = meter.read()
      await asking(() => complete(key, upload_id!, parts))
      return { key, ...kept }
    } catch (error) {
      const cleaned = undo(key, upload_id).catch(() => {})
      // A store out of reach would keep the caller waiting for a second refusal; the sweeper finds what is left.
      if (!(error instanceof StorageUnavailable)) await cleaned
      throw error
    }
  }

  async function complete(key: string, upload_id: string, parts: { ETag: string | undefined; PartNumber: number }[]): Promise<void> {
    const upload = { ...objectOf(key), UploadId: upload_id, MultipartUpload: { Parts: parts } }
    try {
      await client.send(new CompleteMultipartUploadCommand(upload))
    } catch (error) {
      // Asked again after a lost answer, a store no longer knows an upload that it has completed. The object is there
      // then, and nobody else writes under this key.
      if (nameOf(error) !== 'NoSuchUpload') throw error
      await client.send(new HeadObjectCommand(objectOf(key)))
    }
  }

  /** After a failed write: it may have reached the store all the same. */
  async function undo(key: string, upload_id: string | undefined): Promise<void> {
    if (upload_id !== undefined) await abort(key, upload_id)
    await deleteObject(key)
  }

  const abort = (key: string, upload_id: string): Promise<unknown> =>
    client.send(new AbortMultipartUploadCommand({ ...objectOf(key), UploadId: upload_id })).catch(unlessNamed('NoSuchUpload'))

  const deleteObject = (key: string): Promise<unknown> => client.send(new DeleteObjectCommand(objectOf(key))).catch(unlessNamed('NoSuchKey'))

  async function read(key: string, range?: { start: number; end?: number }): ReturnType<Blobs['read']> {
    if (range !== undefined) checkRange(range)
    if (!isKey(key)) throw new BlobGone('no bytes under this key')
    return await asking(async () => {
      const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end ?? ''}` }
      try {
        const { Body, ContentLength, ContentRange } = await client.send(new GetObjectCommand({ ...objectOf(key), ...part }))
        // `bytes 0-99/1234`: what stands behind the slash is the whole.
        const size_bytes = ContentRange === undefined ? ContentLength! : Number(ContentRange.split('/')[1])
        return { stream: Body as Readable, size_bytes }
      } catch (error) {
        if (nameOf(error) === 'NoSuchKey') throw new BlobGone('no bytes under this key')
        if (nameOf(error) === 'InvalidRange') throw new RangeError(`bytes ${range!.start} to ${range!.end ?? 'the end'} hold nothing`)
        throw error
      }
    })
  }

  async function remove(key: string): Promise<void> {
    if (!isKey(key)) return
    await asking(async () => {
      await deleteObject(key)
      for await (const upload of unfinished(PREFIX + key)) await abort(key, upload.upload_id)
    })
  }

  async function presign(key: string, options: { filename: string; content_type: string; seconds: number }): Promise<string | null> {
    if (!isKey(key)) throw new BlobGone('no bytes under this key')
    const ResponseContentDisposition = attachmentDisposition(options.filename)
    const ResponseContentType = inertType(options.content_type)
    const command = new GetObjectCommand({ ...objectOf(key), ResponseContentDisposition, ResponseContentType, ResponseCacheControl: 'no-store' })
    return await getSignedUrl(client, command, { expiresIn: options.seconds })
  }

  async function* list({ older_than_seconds }: { older_than_seconds: number }): AsyncGenerator<string[]> {
    const youngest = new Date(Date.now() - older_than_seconds * 1000)
    const ours = (object: string | undefined, since: Date | undefined): string[] => {
      const key = object?.slice(PREFIX.length) ?? ''
      return isKey(key) && since !== undefined && since <= youngest ? [key] : []
    }
    let ContinuationToken: string | undefined
    do {
      const question = { Bucket: bucket, Prefix: PREFIX, MaxKeys: PAGE_KEYS, ...(ContinuationToken === undefined ? {} : { ContinuationToken }) }
      const answer = await asking(() => client.send(new ListObjectsV2Command(question)))
      const page = (answer.Contents ?? []).flatMap(({ Key, LastModified }) => ours(Key, LastModified))
      if (page.length > 0) yield page
      ContinuationToken = answer.IsTruncated ? answer.NextContinuationToken : undefined
    } while (ContinuationToken !== undefined)
    let page: string[] = []
    for await (const { object, since } of unfinished(PREFIX)) {
      page.push(...ours(object, since))
      if (page.length < PAGE_KEYS) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
  }

  /** Uploads that were begun and neither completed nor aborted. */
  async function* unfinished(prefix: string): AsyncGenerator<{ object: string; upload_id: string; since: Date | undefined }> {
    let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {}
    while (marker !== undefined) {
      const question = { Bucket: bucket, Prefix: prefix, MaxUploads: PAGE_KEYS, ...marker }
      const answer: ListMultipartUploadsCommandOutput = await asking(() => client.send(new ListMultipartUploadsCommand(question)))
      for (const { Key, UploadId, Initiated } of answer.Uploads ?? []) yield { object: Key!, upload_id: UploadId!, since: Initiated }
      marker = answer.IsTruncated ? { KeyMarker: answer.NextKeyMarker, UploadIdMarker: answer.NextUploadIdMarker } : undefined
    }
  }

  const findRegion = async (): Promise<string | undefined> => (await client.send(new HeadBucketCommand({ Bucket: bucket }))).BucketRegion

  return { put, read, remove, presign, list, findRegion, close: async () => client.destroy() }
}

/** Whatever the store refuses, or does not answer, is one error outside: it cannot do it now. */
async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BlobGone || error instanceof RangeError || error instanceof StorageUnavailable) throw error
    throw new StorageUnavailable(`the bucket refused or did not answer: ${nameOf(error)}`, { cause: error })
  }
}

const nameOf = (error: unknown): string =>
  error instanceof S3ServiceException ? error.name : ((error as NodeJS.ErrnoException).code ?? (error as Error).name)

const unlessNamed =
  (name: string) =>
  (error: unknown): undefined => {
    if (nameOf(error) !== name) throw error
  }
