import { createHmac, timingSafeEqual } from 'node:crypto'

/** Whoever holds a signature of another purpose made with the same key has none of this one. */
const PURPOSE = 'gradus address 1'
const MIN_KEY_BYTES = 16
/** Seconds as we write them: nothing that a number parser would also take, so that one instant has one spelling. */
const instant_pattern = /^(0|[1-9][0-9]{0,11})$/

/**
 * An address of our own that carries its own right: good for exactly this path until `expires_at_seconds` (seconds
 * since 1970), for anybody who has it. What else it should be bound to (a person, a file's name) belongs into the path.
 * @throws RangeError for a key below 16 bytes, a path with a query, or an instant that is no whole second
 */
export function signAddress(key: Buffer, path: string, expires_at_seconds: number): string {
  const expires = String(expires_at_seconds)
  if (key.length < MIN_KEY_BYTES) throw new RangeError(`a key has at least ${MIN_KEY_BYTES} bytes`)
  if (/[?#]/.test(path) || !path.isWellFormed()) throw new RangeError('a path to be signed has no query, no fragment and no half characters')
  if (!instant_pattern.test(expires)) throw new RangeError('an address expires at a whole second')
  return `${path}?expires=${expires}&signature=${sign(key, path, expires)}`
}

/**
 * Whether an address was signed by us for this path and is still good. `path` is the path as it was signed, before any
 * decoding; `query` is what stood behind it, parsed. Takes as long for a wrong signature as for the right one.
 * An address is told to have expired only when it is genuine.
 */
export function checkAddress(
  key: Buffer,
  path: string,
  query: { expires?: unknown; signature?: unknown },
  now_seconds = Date.now() / 1000,
): 'ok' | 'expired' | 'forged' {
  const { expires, signature } = query
  // A parameter that stands there twice comes as a list.
  if (typeof expires !== 'string' || typeof signature !== 'string' || !instant_pattern.test(expires) || !path.isWellFormed()) return 'forged'
  const given = Buffer.from(signature)
  const right = Buffer.from(sign(key, path, expires))
  // The text is compared, not the bytes it means: base64 has several spellings of the same bytes.
  if (given.length !== right.length || !timingSafeEqual(given, right)) return 'forged'
  return now_seconds < Number(expires) ? 'ok' : 'expired'
}

/** The instant holds digits alone, so the last line is the instant whatever the path holds. */
const sign = (key: Buffer, path: string, expires: string): string =>
  createHmac('sha256', key).update(`${PURPOSE}\n${path}\n${expires}`).digest('base64url')
