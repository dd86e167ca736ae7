import type { Language } from './spec.ts'

/** The longest text of a test's outcome that is shown, in UTF-16 code units, as the contract says it. */
export const MAX_DETAIL = 4_096

export interface Shown {
  text: string
  is_truncated: boolean
}

/** How many lines above the first difference are kept in view. */
const CONTEXT_LINES = 5

/**
 * The beginning of a program's text as it can be stored and shown: at most `max` characters, no U+0000, no half
 * characters, and what cannot be seen made visible (␀ for U+0000, ␛ for escape, � for bytes that are not UTF-8).
 * Where `line` (from 1) lies too far down to be in view, the text begins a few lines above it and says how many it left out.
 */
export function showFrom(bytes: Uint8Array, line: number | null = null, max = MAX_DETAIL): Shown {
  const { start, skipped } = startFor(bytes, line)
  const head = skipped > 0 ? `… ${skipped} ${skipped === 1 ? 'line' : 'lines'} above\n` : ''
  // Four bytes make at most one more unit than they are, so this slice holds all that can be shown.
  const slice = bytes.subarray(start, start + max * 4)
  const isWhole = start + slice.length === bytes.length
  const body = visible(new TextDecoder('utf-8', { ignoreBOM: true }).decode(slice, { stream: !isWhole }))
  const cut = cutEnd(body, max - head.length)
  return { text: head + cut, is_truncated: head !== '' || cut.length < body.length || !isWhole }
}

/** As `showFrom`, but keeps the end: of an error message the last lines say what happened. */
export function showEnd(bytes: Uint8Array): Shown {
  const slice = bytes.subarray(Math.max(0, bytes.length - MAX_DETAIL * 4))
  const body = visible(new TextDecoder('utf-8', { ignoreBOM: true }).decode(slice))
  if (slice.length === bytes.length && body.length <= MAX_DETAIL) return { text: body, is_truncated: false }
  const mark = '…\n'
  return { text: mark + cutStart(body, MAX_DETAIL - mark.length), is_truncated: true }
}

/** `showFrom` for text that is a string already; a lone surrogate shows as �. */
export const showText = (text: string): Shown => showFrom(new TextEncoder().encode(text))

/**
 * The exception that ended a program, such as `ZeroDivisionError: division by zero`, found in what it wrote to
 * stderr; null where there is none. For display and for grouping errors only: a program may print what it likes.
 */
export function exceptionIn(language: Language, stderr: Uint8Array): string | null {
  const text = showEnd(stderr).text
  // A learner's own words on stderr may look like the name of an exception; a traceback does not come without files.
  if (language === 'python' && !text.includes('  File "')) return null
  const lines = text.split('\n')
  const found = lines.findLast((line) => exception[language].test(line))?.match(exception[language])
  return found ? cutEnd(found[1]!, 300) : null
}

const exception: Readonly<Record<Language, RegExp>> = {
  python: /^((?:[A-Za-z_][A-Za-z0-9_]*\.)*[A-Z][A-Za-z0-9_]*(?:: .*)?)$/,
  javascript: /^(?:Uncaught )?([A-Z][A-Za-z0-9_$]*Error(?: \[[A-Z_]+\])?(?:: .*)?)$/,
  java: /^(?:Exception in thread "[^"]*" |Caused by: )((?:[A-Za-z_$][A-Za-z0-9_$]*\.)*[A-Za-z_$][A-Za-z0-9_$]*(?:: .*)?)$/,
  cpp: /^terminate called after throwing an instance of '([^']*)'$/,
  c: /^(.{1,200}: Assertion .{1,200} failed\.)$/,
}

function startFor(bytes: Uint8Array, line: number | null): { start: number; skipped: number } {
  if (line === null) return { start: 0, skipped: 0 }
  const starts = [0]
  let lines = 1
  for (let i = 0; i < bytes.length && lines < line; i++) {
    if (bytes[i] !== 10) continue
    lines++
    starts.push(i + 1)
    if (starts.length > CONTEXT_LINES + 1) starts.shift()
  }
  const end = bytes.indexOf(10, starts.at(-1)!)
  if ((end === -1 ? bytes.length : end) <= MAX_DETAIL) return { start: 0, skipped: 0 }
  // Long lines: keep only as much context as leaves the line itself in view.
  while (starts.length > 1 && starts.at(-1)! - starts[0]! > MAX_DETAIL / 2) starts.shift()
  return { start: starts[0]!, skipped: lines - starts.length }
}

/** Control characters other than tab and line feed become their pictures (U+2400 ff.), so that a terminal or a page shows rather than obeys them. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (c) => (c === '\u007f' ? '␡' : String.fromCharCode(0x2400 + c.charCodeAt(0))))
}

const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff
function cutEnd(text: string, max: number): string {
  if (text.length <= max) return text
  return text.slice(0, isLow(text.charCodeAt(max)) ? max - 1 : max)
}
function cutStart(text: string, max: number): string {
  if (text.length <= max) return text
  const at = text.length - max
  return text.slice(isLow(text.charCodeAt(at)) ? at + 1 : at)
}
