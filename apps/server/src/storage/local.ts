import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, opendir, rename, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BlobGone, type Blobs, checkRange, isKey, PAGE_KEYS, type PutOptions, StorageUnavailable, type StoredBlob } from './blobs.ts'
import { Meter } from './meter.ts'

/** Where bytes are written before they are whole. What lies here after a day belongs to nobody. */
const PENDING = 'pending'
/** Written at once: few system calls while few write, and never more than `ALL_BATCHES_BYTES` in memory while many do. */
const MAX_BATCH_BYTES = 1_048_576
const MIN_BATCH_BYTES = 65_536
const ALL_BATCHES_BYTES = 16_777_216
/** Reads ahead this much per stream. */
const READ_BYTES = 65_536

/**
 * Blobs in a folder: `pending/<key>` while they are written, then `<first two letters of the key>/<key>`. All
 * processes of one installation must see the same folder.
 *
 * A blob is on the disk before it has its name: write, fsync of the file, rename, fsync of the folder. A machine that
 * loses power therefore has a blob whole or not at all.
 * @throws StorageUnavailable where the folder cannot be made
 */
export async function openLocalBlobs(root: string): Promise<Blobs> {
  const pendingOf = (key: string): string => join(root, PENDING, key)
  const pathOf = (key: string): string => join(root, key.slice(0, 2), key)

  await storing(async () => {
    await mkdir(join(root, PENDING), { recursive: true, mode: 0o700 })
    await syncFolder(root)
    await syncFolder(dirname(root))
  })

  async function put(source: AsyncIterable<Uint8Array>, { max_bytes, with_md5, key = randomUUID() }: PutOptions): Promise<StoredBlob> {
    const meter = new Meter(max_bytes, with_md5)
    const pending = pendingOf(key)
    const file = await storing(() => open(pending, 'wx', 0o600))
    let is_kept = false
    try {
      try {
        await writeAll(file, meter.pass(source))
        await storing(() => file.sync())
      } finally {
        await file.close().catch(() => {})
      }
      await storing(() => keep(pending, pathOf(key)))
      is_kept = true
      return { key, ...meter.read() }
    } finally {
      // Both names: the rename may have happened before the step that failed.
      if (!is_kept) await remove(key).catch(() => {})
    }
  }

  async function keep(pending: string, path: string): Promise<void> {
    const folder = dirname(path)
    try {
      await rename(pending, path)
    } catch (error) {
      if (!isMissing(error)) throw error
      await mkdir(folder, { mode: 0o700 }).catch(unlessCode('EEXIST'))
      await syncFolder(root)
      await rename(pending, path)
    }
    await syncFolder(folder)
  }

  async function read(key: string, range?: { start: number; end?: number }): ReturnType<Blobs['read']> {
    if (!isKey(key)) throw new BlobGone('no bytes under this key')
    const file = await open(pathOf(key), 'r').catch((error: unknown) => {
      throw isMissing(error) ? new BlobGone('no bytes under this key') : unavailable(error)
    })
    try {
      const { size: size_bytes } = await storing(() => file.stat())
      if (range !== undefined) checkRange(range, size_bytes)
      return { stream: file.createReadStream({ ...range, highWaterMark: READ_BYTES }), size_bytes }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async function remove(key: string): Promise<void> {
    if (!isKey(key)) return
    await storing(async () => {
      for (const path of [pathOf(key), pendingOf(key)]) await unlink(path).catch(unlessCode('ENOENT'))
    })
  }

  async function* list({ older_than_seconds }: { older_than_seconds: number }): AsyncGenerator<string[]> {
    const youngest_ms = Date.now() - older_than_seconds * 1000
    let page: string[] = []
    for await (const name of namesIn(root)) {
      for await (const key of namesIn(join(root, name))) {
        if (!isKey(key)) continue
        // A file that is being written is as young as its last byte.
        const found = await storing(() => stat(join(root, name, key)).catch(unlessCode('ENOENT')))
        if (found === undefined || found.mtimeMs > youngest_ms) continue
        page.push(key)
        if (page.length === PAGE_KEYS) {
          yield page
          page = []
        }
      }
    }
    if (page.length > 0) yield page
  }

  return { put, read, remove, presign: async () => null, list, close: async () => {} }
}

async function* namesIn(folder: string): AsyncGenerator<string> {
  const entries = await storing(() => opendir(folder).catch(unlessCode('ENOENT', 'ENOTDIR')))
  if (entries === undefined) return
  try {
    for await (const entry of entries) yield entry.name
  } catch (error) {
    throw unavailable(error)
  }
}

/** Streams being written in this process. */
let writers = 0

/**
 * Writes a stream. Chunks are written together, and the next ones are read meanwhile: a system call for each chunk and
 * waiting for each cost half of the rate (bench/depository.ts). Holds at most two batches and a chunk.
 */
async function writeAll(file: FileHandle, source: AsyncIterable<Uint8Array>): Promise<void> {
  writers++
  let batch: Uint8Array[] = []
  let size = 0
  let writing: Promise<void> = Promise.resolve()
  const flush = async (): Promise<void> => {
    await writing
    writing = storing(() => writeWhole(file, batch, size))
    // Heard where it is awaited, which may be later than it fails.
    writing.catch(() => {})
    batch = []
    size = 0
  }
  try {
    for await (const chunk of source) {
      batch.push(chunk)
      size += chunk.byteLength
      if (size >= Math.min(MAX_BATCH_BYTES, Math.max(MIN_BATCH_BYTES, ALL_BATCHES_BYTES / writers))) await flush()
    }
    await flush()
    await writing
  } finally {
    writers--
    await writing.catch(() => {})
  }
}

/** A write may be cut short, by a full disk for example; the rest then says why. */
async function writeWhole(file: FileHandle, chunks: Uint8Array[], size: number): Promise<void> {
  if (size === 0) return
  const { bytesWritten } = await file.writev(chunks)
  if (bytesWritten === size) return
  const rest = Buffer.concat(chunks).subarray(bytesWritten)
  for (let done = 0; done < rest.byteLength; ) done += (await file.write(rest, done)).bytesWritten
}

/** Makes the names in a folder durable. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Whatever the file system refuses is one error outside: the store cannot do it now. */
async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw unavailable(error)
  }
}

function unavailable(error: unknown): StorageUnavailable {
  const { code } = error as NodeJS.ErrnoException
  return new StorageUnavailable(code === 'ENOSPC' ? 'the folder of files is full' : `the folder of files refused: ${code}`, { cause: error })
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

const unlessCode =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (!codes.includes(error.code ?? '')) throw error
  }
