import type { Readable } from 'node:stream'

/** What is known of bytes once they are kept. The digests are taken of the bytes as they came. */
export interface StoredBlob {
  key: string
  size_bytes: number
  sha256: Buffer
  /** Null where it was not asked for: it costs more than twice what SHA-256 does. */
  md5: Buffer | null
}

/** More bytes came than were allowed; nothing of them is kept. */
export class BlobTooLarge extends Error {
  override name = 'BlobTooLarge'
}

/** The operator's scanner wants none of these bytes; nothing of them is kept. */
export class BlobRefused extends Error {
  override name = 'BlobRefused'
}

/** There are no bytes under this key. */
export class BlobGone extends Error {
  override name = 'BlobGone'
}

/** The store cannot do it now: no space, no rights, no answer. Nothing was acknowledged; the same call may work later. */
export class StorageUnavailable extends Error {
  override name = 'StorageUnavailable'
}

export interface PutOptions {
  max_bytes: number
  with_md5?: boolean
  key?: string
}

/**
 * The bytes of files, behind one door: a folder of this machine (local.ts) or a bucket (s3.ts). Both pass the same
 * tests (contract.test.ts). A blob never changes; its key is drawn here and says nothing about who owns it.
 *
 * The order of keeping a file is: blob durable, row, answer (reliability-security.md 1.2 rule 2). A crash between the
 * steps leaves a blob without a row, never a row without its blob; the sweeper removes such blobs a day later.
 */
export interface Blobs {
  /**
   * Durable when it resolves. `source` is read to its end or until `max_bytes` + 1 bytes came; on a failure its
   * iterator is closed, which destroys a stream (and with it the connection of a request: a caller who still wants to
   * answer there hands in `stream.iterator({ destroyOnReturn: false })`). Nothing is left behind on a failure; what a
   * killed process or a store out of reach leaves, `list` finds. The source's own error is thrown on as it is.
   * `key` is for a restore alone, which brings bytes back under the key they had.
   * @throws BlobTooLarge, StorageUnavailable
   */
  put(source: AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredBlob>
  /**
   * Streams the bytes, or those from `start` to `end`, both included and counted from 0 as in HTTP; an `end` beyond the
   * last byte means the last byte. `size_bytes` is the size of the whole blob, also for a range. The stream has to be
   * read to its end or destroyed; an error of it means that the bytes so far are not the whole.
   * @throws BlobGone before the first byte; RangeError where the range holds no byte; StorageUnavailable
   */
  read(key: string, range?: { start: number; end?: number }): Promise<{ stream: Readable; size_bytes: number }>
  /** Removes the bytes, and what an unfinished `put` left under the key. Idempotent. @throws StorageUnavailable */
  remove(key: string): Promise<void>
  /**
   * Address that downloads it as `filename` for `seconds`, on the store itself; null where the store has no address of
   * its own (local). Made without asking the store: a missing blob is noticed by whoever follows the address.
   */
  presign(key: string, options: { filename: string; content_type: string; seconds: number }): Promise<string | null>
  /**
   * Keys older than `older_than_seconds`, in pages of at most 1,000, in no order, for the sweeper. Includes what an
   * interrupted `put` left. A key may come twice; one that is removed meanwhile may still come.
   * @throws StorageUnavailable
   */
  list(options: { older_than_seconds: number }): AsyncIterable<string[]>
  close(): Promise<void>
}

/** How many keys a page of `list` holds at most. */
export const PAGE_KEYS = 1000

const key_pattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Whether a text can be a key at all. What cannot is never put into a path or an address (2.5 no. 11). */
export const isKey = (text: string): boolean => key_pattern.test(text)

/** @throws RangeError where a range holds no byte of `size_bytes` */
export function checkRange({ start, end = start }: { start: number; end?: number }, size_bytes = Number.MAX_SAFE_INTEGER): void {
  const is_range = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end
  if (!is_range || start >= size_bytes) throw new RangeError(`bytes ${start} to ${end} hold nothing`)
}
