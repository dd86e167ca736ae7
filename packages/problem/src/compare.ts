import type { IoComparator, ValueComparator } from './spec.ts'

/** How output compares with what was expected, and the first line (from 1) of the output where they part; null where they do not. */
export interface OutputComparison {
  verdict: 'accepted' | 'presentation_error' | 'wrong_answer'
  differs_at_line: number | null
}

/** How a value compares, and the path of the first difference such as `[2].name`; `''` is the value itself, null is none. */
export interface ValueComparison {
  verdict: 'accepted' | 'wrong_answer'
  differs_at: string | null
}

type TextComparator = Exclude<IoComparator, { kind: 'checker' }>

interface Token {
  start: number
  end: number
}

/**
 * Compares a program's output with the expected one, byte by byte: text is never decoded first, so invalid UTF-8
 * cannot make two outputs look the same. `exact` accepts equal bytes; `tokens` accepts equal words whatever stands
 * between them; `float` also accepts numbers within tolerance. What is equal once ALL white space is removed is a
 * presentation error under every comparator (C-Pack-IPAs: "126" for "1 2 6" is one), anything else is wrong.
 * Linear in both lengths.
 */
export function compareOutput(comparator: TextComparator, expected: Uint8Array, got: Uint8Array): OutputComparison {
  const differing = comparator.kind === 'exact' ? firstDifferentByte(expected, got) : firstDifferentToken(comparator, expected, got)
  if (differing === null) return { verdict: 'accepted', differs_at_line: null }
  const same = comparator.kind === 'tokens' && comparator.ignore_case ? foldCase : (bytes: Uint8Array) => bytes
  const verdict = equalButForWhiteSpace(same(expected), same(got)) ? 'presentation_error' : 'wrong_answer'
  return { verdict, differs_at_line: lineOf(got, differing) }
}

/**
 * Compares JSON values in depth. Numbers are compared as doubles, as JSON's readers do: 1 and 1.0 are the same number,
 * 0 and -0 too, and integers beyond 2^53 are as near as a double is. A boolean is never a number, null is only null,
 * arrays keep their order, and the order of an object's keys does not matter. NaN and infinities are not in JSON:
 * whatever holds one is wrong, even within a tolerance.
 */
export function compareValue(comparator: ValueComparator, expected: unknown, got: unknown): ValueComparison {
  const differs_at = differenceIn(comparator, expected, got, '')
  return { verdict: differs_at === null ? 'accepted' : 'wrong_answer', differs_at }
}

/** Space, tab, line feed, vertical tab, form feed, carriage return. */
const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13)

function firstDifferentByte(expected: Uint8Array, got: Uint8Array): number | null {
  const length = Math.min(expected.length, got.length)
  for (let i = 0; i < length; i++) if (expected[i] !== got[i]) return i
  return expected.length === got.length ? null : length
}

function* tokensOf(bytes: Uint8Array): Generator<Token, undefined> {
  let at = 0
  for (;;) {
    while (at < bytes.length && isSpace(bytes[at]!)) at++
    if (at === bytes.length) return
    const start = at
    while (at < bytes.length && !isSpace(bytes[at]!)) at++
    yield { start, end: at }
  }
}

/** Where in `got` the first token stands that is not the expected one; its end where a token is missing. */
function firstDifferentToken(comparator: Exclude<TextComparator, { kind: 'exact' }>, expected: Uint8Array, got: Uint8Array): number | null {
  const wanted = tokensOf(expected)
  for (const token of tokensOf(got)) {
    const want = wanted.next().value
    if (!want || !sameToken(comparator, expected.subarray(want.start, want.end), got.subarray(token.start, token.end))) return token.start
  }
  return wanted.next().value ? got.length : null
}

function sameToken(comparator: Exclude<TextComparator, { kind: 'exact' }>, expected: Uint8Array, got: Uint8Array): boolean {
  if (firstDifferentByte(expected, got) === null) return true
  if (comparator.kind === 'tokens') return comparator.ignore_case && firstDifferentByte(foldCase(expected), foldCase(got)) === null
  const want = numberIn(expected)
  const have = numberIn(got)
  return want !== null && have !== null && isNear(want, have, comparator)
}

