import type { FastifyReply } from 'fastify'
import type { Db } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { attachmentHeaders } from '../storage/attachment.ts'
import { BlobGone, type Blobs } from '../storage/blobs.ts'
import { type FileRow, selectOptionalFile } from './queries/files.ts'

/** Sends the file of a hand-in as an attachment. @throws problem code_expected, file_superseded, file_deleted */
export async function sendFile({ db, blobs }: { db: Db; blobs: Blobs }, submission_id: string, reply: FastifyReply): Promise<FastifyReply> {
  const file = await selectOptionalFile(db, submission_id)
  if (file === undefined) throw problem('code_expected')
  refuseDeleted(file)
  try {
    const { stream } = await blobs.read(file.object_key)
    const headers = { ...attachmentHeaders(file.original_filename, file.content_type), 'content-length': String(file.size_bytes) }
    return await reply.headers(headers).send(stream)
  } catch (error) {
    if (!(error instanceof BlobGone)) throw error
    // Deleted between the row and the bytes.
    throw problem('file_deleted', {})
  }
}

/** @throws problem file_superseded, file_deleted */
export function refuseDeleted({ bytes_deleted_at, deleted_because }: Pick<FileRow, 'bytes_deleted_at' | 'deleted_because'>): void {
  if (bytes_deleted_at !== null) throw problem(deleted_because === 'superseded' ? 'file_superseded' : 'file_deleted', { bytes_deleted_at })
}
