import { expect, test } from 'vitest'
import { SHOWN_CHARACTERS, shownString, shownText } from './shown.ts'
import { verdictOf } from './verdict.ts'

const right = { verdict: 'accepted', differs_at_line: null } as const

test('a limit or a bad ending outranks the right output', () => {
  expect(verdictOf({ kind: 'exit', code: 0 }, right)).toBe('accepted')
  expect(verdictOf({ kind: 'exit', code: 3 }, right)).toBe('runtime_error')
  expect(verdictOf({ kind: 'signal', signal: 'SIGSEGV' }, right)).toBe('runtime_error')
  expect(verdictOf({ kind: 'time_limit' }, right)).toBe('time_limit')
  expect(verdictOf({ kind: 'output_limit' }, right)).toBe('output_limit')
  expect(verdictOf({ kind: 'memory_limit' }, right)).toBe('memory_limit')
})

test('what is shown is bounded, well-formed and has nothing invisible', () => {
  expect(shownText(new TextEncoder().encode('a\u0000\u001b[31m\tb\n'))).toEqual({ text: 'a\u2400\u241b[31m\tb\n', is_truncated: false })
  expect(shownText(new Uint8Array([0xff, 0x41])).text).toBe('\ufffdA')
  const long = shownText(new TextEncoder().encode('\u{1f600}'.repeat(SHOWN_CHARACTERS)))
  expect(long.is_truncated).toBe(true)
  expect(long.text.length).toBeLessThanOrEqual(SHOWN_CHARACTERS)
  expect(long.text.isWellFormed()).toBe(true)
  expect(shownString('\ud800x')).toBe('\ufffdx')
})
