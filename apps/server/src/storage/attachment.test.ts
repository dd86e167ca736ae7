import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attachmentHeaders, inertType } from './attachment.ts'

const disposition = (name: string): string => attachmentHeaders(name, 'text/plain')['content-disposition']!
/** What a receiver of today saves it as: RFC 8187 goes before the plain name. */
const savedAs = (name: string): string => decodeURIComponent(/filename\*=UTF-8''(.*)$/.exec(disposition(name))![1]!)

describe('the name of an attachment', () => {
  test.each([
    ['report.pdf', `attachment; filename="report.pdf"; filename*=UTF-8''report.pdf`],
    ['Übung 1.zip', `attachment; filename="_bung 1.zip"; filename*=UTF-8''%C3%9Cbung%201.zip`],
    ['a"b\\c.txt', `attachment; filename="c.txt"; filename*=UTF-8''c.txt`],
    ["it's (1)*.txt", `attachment; filename="it's (1)_.txt"; filename*=UTF-8''it%27s%20%281%29_.txt`],
    ['100%.txt', `attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt`],
    ['a\r\nSet-Cookie: x=1', `attachment; filename="aSet-Cookie_ x=1"; filename*=UTF-8''aSet-Cookie_%20x%3D1`],
    ['レポート🙂.py', `attachment; filename="_____.py"; filename*=UTF-8''%E3%83%AC%E3%83%9D%E3%83%BC%E3%83%88%F0%9F%99%82.py`],
  ])('%j', (name, expected) => {
    expect(disposition(name)).toBe(expected)
  })

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\work.c', 'work.c'],
    ['.bashrc', 'bashrc'],
    ['..', 'file'],
    ['. .', 'file'],
    ['', 'file'],
    ['/', 'file'],
    ['\u0000\u001b[31m', '[31m'],
    ['evil\u202efdp.exe', 'evilfdp.exe'],
    ['a\u2028b\u0085c', 'abc'],
    ['half\ud800.txt', 'half.txt'],
    ['trailing.txt. .', 'trailing.txt'],
    ['what?<>|.txt', 'what____.txt'],
  ])('%j is saved as %j', (name, expected) => {
    expect(savedAs(name)).toBe(expected)
  })

  test('a long name keeps its ending and its whole letters', () => {
    const name = savedAs(`${'ж'.repeat(300)}.docx`)
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200)
    expect(name).toMatch(/^ж+\.docx$/)
    expect(savedAs('x'.repeat(500))).toBe('x'.repeat(200))
    expect(savedAs(`${'x'.repeat(194)} . y.txt`)).toBe(`${'x'.repeat(194)}.txt`)
  })

  test('a text of a million letters costs nothing', () => {
    const started = performance.now()
    expect(savedAs(`${'. '.repeat(500_000)}x`)).toBe('x')
    expect(performance.now() - started).toBeLessThan(200)
  })

  test('whatever it is: a header of one ASCII line in the grammar, and a name that steers nothing', () => {
    const nasty = fc.constantFrom(...'"\\%\r\n;\'()*/.<>:|?\u0000\u007f\u0085\u202e\u2066\u2028\ud800\udfff🙂é ')
    const unit = fc.oneof(nasty, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }))
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 400 }), (name) => {
        // RFC 6266 with RFC 8187: a quoted string of what needs no escape, then attr-char and percent signs.
        expect(disposition(name)).toMatch(
          /^attachment; filename="[\x20-\x21\x23-\x24\x26-\x5b\x5d-\x7e]+"; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+$/,
        )
        const saved = savedAs(name)
        expect(saved).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\<>:"|?*]|^[.\s]|[.\s]$/u)
        expect(saved.isWellFormed()).toBe(true)
        expect(Buffer.byteLength(saved)).toBeLessThanOrEqual(200)
      }),
      { numRuns: 2000 },
    )
  })

  test('an ordinary name comes through as it is', () => {
    const ordinary = fc.string({ unit: fc.constantFrom(...'abcXYZ019_-(),+=äéñ漢字🙂'), minLength: 1, maxLength: 40 })
    fc.assert(fc.property(ordinary, (name) => void expect(savedAs(`${name}.txt`)).toBe(`${name}.txt`)))
  })
})

describe('the other headers of an attachment', () => {
  test('nothing in it can run, be embedded elsewhere or be guessed to be something else', () => {
    expect(attachmentHeaders('a.html', 'text/html')).toStrictEqual({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="a.html"; filename*=UTF-8''a.html`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cross-origin-resource-policy': 'same-origin',
    })
  })

  test.each([
    'text/html',
    'image/svg+xml',
    'application/xhtml+xml',
    'text/xml',
    'text/javascript',
    'application/json',
    'text/css',
    'multipart/mixed',
    'nonsense',
    '',
  ])('%j leaves as plain bytes', (type) => {
    expect(inertType(type)).toBe('application/octet-stream')
  })

  test.each([
    ['application/pdf', 'application/pdf'],
    ['Image/PNG', 'image/png'],
    ['text/plain; charset=utf-8\r\nx: y', 'text/plain'],
    ['text/plain\r\nx: y', 'application/octet-stream'],
  ])('%j leaves as %j', (type, expected) => {
    expect(inertType(type)).toBe(expected)
  })

  test('every type is one of few', () => {
    fc.assert(fc.property(fc.string(), (type) => void expect(inertType(type)).toMatch(/^[a-z]+\/[a-z0-9.-]+$/)))
  })
})
