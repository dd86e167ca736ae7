import { z } from 'zod'
import { availability } from './courses.ts'
import { endpoint } from './endpoint.ts'
import { MAX_FILE_BYTES } from './questions.ts'
import { instant, line } from './words.ts'

/** Words of the wire for candidates: what one does with a code and no account, and what a receipt tells. */

const tag = 'Hand in with a code'

/** How long an address for downloading is good (R10). */
export const DOWNLOAD_SECONDS = 600

/** What whoever types a code may send: forgiven are case, spaces and hyphens. */
const typedCode = z.string().min(1).max(80)
const codeParams = z.object({ code: typedCode })
const receiptParams = z.object({ verification_code: typedCode })

/**
 * What became of what a receipt stands for. `promised`: only its hash has come so far. `superseded`: the same candidate
 * handed in a later file. `deleted`: the exam's retention has removed the bytes; the receipt stays.
 */
export const receiptState = z.enum(['promised', 'kept', 'superseded', 'deleted'])
export type ReceiptState = z.infer<typeof receiptState>

/** One entry of an exam's log: `entry_sha256` is the SHA-256 of `entry` as it stands here, byte for byte, in hexadecimal. */
export const logEntry = z.object({
  seq: z.int(),
  /** Canonical JSON with `at`, `body`, `exam_id`, `kind`, `prev_sha256`, `seq`: names in order, no spaces. */
  entry: z.string(),
  entry_sha256: z.string(),
})
export type LogEntry = z.infer<typeof logEntry>

export const receipt = z.object({
  verification_code: z.string(),
  exam_title: z.string(),
  time_zone: z.string(),
  state: receiptState,
  filename: z.string(),
  content_type: z.string(),
  size_bytes: z.int(),
  sha256: z.string(),
  /** Told of files of the default exam, whose old clients compare it; null elsewhere. */
  md5: z.string().nullable(),
  /** The instant that counts: the first byte of the upload, or of the promise that it kept. */
  handed_in_at: instant,
  /** Null while only the hash has come. */
  attempt_number: z.int().nullable(),
  is_late: z.boolean(),
  /** Until when the bytes of a promise are taken; null for a file. */
  bytes_until: instant.nullable(),
  /** When retention removes the bytes, where nothing holds them; null once they are gone, and for a promise. */
  deletes_at: instant.nullable(),
  bytes_deleted_at: instant.nullable(),
  /** The log's entry that this receipt is. */
  log: logEntry,
})
export type Receipt = z.infer<typeof receipt>

const handInExam = z.object({
  title: z.string(),
  instructions_markdown: z.string(),
  time_zone: z.string(),
  opens_at: instant.nullable(),
  due_at: instant.nullable(),
  closes_at: instant.nullable(),
  availability,
  max_uploads: z.int().nullable(),
  max_bytes: z.int(),
  /** Endings of names that are taken, in small letters; empty: any. */
  allowed_types: z.array(z.string()),
  retention_seconds: z.int(),
  /** How long after a promise its bytes are taken. */
  hash_first_grace_seconds: z.int(),
})

export const getHandIn = endpoint({
  method: 'GET',
  path: '/api/hand-in/:code',
  summary: 'What a code is for: the exam, its limits, uploads left, and the receipts of this code’s holder, newest first',
  tag,
  access: { who: 'anyone' },
  params: codeParams,
  reply: z.object({
    /** The database's clock: count down by it and not by the device's. */
    now: instant,
    exam: handInExam,
    uploads_used: z.int(),
    uploads_left: z.int().nullable(),
    receipts: z.array(receipt),
  }),
})
export type HandIn = z.infer<typeof getHandIn.reply>

export const uploadFile = endpoint({
  method: 'POST',
  path: '/api/hand-in/:code/files',
  summary:
    'Hand in a file: multipart/form-data with one part `file`. The reply means it is durable, and is its receipt. Repeat with the same Idempotency-Key and you get the same receipt',
  tag,
  access: { who: 'anyone' },
  params: codeParams,
  reply: receipt.extend({ uploads_left: z.int().nullable(), is_replay: z.boolean() }),
  status: 201,
  keyed: true,
  upload: true,
})

export const promiseFile = endpoint({
  method: 'POST',
  path: '/api/hand-in/:code/promise',
  summary:
    'Hash first: send size and SHA-256 before the exam closes and the bytes within the grace period. The same again gives the same receipt; it uses an upload once the bytes have come',
  tag,
  access: { who: 'anyone' },
  params: codeParams,
  body: z.strictObject({
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in small letters'),
    size_bytes: z.int().min(0).max(MAX_FILE_BYTES),
    filename: line(255),
  }),
  reply: receipt.extend({ uploads_left: z.int().nullable(), is_replay: z.boolean() }),
  status: 201,
})

export const getReceipt = endpoint({
  method: 'GET',
  path: '/api/receipts/:verification_code',
  summary: 'What a verification code stands for: compare a file’s SHA-256 and size with it',
  tag,
  access: { who: 'anyone' },
  params: receiptParams,
  reply: receipt,
})

export const getDownloadAddress = endpoint({
  method: 'GET',
  path: '/api/receipts/:verification_code/download',
  summary: 'An address that downloads the file of a receipt for ten minutes; 410 once its bytes are gone',
  tag,
  access: { who: 'anyone' },
  params: receiptParams,
  reply: z.object({ download_url: z.string(), expires_seconds: z.int(), filename: z.string(), size_bytes: z.int(), sha256: z.string() }),
})