/** Lower case: of all letters where the bytes are UTF-8, else of A to Z only. */
function foldCase(bytes: Uint8Array): Uint8Array {
  try {
    return new TextEncoder().encode(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).toLowerCase())
  } catch {
    return bytes.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))
  }
}

/** Every alternative begins differently, so a long token that is no number is refused in one pass. */
const decimal = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const special: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, infinity: Infinity }

/** A decimal number as C, Python, Java and JavaScript print it, with `nan`, `inf` and `infinity` in any case; else null. */
function numberIn(token: Uint8Array): number | null {
  const text = new TextDecoder('latin1').decode(token)
  if (decimal.test(text)) return Number(text)
  const sign = text.startsWith('-') ? -1 : 1
  const word = text.replace(/^[+-]/, '').toLowerCase()
  return Object.hasOwn(special, word) ? sign * special[word]! : null
}

/** NaN equals NaN and an infinity itself. Otherwise the larger of the two tolerances decides; the relative one is of the expected number. */
function isNear(expected: number, got: number, tolerance: { absolute: number; relative: number }): boolean {
  if (expected === got || (Number.isNaN(expected) && Number.isNaN(got))) return true
  if (!Number.isFinite(expected) || !Number.isFinite(got)) return false
  const allowed = Math.max(tolerance.absolute, tolerance.relative * Math.abs(expected))
  // A difference that is exactly the tolerance in decimal may be a few bits more in binary: 1.001 - 1 > 0.001.
  const rounding = allowed > 0 ? 4 * Number.EPSILON * Math.max(Math.abs(expected), Math.abs(got)) : 0
  return Math.abs(expected - got) <= allowed + rounding
}

function equalButForWhiteSpace(a: Uint8Array, b: Uint8Array): boolean {
  let i = 0
  let j = 0
  for (;;) {
    while (i < a.length && isSpace(a[i]!)) i++
    while (j < b.length && isSpace(b[j]!)) j++
    if (i === a.length || j === b.length) return i === a.length && j === b.length
    if (a[i++] !== b[j++]) return false
  }
}

function lineOf(bytes: Uint8Array, offset: number): number {
  let line = 1
  for (let i = 0; i < offset; i++) if (bytes[i] === 10) line++
  return line
}

/** Goes no deeper than `expected` does, so an answer nested without end costs nothing. */
function differenceIn(comparator: ValueComparator, expected: unknown, got: unknown, path: string): string | null {
  if (typeof expected === 'number' && typeof got === 'number') {
    if (!Number.isFinite(expected) || !Number.isFinite(got)) return path
    return expected === got || (comparator.kind === 'float' && isNear(expected, got, comparator)) ? null : path
  }
  if (Array.isArray(expected) || Array.isArray(got)) {
    if (!Array.isArray(expected) || !Array.isArray(got)) return path
    for (let i = 0; i < Math.min(expected.length, got.length); i++) {
      const difference = differenceIn(comparator, expected[i], got[i], `${path}[${i}]`)
      if (difference !== null) return difference
    }
    return expected.length === got.length ? null : `${path}[${Math.min(expected.length, got.length)}]`
  }
  if (isObject(expected) && isObject(got)) {
    for (const key of Object.keys(expected)) {
      const inside = path + step(key)
      if (!Object.hasOwn(got, key)) return inside
      const difference = differenceIn(comparator, expected[key], got[key], inside)
      if (difference !== null) return difference
    }
    const extra = Object.keys(got).find((key) => !Object.hasOwn(expected, key))
    return extra === undefined ? null : path + step(extra)
  }
  return expected === got ? null : path
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const step = (key: string): string => (/^[A-Za-z_][A-Za-z0-9_]{0,39}$/.test(key) ? `.${key}` : `[${JSON.stringify(key.slice(0, 40))}]`)
