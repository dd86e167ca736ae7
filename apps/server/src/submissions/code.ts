import { createHash } from 'node:crypto'
import { MAX_CODE_BYTES } from '@gradus/contract/words'
import { problem } from '../http/problems.ts'

/**
 * The exact bytes a caller sent, from text or from base64.
 * @throws problem no_content where neither or both are there, code_too_large
 */
export function bytesOf({ code, code_base64 }: { code?: string | undefined; code_base64?: string | undefined }): Buffer {
  if ((code === undefined) === (code_base64 === undefined)) throw problem('no_content')
  const bytes = code === undefined ? Buffer.from(code_base64!, 'base64') : Buffer.from(code, 'utf8')
  if (bytes.length > MAX_CODE_BYTES) throw problem('code_too_large', { size_bytes: bytes.length, max_bytes: MAX_CODE_BYTES })
  return bytes
}

export const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest()

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The bytes as text where they are valid UTF-8, else null. */
export function textOf(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}
