/** Bytes as a page shows them: bounded, and nothing invisible pretends to be something else. */

/** The contract's bound for each text of a test's detail, in characters. */
export const SHOWN_CHARACTERS = 4_096

const decoder = new TextDecoder('utf-8', { fatal: false })

/**
 * The first `SHOWN_CHARACTERS` of an output as text. Bytes that are no UTF-8 become U+FFFD, control characters (but tab, line feed,
 * carriage return) become their pictures (U+2400 ff.), so that NUL can be stored and terminal escapes do nothing.
 */
export function shownText(bytes: Uint8Array): { text: string; is_truncated: boolean } {
  // Four bytes make at most one character pair: no need to decode megabytes to show a page of them.
  const head = bytes.length > SHOWN_CHARACTERS * 4 ? bytes.subarray(0, SHOWN_CHARACTERS * 4) : bytes
  const whole = visible(decoder.decode(head))
  const text = cut(whole)
  return { text, is_truncated: text.length < whole.length || head.length < bytes.length }
}

/** A text that is already a string, bounded and made visible in the same way. */
export const shownString = (text: string): string => cut(visible(text.slice(0, SHOWN_CHARACTERS + 1).toWellFormed()))

function cut(text: string): string {
  if (text.length <= SHOWN_CHARACTERS) return text
  const end = text.charCodeAt(SHOWN_CHARACTERS - 1)
  // Never between the halves of a pair.
  return text.slice(0, end >= 0xd800 && end <= 0xdbff ? SHOWN_CHARACTERS - 1 : SHOWN_CHARACTERS)
}

const visible = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, (c) => (c === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + c.charCodeAt(0))))
