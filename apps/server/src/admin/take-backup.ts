import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Pool, PoolClient } from 'pg'
import { BlobGone, type Blobs } from '../storage/blobs.ts'
import {
  backupName,
  blobPath,
  DATABASE,
  FILE_LIST,
  FILES,
  flush,
  type ListedFile,
  type Manifest,
  manifestPath,
  prune,
  readFileList,
  sha256OfFile,
} from './backup-folder.ts'
import { UsageError } from './command.ts'
import { beginSnapshot, listMigrations, listSequences, listTables, lockBackups, readFileRows, readTable, selectTakenAt } from './queries/backup.ts'

export interface BackupReport {
  path: string
  taken_at: string
  table_count: number
  row_count: number
  file_count: number
  copied_files: number
  /** Named by a row of the snapshot, and not in the store: retention deleted it meanwhile, or it is lost; `check` tells which. */
  missing_files: string[]
  removed_backups: string[]
  removed_files: number
}

/**
 * Writes a backup into `folder` while Gradus runs: the database as it was at one instant, then the files that its rows name. It has its name only
 * once all of it is on the disk; what broke off earlier is removed by the next one. Of older ones `keep` stay in all.
 * @throws UsageError where the folder cannot be written to, or another backup runs
 */
export async function takeBackup(pool: Pool, blobs: Blobs, folder: string, keep: number): Promise<BackupReport> {
  const client = await pool.connect()
  try {
    // Two at once would clear away what the other has begun. The lock ends with the connection, also when this process is killed.
    if (!(await lockBackups(client))) throw new UsageError('Another backup of this installation is running. Wait for it, or end it.')
    return await write(client, blobs, folder, keep)
  } finally {
    client.release(true)
  }
}

async function write(client: PoolClient, blobs: Blobs, folder: string, keep: number): Promise<BackupReport> {
  const partial = join(folder, 'unfinished')
  try {
    await rm(partial, { recursive: true, force: true })
    // It holds everybody's work and the installation's secrets.
    for (const path of [folder, join(folder, FILES), join(partial, DATABASE)]) await mkdir(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new UsageError(`${folder} cannot be written to (${(error as NodeJS.ErrnoException).code}). Name a folder of this account.`)
  }
  const manifest = await writeDatabase(client, partial)
  await client.query('commit')
  const files = await readFileList(partial)
  const { copied_files, missing_files } = await copyFiles(blobs, folder, files)
  await writeFile(manifestPath(partial), `${JSON.stringify(manifest, null, 2)}\n`)
  for (const path of [manifestPath(partial), partial]) await flush(path)
  const path = join(folder, backupName(manifest.taken_at))
  await rename(partial, path)
  await flush(folder)
  return {
    path,
    taken_at: manifest.taken_at,
    table_count: manifest.tables.length,
    row_count: manifest.tables.reduce((sum, table) => sum + table.row_count, 0),
    file_count: files.length,
    copied_files,
    missing_files,
    ...(await prune(folder, keep)),
  }
}

async function writeDatabase(client: PoolClient, partial: string): Promise<Manifest> {
  await beginSnapshot(client)
  const tables: Manifest['tables'] = []
  for (const table of await listTables(client)) {
    const file = `${table.schema}.${table.name}.copy.gz`
    const path = join(partial, DATABASE, file)
    let row_count = 0
    // One line is one row: COPY writes a line break within a value as two letters.
    const counter = new PassThrough().on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) row_count++
    })
    await pipeline(readTable(client, table), counter, createGzip(), createWriteStream(path, { mode: 0o600, flush: true }))
    tables.push({ ...table, file, row_count, sha256: await sha256OfFile(path) })
  }
  const list = join(partial, FILE_LIST)
  await pipeline(readFileRows(client), createWriteStream(list, { mode: 0o600, flush: true }))
  await flush(join(partial, DATABASE))
  return {
    format: 1,
    taken_at: await selectTakenAt(client),
    migrations: await listMigrations(client),
    tables,
    sequences: await listSequences(client),
    file_count: (await readFileList(partial)).length,
    files_sha256: await sha256OfFile(list),
  }
}

/** Copies what is not there yet, each under its own name only when it is whole and its bytes are those of the row. */
async function copyFiles(blobs: Blobs, folder: string, files: ListedFile[]): Promise<{ copied_files: number; missing_files: string[] }> {
  let copied_files = 0
  const missing_files: string[] = []
  const changed = new Set<string>()
  for (const { key, size_bytes, sha256 } of files) {
    const path = blobPath(folder, key)
    if ((await stat(path).catch(() => null))?.size === size_bytes) continue
    const pending = join(folder, 'unfinished', 'file')
    try {
      const { stream } = await blobs.read(key)
      const hash = createHash('sha256')
      const meter = new PassThrough().on('data', (chunk: Buffer) => hash.update(chunk))
      await pipeline(stream, meter, createWriteStream(pending, { mode: 0o600, flush: true }))
      if (hash.digest('hex') !== sha256) {
        missing_files.push(key)
        continue
      }
    } catch (error) {
      if (!(error instanceof BlobGone)) throw error
      missing_files.push(key)
      continue
    } finally {
      if (missing_files.at(-1) === key) await rm(pending, { force: true })
    }
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await rename(pending, path)
    changed.add(dirname(path))
    copied_files++
  }
  for (const path of [...changed, join(folder, FILES)]) await flush(path)
  return { copied_files, missing_files }
}
