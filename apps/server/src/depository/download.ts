import { DOWNLOAD_SECONDS } from '@gradus/contract/exams'
import type { FastifyInstance } from 'fastify'
import type { Db } from '../db/database.ts'
import { problem } from '../http/problems.ts'
import { attachmentHeaders } from '../storage/attachment.ts'
import type { Blobs } from '../storage/blobs.ts'
import { checkAddress, signAddress } from '../storage/signed-address.ts'
import { refuseDeleted, sendFile } from '../submissions/send-file.ts'
import type { ReceiptRow } from './queries/hand-in.ts'

/** What downloading needs; `origin` is how callers reach this server. */
export interface DownloadParts {
  db: Db
  blobs: Blobs
  /** Signs our own addresses. */
  key: Buffer
}

/**
 * An address that downloads a receipt's file for ten minutes: the store's own where it has one, else one of ours that
 * carries its right. Whoever has the receipt's code may have it (R10).
 * @throws problem file_not_yet_there, file_superseded, file_deleted
 */
export async function downloadAddress({ blobs, key }: DownloadParts, receipt: ReceiptRow, origin: string): Promise<string> {
  const { submission_id, object_key, filename, content_type, superseded_at } = receipt
  if (submission_id === null || object_key === null) throw problem('file_not_yet_there', { bytes_until: receipt.bytes_until })
  // Also where a legal hold still keeps the bytes: what counts is the later file.
  if (superseded_at !== null) throw problem('file_superseded', { superseded_at })
  refuseDeleted(receipt)
  const of_store = await blobs.presign(object_key, {
    filename,
    content_type: attachmentHeaders(filename, content_type)['content-type']!,
    seconds: DOWNLOAD_SECONDS,
  })
  if (of_store !== null) return of_store
  return origin + signAddress(key, `/files/${submission_id}`, Math.floor(Date.now() / 1000) + DOWNLOAD_SECONDS)
}

/** Serves our own signed addresses. */
export function downloadRoute(app: FastifyInstance, { db, blobs, key }: DownloadParts): void {
  app.get<{ Params: { submission_id: string } }>('/files/:submission_id', { config: { access: { who: 'anyone' } } }, async (request, reply) => {
    const [path] = request.url.split('?') as [string]
    if (checkAddress(key, path, request.query as Record<string, unknown>) !== 'ok') throw problem('not_found')
    return sendFile({ db, blobs }, request.params.submission_id, reply)
  })
}
