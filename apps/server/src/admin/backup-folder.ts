import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { UsageError } from './command.ts'

/**
 * A folder of backups: one folder per backup, named by its instant, beside `files/`, which they share. A file never
 * changes under its key, so a backup copies only those that came since the one before.
 *
 *     2026-11-21T03-00-00Z/backup.json      what it is and holds; written last
 *                          database/…       one compressed COPY per table
 *                          files.jsonl      the files its rows name
 *     files/ab/abcd…                        their bytes
 */

/** What `backup.json` says. */
const manifest = z.object({
  format: z.literal(1),
  taken_at: z.string(),
  /** The migrations that the tables are of, in order. */
  migrations: z.array(z.object({ name: z.string(), sha256: z.string() })),
  tables: z.array(
    z.object({ schema: z.string(), name: z.string(), columns: z.array(z.string()), file: z.string(), row_count: z.int(), sha256: z.string() }),
  ),
  sequences: z.array(z.object({ schema: z.string(), name: z.string(), last_value: z.string() })),
  file_count: z.int(),
  /** Of `files.jsonl`. */
  files_sha256: z.string(),
})
export type Manifest = z.infer<typeof manifest>

export const FILES = 'files'
export const FILE_LIST = 'files.jsonl'
export const DATABASE = 'database'

export const manifestPath = (backup: string): string => join(backup, 'backup.json')
export const blobPath = (folder: string, key: string): string => join(folder, FILES, key.slice(0, 2), key)

const name_pattern = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/

/** The folder's name of a backup taken at an instant: words that every file system takes, in the order of time. */
export const backupName = (taken_at: string): string => `${taken_at.slice(0, 19).replaceAll(':', '-')}Z`

/** The whole backups of a folder, oldest first. One that broke off has another name. */
export const listBackups = async (folder: string): Promise<string[]> => (await readdir(folder)).filter((name) => name_pattern.test(name)).sort()

/** @throws UsageError where there is no backup, or one that this version cannot read */
export async function readManifest(backup: string): Promise<Manifest> {
  const text = await readFile(manifestPath(backup), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${backup} is not a backup (${error.code}). Name the folder that holds backup.json.`)
  })
  try {
    return manifest.parse(JSON.parse(text))
  } catch {
    throw new UsageError(`${backup} was made by another version of Gradus, or is damaged: its backup.json cannot be read.`)
  }
}

/** A file that one of the backup's rows names. */
const listedFile = z.object({ key: z.string(), size_bytes: z.int(), sha256: z.string() })
export type ListedFile = z.infer<typeof listedFile>

export const readFileList = async (backup: string): Promise<ListedFile[]> =>
  (await readFile(join(backup, FILE_LIST), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => listedFile.parse(JSON.parse(line)))

/** Hex. Streams: a table may be larger than memory. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** Makes what was written into a file or a folder survive a loss of power. */
export async function flush(path: string): Promise<void> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    await handle.sync()
  } finally {
    await handle?.close()
  }
}

/**
 * Removes all but the newest `keep` backups, and the files that none of the rest names: what retention deleted from the
 * installation leaves its backups, too, as they grow old.
 */
export async function prune(folder: string, keep: number): Promise<{ removed_backups: string[]; removed_files: number }> {
  const backups = await listBackups(folder)
  const removed_backups = backups.slice(0, Math.max(0, backups.length - keep))
  for (const name of removed_backups) await rm(join(folder, name), { recursive: true })
  const named = new Set<string>()
  for (const name of backups.slice(removed_backups.length)) for (const { key } of await readFileList(join(folder, name))) named.add(key)
  let removed_files = 0
  for (const part of await readdir(join(folder, FILES))) {
    for (const key of await readdir(join(folder, FILES, part))) {
      if (named.has(key)) continue
      await rm(join(folder, FILES, part, key))
      removed_files++
    }
  }
  return { removed_backups, removed_files }
}
