import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exceptionIn, MAX_DETAIL, showEnd, showFrom, showText } from './detail.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const whole = (text: string) => ({ text, is_truncated: false })

describe('showFrom', () => {
  test('leaves good text alone', () => {
    expect(showFrom(bytes('a\tb\nπ 🙂\n'))).toEqual(whole('a\tb\nπ 🙂\n'))
    expect(showFrom(bytes('\ufeffbom'))).toEqual(whole('\ufeffbom'))
    expect(showFrom(bytes(''))).toEqual(whole(''))
  })

  test('makes visible what is not', () => {
    expect(showFrom(bytes('a\0b\x1b[31m\r\n\x7f'))).toEqual(whole('a␀b␛[31m␍\n␡'))
    expect(showFrom(Uint8Array.of(0x61, 0xff, 0xc3, 0x62))).toEqual(whole('a��b'))
    expect(showText('\ud83d')).toEqual(whole('�'))
  })

  test('cuts at 4,096 characters and never through one', () => {
    expect(showFrom(bytes('x'.repeat(MAX_DETAIL)))).toEqual(whole('x'.repeat(MAX_DETAIL)))
    expect(showFrom(bytes('x'.repeat(MAX_DETAIL + 1)))).toEqual({ text: 'x'.repeat(MAX_DETAIL), is_truncated: true })
    expect(showFrom(bytes(`${'x'.repeat(MAX_DETAIL - 1)}🙂`))).toEqual({ text: 'x'.repeat(MAX_DETAIL - 1), is_truncated: true })
    expect(showFrom(bytes('€'.repeat(MAX_DETAIL * 2))).text).toBe('€'.repeat(MAX_DETAIL))
  })

  test('begins near a difference that would be out of view, and stays at the top for one that is in view', () => {
    const lines = Array.from({ length: 2_000 }, (_, i) => `line ${i + 1}`)
    const far = showFrom(bytes(lines.join('\n')), 1_500)
    expect(far.text.startsWith('… 1494 lines above\nline 1495\n')).toBe(true)
    expect(far.text).toContain('line 1500\n')
    expect(far.is_truncated).toBe(true)
    expect(showFrom(bytes(lines.join('\n')), 3).text.startsWith('line 1\n')).toBe(true)
    expect(showFrom(bytes('a\nb\n'), 3)).toEqual(whole('a\nb\n'))
    expect(showFrom(bytes('a'), 99)).toEqual(whole('a'))
  })

  test('keeps the line in view where the lines above it are long', () => {
    const text = `${`${'y'.repeat(3_000)}\n`.repeat(9)}here\n`
    expect(showFrom(bytes(text), 10).text).toBe('… 9 lines above\nhere\n')
  })
})

describe('showEnd', () => {
  test('keeps the end', () => {
    expect(showEnd(bytes('short'))).toEqual(whole('short'))
    const { text, is_truncated } = showEnd(bytes(`${'x'.repeat(10_000)}\nValueError: no`))
    expect(is_truncated).toBe(true)
    expect(text.startsWith('…\n')).toBe(true)
    expect(text.endsWith('\nValueError: no')).toBe(true)
  })
})

test('whatever the bytes: bounded, well formed, without U+0000, and whole unless it says otherwise', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.string({ unit: 'grapheme', maxLength: 30 }).map(bytes),
    fc.constant(bytes('long line '.repeat(300))),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.option(fc.integer({ min: 1, max: 60 })), (pieces, line) => {
      const all = Buffer.concat(pieces)
      for (const shown of [showFrom(all, line), showEnd(all)]) {
        expect(shown.text.length).toBeLessThanOrEqual(MAX_DETAIL)
        expect(shown.text.isWellFormed()).toBe(true)
        expect(shown.text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f]/)
        if (!shown.is_truncated) expect(shown.text.length).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(all).length)
      }
    }),
  )
})

describe('exceptionIn', () => {
  test.each([
    [
      'python',
      'Traceback (most recent call last):\n  File "/main.py", line 1, in <module>\nZeroDivisionError: division by zero\n',
      'ZeroDivisionError: division by zero',
    ],
    ['python', 'Traceback (most recent call last):\n  File "/m.py", line 1\nshop.NotEnough\n', 'shop.NotEnough'],
    ['python', 'Hello\n', null],
    [
      'javascript',
      '/box/main.js:1\nnull.x\n     ^\n\nTypeError: Cannot read properties of null\n    at main.js:1:6\n\nNode.js v24\n',
      'TypeError: Cannot read properties of null',
    ],
    ['javascript', 'SyntaxError: bad\n    at main.js:1:1\n', 'SyntaxError: bad'],
    [
      'java',
      'Exception in thread "main" java.lang.ArithmeticException: / by zero\n\tat Main.main(Main.java:3)\n',
      'java.lang.ArithmeticException: / by zero',
    ],
    ['cpp', "terminate called after throwing an instance of 'std::out_of_range'\n  what():  x\n", 'std::out_of_range'],
    ['c', "main: main.c:4: main: Assertion `x' failed.\n", "main: main.c:4: main: Assertion `x' failed."],
    ['c', '', null],
  ] as const)('%s: %j', (language, stderr, found) => {
    expect(exceptionIn(language, bytes(stderr))).toBe(found)
  })
})
