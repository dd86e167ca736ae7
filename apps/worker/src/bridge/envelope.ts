/** What an XQueue server says, whichever dialect it speaks: did it, and the text or value beside. */
export interface Envelope {
  ok: boolean
  content: unknown
}

/**
 * Reads `{"return_code": 0 | 1, "content": …}`, or the same with `"success": true | false`; null where it is neither,
 * such as a page of a proxy or Django's own `{"detail": …}`. Only 0 and `true` are success.
 */
export function readEnvelope(body: string): Envelope | null {
  const value = parsed(body)
  if (typeof value !== 'object' || value === null) return null
  if ('return_code' in value) return { ok: value.return_code === 0, content: 'content' in value ? value.content : '' }
  if ('success' in value) return { ok: value.success === true, content: 'content' in value ? value.content : value }
  return null
}

/** What an answer without envelope says about itself, for the log: Django's `detail`, else nothing. */
export function detailIn(body: string): string {
  const value = parsed(body)
  return typeof value === 'object' && value !== null && 'detail' in value && typeof value.detail === 'string' ? oneLine(value.detail) : ''
}

/** Foreign text as it may stand in a line of the log. */
export const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, 200)

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
