/** Types that no browser takes for a page, a script or a style (2.5 no. 13). The name's ending tells the receiver's programs the rest. */
const inert_types = new Set([
  'application/pdf',
  'application/zip',
  'application/gzip',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'audio/mpeg',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/webp',
  'text/csv',
  'text/plain',
  'video/mp4',
])

/** Longer names are cut: file systems take 255 bytes, and receivers add ` (1)` and `.part`. */
const MAX_NAME_BYTES = 200

/**
 * The headers under which somebody's file leaves us: to be saved and never shown, whatever is in it and whatever its
 * sender called it (2.5 nos. 13, 27). A type that could be active becomes `application/octet-stream`.
 */
export function attachmentHeaders(filename: string, content_type: string): Record<string, string> {
  return {
    'content-type': inertType(content_type),
    'content-disposition': attachmentDisposition(filename),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
  }
}

/** The type without parameters where it is known to be harmless, else `application/octet-stream`. */
export function inertType(content_type: string): string {
  const type = content_type.split(';', 1)[0]!.trim().toLowerCase()
  return inert_types.has(type) ? type : 'application/octet-stream'
}

/**
 * A Content-Disposition for a name of any letters: RFC 6266 with RFC 8187's `filename*`, and for old receivers a
 * `filename` of plain ASCII. ASCII throughout, no line break, no quote or backslash inside the quotes.
 */
export function attachmentDisposition(filename: string): string {
  const name = downloadName(filename)
  // A percent sign goes too: some receivers decode it here.
  const plain = name.replace(/[^\x20-\x7e]|["%]/gu, '_')
  return `attachment; filename="${plain}"; filename*=UTF-8''${encode(name)}`
}

/**
 * The last part of a path, without letters that steer a terminal, a text's direction or a file system. Never empty,
 * never hidden, never a folder's name.
 */
export function downloadName(filename: string): string {
  // Longer texts are no names, and the patterns below may take the square of a text's length.
  const last = filename.slice(-1000).toWellFormed().split(/[/\\]/).at(-1)!
  // Cc and Cf: line breaks, and what makes `evil\u202Efdp.exe` read as `evilexe.pdf`. Zl, Zp: line breaks of Unicode.
  const clean = trim(last.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/gu, '').replace(/[<>:"|?*]/g, '_'))
  if (Buffer.byteLength(clean) <= MAX_NAME_BYTES) return clean || 'file'
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(clean)?.[0] ?? ''
  return trim(cut(clean, MAX_NAME_BYTES - ending.length)) + ending
}

/** Dots and spaces at the ends: hidden files, `..`, and what Windows drops. */
const trim = (name: string): string => name.replace(/^[.\s]+/, '').replace(/[.\s]+$/, '')

/** The first whole letters of a text that fit. */
function cut(text: string, max_bytes: number): string {
  let kept = ''
  let bytes = 0
  for (const letter of text) {
    bytes += Buffer.byteLength(letter)
    if (bytes > max_bytes) break
    kept += letter
  }
  return kept
}

/** RFC 8187 ext-value: everything but attr-char as UTF-8 bytes in percent signs. */
const encode = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
