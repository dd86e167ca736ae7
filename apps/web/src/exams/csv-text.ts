/**
 * The text of a CSV file as spreadsheets write them: UTF-8 with or without a byte order mark, or UTF-16 with one. Null for
 * anything else: guessing an old code page would spell names wrongly, and nobody would notice before the slips are printed.
 */
export function csvText(bytes: Uint8Array): string | null {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
    return text.includes('\u0000') ? null : text
  } catch {
    return null
  }
}

/** How many lines of candidates a text seems to have: the server counts rightly, this only says whether it is the right file. */
export const lineCount = (csv: string): number => Math.max(0, csv.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '').length - 1)
