import { MAX_CODE_BYTES } from '@gradus/contract/words'

export interface CodeSize {
  bytes: number
  /** From nine tenths of the limit the page says how much room is left. */
  is_near: boolean
  is_over: boolean
}

/** Size of a program as the server counts it: UTF-8 bytes, not characters. */
export function codeSize(code: string): CodeSize {
  const bytes = new TextEncoder().encode(code).length
  return { bytes, is_near: bytes > MAX_CODE_BYTES * 0.9, is_over: bytes > MAX_CODE_BYTES }
}
