import { randomBytes } from 'node:crypto'

/** Neither 0 and O nor 1 and I: codes are read from paper and typed. 32 letters, so that a byte's low five bits choose evenly. */
export const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
/** The original's verification codes. */
const PLAIN_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** 50 bits: 100,000 live codes and 100 tries a second for three days give 0.002 hits (reliability-security.md 2.5 no. 7). */
const UPLOAD_SYMBOLS = 10
/** 130 bits: nobody guesses a receipt. */
const RECEIPT_SYMBOLS = 26
const PLAIN_RECEIPT_SYMBOLS = 9

const drawOf = (alphabet: string, count: number): string => {
  // Bytes beyond the last whole multiple would make the first letters likelier.
  const bound = 256 - (256 % alphabet.length)
  let drawn = ''
  while (drawn.length < count)
    for (const byte of randomBytes(count)) if (byte < bound && drawn.length < count) drawn += alphabet[byte % alphabet.length]
  return drawn
}

/** A new code for uploading. That it is new is for the database to say. */
export const drawUploadCode = (): string => drawOf(ALPHABET, UPLOAD_SYMBOLS)

/** A new code of a receipt: the long form, or the one the plain routes have always given out. */
export const drawVerificationCode = (form: 'long' | 'plain'): string =>
  form === 'long' ? drawOf(ALPHABET, RECEIPT_SYMBOLS) : drawOf(PLAIN_ALPHABET, PLAIN_RECEIPT_SYMBOLS)

/** What people put between groups of letters: spaces of any kind, hyphens and dashes. */
const bare = (typed: string): string => typed.replace(/[\s\p{Pd}]/gu, '')

/**
 * The upload code that a text means, or null where it can be none: case, spaces and hyphens do not matter. Codes of 8
 * and 9 symbols are those of the original.
 */
export function uploadCodeIn(typed: string): string | null {
  const code = bare(typed).toUpperCase()
  return /^[A-Z0-9]{8,10}$/.test(code) ? code : null
}

/** The verification code that a text means, or null where it can be none. */
export function verificationCodeIn(typed: string): string | null {
  const code = bare(typed)
  if (/^[a-z0-9]{9}$/i.test(code)) return code.toLowerCase()
  return /^[A-Z2-9]{26}$/i.test(code) ? code.toUpperCase() : null
}

/** A code in groups that are easy to read and to type: `ABCDE FGHJK`, `ABCD EFGH …`. */
export const grouped = (code: string): string => code.match(code.length === 10 ? /.{1,5}/g : /.{1,4}/g)?.join(' ') ?? code
