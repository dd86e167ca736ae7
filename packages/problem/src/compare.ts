import type { IoComparator, ValueComparator } from './spec.ts'

/**
 * How an output stands to what was expected. `presentation_error` is equal but for white space, by any comparator: the answer
 * is right, its form is not. `differs_at_line` counts from 1.
 */
export interface Comparison {
  verdict: 'accepted' | 'presentation_error' | 'wrong_answer'
  differs_at_line: number | null
}

const accepted: Comparison = { verdict: 'accepted', differs_at_line: null }

/** White space as C's isspace has it: what programs print between words. */
const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13)

/** A text without any white space. */
function squeezed(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte) => !isSpace(byte))
}

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

/** The line (from 1) on which the first differing byte stands, or null for equal texts. */
export function firstDifferingLine(got: Uint8Array, expected: Uint8Array): number | null {
  let line = 1
  const end = Math.min(got.length, expected.length)
  for (let i = 0; i < end; i++) {
    if (got[i] !== expected[i]) return line
    if (got[i] === 10) line++
  }
  return got.length === expected.length ? null : line
}

/**
 * Compares what a program printed with what it should print. A checker program is not run here: the caller runs it
 * and maps its exit code with `checkerVerdict`.
 */
export function compareOutput(comparator: Exclude<IoComparator, { kind: 'checker' }>, got: Uint8Array, expected: Uint8Array): Comparison {
  if (isEqual(got, expected)) return accepted
  if (comparator.kind !== 'exact') {
    const mine = tokensOf(got)
    const theirs = tokensOf(expected)
    if (mine.length === theirs.length && mine.every((token, i) => isSameToken(comparator, token, theirs[i]!))) return accepted
  }
  const verdict = isEqual(squeezed(got), squeezed(expected)) ? 'presentation_error' : 'wrong_answer'
  return { verdict, differs_at_line: firstDifferingLine(got, expected) }
}

const decoder = new TextDecoder('utf-8')
const tokensOf = (bytes: Uint8Array): string[] =>
  decoder
    .decode(bytes)
    .split(/[\t-\r ]+/)
    .filter((token) => token !== '')

type TokenComparator = Extract<IoComparator, { kind: 'tokens' | 'float' }>

function isSameToken(comparator: TokenComparator, got: string, expected: string): boolean {
  if (got === expected) return true
  if (comparator.kind === 'tokens') return comparator.ignore_case && got.toLowerCase() === expected.toLowerCase()
  const mine = numberOf(got)
  const theirs = numberOf(expected)
  return mine !== null && theirs !== null && isWithin(mine, theirs, comparator.absolute, comparator.relative)
}

/** A decimal number as programs print it, with `inf` and `nan` in the spellings of C, Python, Java and JavaScript; else null. */
function numberOf(token: string): number | null {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(token)) return Number(token)
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(token)
  if (word === null) return null
  if (word[2]!.toLowerCase() === 'nan') return Number.NaN
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** Within the absolute or the relative tolerance, whichever is wider. NaN equals NaN only; an infinity only itself. */
export function isWithin(got: number, expected: number, absolute: number, relative: number): boolean {
  if (Number.isNaN(got) || Number.isNaN(expected)) return Number.isNaN(got) && Number.isNaN(expected)
  if (got === expected) return true
  if (!Number.isFinite(got) || !Number.isFinite(expected)) return false
  return Math.abs(got - expected) <= Math.max(absolute, relative * Math.abs(expected))
}

/** A checker's word: exit 0 accepts, 1 rejects, 2 is a presentation error; anything else means the checker itself failed (null). */
export function checkerVerdict(exit_code: number): Comparison['verdict'] | null {
  return exit_code === 0 ? 'accepted' : exit_code === 1 ? 'wrong_answer' : exit_code === 2 ? 'presentation_error' : null
}

/**
 * Compares two JSON values: arrays in order, objects by keys in any order, numbers by value (1 equals 1.0, 0 equals -0), and by
 * tolerance where the comparator is `float`. A boolean is never a number.
 */
export function isSameValue(comparator: ValueComparator, got: unknown, expected: unknown): boolean {
  if (typeof expected === 'number' && typeof got === 'number') {
    return got === expected || (comparator.kind === 'float' && isWithin(got, expected, comparator.absolute, comparator.relative))
  }
  if (Array.isArray(expected)) {
    return Array.isArray(got) && got.length === expected.length && expected.every((item, i) => isSameValue(comparator, got[i], item))
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof got !== 'object' || got === null || Array.isArray(got)) return false
    const keys = Object.keys(expected)
    return (
      Object.keys(got).length === keys.length &&
      keys.every(
        (key) =>
          Object.hasOwn(got, key) && isSameValue(comparator, (got as Record<string, unknown>)[key], (expected as Record<string, unknown>)[key]),
      )
    )
  }
  return got === expected
}
