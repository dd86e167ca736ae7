import { questionSpec } from '@gradus/contract/questions'
import type { GradingReport, TestReport } from '@gradus/sandbox/grade'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_MSG_BYTES, refusal, replyTo } from './reply.ts'

/** Null for well-formed XML of elements and text without attributes, else what is wrong: what an LMS's parser would say. */
function illFormed(xml: string): string | null {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(xml)) return 'a character that XML cannot hold'
  const open: string[] = []
  let roots = 0
  for (const [token] of xml.matchAll(/<[^>]*>|[^<]+|</g)) {
    const tag = /^<(\/?)([a-z]+)>$/.exec(token)
    if (tag === null) {
      if (token.startsWith('<')) return `not a tag: ${token.slice(0, 20)}`
      if (/&(?!(amp|lt|gt|quot|#39);)/.test(token) || token.includes(']]>')) return `not text: ${token.slice(0, 20)}`
      if (open.length === 0) return 'text outside of the root'
    } else if (tag[1] === '') {
      if (open.length === 0 && roots++ > 0) return 'a second root'
      open.push(tag[2]!)
    } else if (open.pop() !== tag[2]) return `</${tag[2]}> closes nothing`
  }
  return open.length === 0 && roots === 1 ? null : 'not closed'
}

interface Fields extends Partial<TestReport> {
  points?: number
  is_hidden?: boolean
  name?: string
}
function graded(tests: Fields[], compile_output = '') {
  const spec = questionSpec.parse({
    kind: 'io',
    languages: { python: {} },
    tests: tests.map(({ points = 1, is_hidden = false, name = 'a name' }, i) => ({
      key: `t${i}`,
      name,
      points,
      is_hidden,
      stdin: '',
      expected_stdout: '',
    })),
  })
  const report: GradingReport = {
    compile_output,
    sandbox: 'wasm',
    runtime: 'test',
    tests: tests.map(({ verdict = 'accepted', time_ms = null, detail = {} }, i) => ({ key: `t${i}`, verdict, time_ms, memory_kb: null, detail })),
  }
  return replyTo(spec, report)
}

test('the guard for XML catches its planted sins', () => {
  for (const sin of [
    '<div>',
    '<div></p></div>',
    '<div>&</div>',
    '<div>&nbsp;</div>',
    '<div><br></div>',
    '<div>\u0000</div>',
    'x',
    '<p></p><p></p>',
    '<div a=b></div>',
    '<div>\ud800</div>',
  ])
    expect(illFormed(sin), sin).not.toBeNull()
  expect(illFormed('<div><p>a &lt; b</p></div>')).toBeNull()
})

describe('the score', () => {
  test('is the sum of the accepted tests’ points, exactly', () => {
    expect(graded([{ points: 0.1 }, { points: 0.2 }, { points: 5, verdict: 'wrong_answer' }])).toMatchObject({ correct: false, score: 0.3 })
    expect(graded([{ points: 0.1 }, { points: 0.2 }])).toMatchObject({ correct: true, score: 0.3 })
    expect(graded([{ verdict: 'time_limit' }])).toMatchObject({ correct: false, score: 0 })
  })

  test('is correct only where every test is accepted, one without points too', () => {
    expect(graded([{}, { points: 0, verdict: 'wrong_answer' }])).toMatchObject({ correct: false, score: 1 })
    expect(graded([{ points: 0 }])).toMatchObject({ correct: true, score: 0 })
  })

  test('does not exist where grading itself failed, or a test is missing', () => {
    expect(graded([{}, { verdict: 'internal_error' }])).toBeNull()
    const spec = questionSpec.parse({
      kind: 'io',
      languages: { python: {} },
      tests: [{ key: 'other', name: 'n', stdin: '', expected_stdout: '' }],
    })
    expect(replyTo(spec, { compile_output: '', sandbox: 'wasm', runtime: '', tests: [] })).toBeNull()
  })
})

describe('the message', () => {
  const said = (tests: Fields[], compile_output?: string): string => graded(tests, compile_output)!.msg

  test('has a sentence for each visible test and only counts hidden ones', () => {
    const msg = said([
      { name: 'small', time_ms: 12 },
      { name: 'secret one', is_hidden: true, verdict: 'runtime_error', detail: { exception: 'SecretError', stdin: 'secret in' } },
      { name: 'secret two', is_hidden: true },
      { name: '4', verdict: 'wrong_answer', detail: { differs_at_line: 3, message: 'the checker says' } },
    ])
    expect(msg).toBe(
      '<div><p>2 of 4 tests accepted: 2 of 4 points.</p>' +
        '<ul><li>Test 1, small: right, in 12 ms.</li><li>Test 4: the answer is wrong, first on line 3.<pre>the checker says</pre></li></ul>' +
        '<p>Hidden tests: 1 of 2 accepted.</p></div>',
    )
  })

  test.each<[Fields, string]>([
    [
      { verdict: 'wrong_answer', detail: { call: 'f("a")', got: '1', expected: '2' } },
      '<code>f(&quot;a&quot;)</code> returned <code>1</code>, expected <code>2</code>.',
    ],
    [{ verdict: 'presentation_error' }, 'the right words, but spaces or line breaks differ.'],
    [{ verdict: 'time_limit' }, 'stopped because it took too long; the limit is 2 s.'],
    [{ verdict: 'memory_limit' }, 'stopped because it used more than 256 MB of memory.'],
    [{ verdict: 'output_limit' }, 'stopped because it printed too much.'],
    [{ verdict: 'runtime_error', detail: { exception: 'ValueError: <b>' } }, 'stopped with <code>ValueError: &lt;b&gt;</code>.'],
    [{ verdict: 'runtime_error', detail: { signal: 'SIGSEGV' } }, 'stopped with <code>SIGSEGV</code>.'],
    [{ verdict: 'runtime_error', detail: { exit_code: 3 } }, 'stopped with <code>exit code 3</code>.'],
  ])('%j', (fields, words) => {
    expect(said([fields])).toContain(`<li>Test 1, a name: ${words}</li>`)
  })

  test('of code that does not compile is what the compiler said', () => {
    const msg = said([{ verdict: 'skipped' }, { verdict: 'skipped', is_hidden: true }], 'main.py: "if a < b & c"\n')
    expect(msg).toBe('<div><p>The code does not compile: 0 of 2 points.</p><pre>main.py: &quot;if a &lt; b &amp; c&quot;\n</pre></div>')
  })

  test('is well formed and at most 60 KB, whatever programs print', () => {
    const weird = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom(
        '</pre><script>alert(1)</script>',
        '&#0;]]>',
        '\u0000\u001b[1m\ud800',
        '\u{1f600}'.repeat(50),
        '&'.repeat(30_000),
        '\u0007'.repeat(30_000),
      ),
    )
    const fields = fc.record({
      verdict: fc.constantFrom('accepted', 'wrong_answer', 'runtime_error', 'time_limit' as const),
      is_hidden: fc.boolean(),
      detail: fc.record({ message: weird, exception: weird, call: weird, got: weird, expected: weird }, { requiredKeys: [] }),
    })
    fc.assert(
      fc.property(fc.array(fields, { minLength: 1, maxLength: 60 }), weird, (tests, output) => {
        const msg = said(tests, output)
        expect(illFormed(msg)).toBeNull()
        expect(Buffer.byteLength(msg)).toBeLessThanOrEqual(MAX_MSG_BYTES)
      }),
      { numRuns: 60 },
    )
  })

  test('is cut between tests, says how many are left out, and keeps what stands behind them', () => {
    const loud = { verdict: 'wrong_answer', detail: { message: '<'.repeat(4_096) } } as const
    const msg = said([...Array.from({ length: 199 }, () => loud), { is_hidden: true }], '&'.repeat(65_536))
    expect(illFormed(msg)).toBeNull()
    expect(Buffer.byteLength(msg)).toBeLessThanOrEqual(MAX_MSG_BYTES)
    expect(Buffer.byteLength(msg)).toBeGreaterThan(MAX_MSG_BYTES - 3_000)
    const shown = msg.match(/<li>/g)!.length
    expect(msg).toContain(`<p>${199 - shown} more tests are not shown here.</p><p>Hidden tests: 1 of 1 accepted.</p><pre>&amp;`)
    expect(msg).toMatch(/&amp;…<\/pre><\/div>$/)
  })

  test('has room for the sentence about the rest, however full it is', () => {
    const sizes = Array.from({ length: 170 }, (_, i) => {
      const msg = said(
        Array.from({ length: 200 }, () => ({
          name: `${'<'.repeat(29)}${'x'.repeat(i + 1)}`,
          verdict: 'output_limit',
          detail: { message: '>'.repeat(80) },
        })),
      )
      expect(msg).toContain('more tests are not shown here')
      return Buffer.byteLength(msg)
    })
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_MSG_BYTES)
    expect(Math.max(...sizes)).toBeGreaterThan(MAX_MSG_BYTES - 256)
  })

  test('that refuses is well formed too', () => {
    const { correct, score, msg } = refusal('a < b')
    expect([correct, score, msg, illFormed(msg)]).toEqual([false, 0, '<div><p>a &lt; b</p></div>', null])
  })
})
