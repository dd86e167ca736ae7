import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { Pool } from 'pg'
import { migrate, migrationsHere } from '../db/migrate.ts'
import { migrateOutbox } from '../outbox/migrate.ts'
import type { Blobs } from '../storage/blobs.ts'
import { blobPath, DATABASE, FILE_LIST, type Manifest, readFileList, readManifest, sha256OfFile } from './backup-folder.ts'
import { UsageError } from './command.ts'
import { fillTables, isVacant, listTables } from './queries/backup.ts'

export interface RestoreReport {
  taken_at: string
  row_count: number
  file_count: number
  /** Migrations newer than the backup, applied to what it held. */
  applied: string[]
}

/**
 * Brings a backup back into a database that holds nothing yet, and its files into the store. Everything of the backup is read and held against its
 * hashes before the first row is written; the rows come last, in one transaction, so one that broke off is run again. A backup of an older version is
 * migrated like the installation it is of.
 * @throws UsageError where the backup is damaged or newer than this version, or where the database is not empty
 */
export async function restoreBackup(pool: Pool, blobs: Blobs, backup: string): Promise<RestoreReport> {
  const manifest = await readManifest(backup)
  await prove(backup, manifest)
  const client = await pool.connect()
  try {
    if (!(await isVacant(client, manifest.migrations)))
      throw new UsageError('This database holds an installation already. Restore into an empty one: another DATABASE_URL, or another GRADUS_DATA.')
    // Files before rows: what dies here leaves bytes that nobody refers to, never a row without its bytes, and may be run again.
    const files = await readFileList(backup)
    for (const { key, size_bytes } of files) {
      await blobs.put(createReadStream(blobPath(folderOf(backup), key)), { max_bytes: size_bytes, key })
    }
    await migrate(pool, manifest.migrations.at(-1)?.name)
    await migrateOutbox(pool)
    const present = await listTables(client)
    const strange = manifest.tables.filter((table) => {
      const here = present.find(({ schema, name }) => schema === table.schema && name === table.name)
      return here === undefined || table.columns.some((column) => !here.columns.includes(column))
    })
    if (strange.length > 0)
      throw new UsageError(
        `This version does not know what ${strange[0]!.schema}.${strange[0]!.name} of the backup holds. Restore with the version that made it.`,
      )
    // Tables that were empty of meaning to the backup's version are emptied with the rest, and stay so.
    await fillTables(client, manifest.tables, manifest.sequences, async (table, into) => {
      const { file } = manifest.tables.find(({ schema, name }) => schema === table.schema && name === table.name)!
      await pipeline(createReadStream(join(backup, DATABASE, file)), createGunzip(), into)
    })
    return {
      taken_at: manifest.taken_at,
      row_count: manifest.tables.reduce((sum, table) => sum + table.row_count, 0),
      file_count: files.length,
      applied: await migrate(pool),
    }
  } finally {
    client.release(true)
  }
}

const folderOf = (backup: string): string => join(backup, '..')

async function prove(backup: string, manifest: Manifest): Promise<void> {
  const known = new Map((await migrationsHere()).map(({ name, sha256 }) => [name, sha256]))
  const unknown = manifest.migrations.find(({ name, sha256 }) => known.get(name) !== sha256)
  if (unknown !== undefined)
    throw new UsageError(
      `The backup is of another version of Gradus: this one does not have its migration ${unknown.name}. Restore with that version or a newer one.`,
    )
  const damaged = (what: string): UsageError =>
    new UsageError(`${backup} is damaged: ${what}. Nothing was restored; take another backup of the folder.`)
  for (const { file, sha256 } of manifest.tables) {
    const found = await sha256OfFile(join(backup, DATABASE, file)).catch(() => null)
    if (found !== sha256) throw damaged(found === null ? `${file} is missing` : `${file} is not what was written`)
  }
  if ((await sha256OfFile(join(backup, FILE_LIST)).catch(() => null)) !== manifest.files_sha256) throw damaged(`${FILE_LIST} is not what was written`)
  for (const { key, size_bytes, sha256 } of await readFileList(backup)) {
    const path = blobPath(folderOf(backup), key)
    if ((await stat(path).catch(() => null))?.size !== size_bytes) throw damaged(`the bytes of file ${key} are missing or cut`)
    if ((await sha256OfFile(path)) !== sha256) throw damaged(`the bytes of file ${key} are not those that were handed in`)
  }
}
