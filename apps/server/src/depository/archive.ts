import { type PassThrough, Readable } from 'node:stream'
import { csvOf } from '@gradus/contract/csv'
import yazl from 'yazl'
import type { Db } from '../db/database.ts'
import { downloadName } from '../storage/attachment.ts'
import { BlobGone, type Blobs } from '../storage/blobs.ts'
import { type ArchiveLine, listArchive } from './queries/board.ts'

const columns = [
  'nickname',
  'first_name',
  'last_name',
  'email',
  'entry',
  'filename',
  'size_bytes',
  'sha256',
  'handed_in_at',
  'is_late',
  'verification_code',
  'state',
] as const

/**
 * The files that count, as a zip that is written while it is read: each file is opened when its turn comes, so memory
 * does not grow with their number or size. `list.csv` says what each is and who handed in nothing.
 */
export async function archive({ db, blobs }: { db: Db; blobs: Blobs }, exam_id: string): Promise<Readable> {
  const lines = await listArchive(db, exam_id)
  const zip = new yazl.ZipFile()
  const names = entryNames(lines)
  const list = lines.map((line, i) => columns.map((name) => ({ ...line, entry: names[i] ?? '', state: stateOf(line) })[name]))
  zip.addBuffer(Buffer.from(csvOf(columns, list)), 'list.csv')
  const out = zip.outputStream as unknown as PassThrough
  zip.on('error', (error: unknown) => out.destroy(error as Error))
  for (const [i, { object_key, handed_in_at }] of lines.entries()) {
    const name = names[i]
    if (name === null || name === undefined || object_key === null) continue
    // What people hand in is compressed already, mostly: storing costs no time.
    const options = { compress: false, mtime: new Date(handed_in_at!), mode: 0o100644, forceZip64Format: false }
    zip.addReadStreamLazy(name, options, (give) => {
      if (out.destroyed) return
      open(blobs, object_key).then(
        (stream) => give(null, stream),
        (error: Error) => give(error, Readable.from([])),
      )
    })
  }
  zip.end()
  return out
}

/** A file that retention took since the list was read is empty in the archive; anything else breaks it off, which readers notice. */
async function open(blobs: Blobs, key: string): Promise<Readable> {
  try {
    return (await blobs.read(key)).stream
  } catch (error) {
    if (error instanceof BlobGone) return Readable.from([])
    throw error
  }
}

const stateOf = ({ filename, bytes_deleted_at }: ArchiveLine): string =>
  filename === null ? 'missing' : bytes_deleted_at === null ? 'kept' : 'deleted'

/** `nickname-original name`, without what a file system or a path could take for something else; no two are the same. */
function entryNames(lines: readonly ArchiveLine[]): (string | null)[] {
  const taken = new Set(['list.csv'])
  return lines.map(({ nickname, filename, bytes_deleted_at }) => {
    if (filename === null || bytes_deleted_at !== null) return null
    const base = downloadName(`${downloadName(nickname)}-${downloadName(filename)}`)
    let name = base
    // Archives are unpacked where case does not matter.
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = base.replace(/(\.[^.]*)?$/, `-${n}$1`)
    taken.add(name.toLowerCase())
    return name
  })
}
