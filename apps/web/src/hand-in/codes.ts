/** Codes as people type and read them. The server forgives the same: spaces of any kind, hyphens and dashes. */

const bare = (typed: string): string => typed.replace(/[\s\p{Pd}]/gu, '')

/** A typed upload code as it stands in an address. */
export const tidyUploadCode = (typed: string): string => bare(typed).toUpperCase()

/** A typed verification code as it stands in an address; short ones have small letters. */
export const tidyReceiptCode = (typed: string): string => {
  const code = bare(typed)
  return code.length > 9 ? code.toUpperCase() : code.toLowerCase()
}

/** A code in groups that are easy to read and to type: `ABCDE FGHJK`, `ABCD EFGH …`. */
export const grouped = (code: string): string => code.match(code.length === 10 ? /.{1,5}/g : /.{1,4}/g)?.join(' ') ?? code
