import type { Language, Verdict } from '@gradus/problem/spec'
import { afterAll, describe, expect, test } from 'vitest'
import { gradeProgram, type Sandboxes } from './grade.ts'
import { calls, grade, io, sandbox, verdicts } from './harness/asking.ts'
import { javascript_forgers, python_forgers } from './harness/forgers.ts'
import { type Sandbox, SandboxFailure } from './sandbox.ts'

afterAll(() => sandbox.close())

describe('input and output', () => {
  const sum = io([
    ['1 2\n', '3\n'],
    ['40 2\n', '42\n'],
  ])

  test.each<[Language, string]>([
    ['python', 'a, b = map(int, input().split())\nprint(a + b)'],
    ['javascript', "const [a, b] = require('fs').readFileSync(0, 'utf8').split(' ').map(Number)\nconsole.log(a + b)"],
  ])('a right program in %s is accepted, and told as it finishes', async (language, code) => {
    const heard: string[] = []
    const report = await grade(language, code, sum, { onTest: (key, verdict) => heard.push(`${key} ${verdict}`) })
    expect(verdicts(report)).toEqual(['accepted', 'accepted'])
    expect(heard).toEqual(['t1 accepted', 't2 accepted'])
    expect(report.sandbox).toBe('wasm')
    expect(report.runtime).toContain('WebAssembly')
    expect(report.compile_output).toBe('')
    expect(report.tests[0]).toMatchObject({ key: 't1', detail: { stdin: '1 2\n', stdout: '3\n', expected: '3\n', exit_code: 0 } })
    expect(report.tests[0]!.detail).not.toHaveProperty('is_truncated')
    expect(report.tests[0]!.memory_kb).toBeGreaterThan(1_000)
  })

  test.each<[string, string, Verdict, object]>([
    ['wrong', 'print(4)', 'wrong_answer', { differs_at_line: 1, stdout: '4\n' }],
    ['spaced', 'print(" 3 ")', 'presentation_error', { differs_at_line: 1 }],
    ['silent', 'pass', 'wrong_answer', { stdout: '' }],
    ['endless', 'while True: pass', 'time_limit', {}],
    ['greedy', 'x = []\nwhile True: x.append("x" * 100000 + str(len(x)))', 'memory_limit', {}],
    ['loud', 'while True: print("x" * 1000)', 'output_limit', { is_truncated: true }],
    ['exit code', 'print(3)\nimport sys\nsys.exit(3)', 'runtime_error', { exit_code: 3 }],
    ['exception', 'print(3)\n1 / 0', 'runtime_error', { exit_code: 1, exception: 'ZeroDivisionError: division by zero' }],
    ['recursion', 'def f(n): return f(n)\nf(0)', 'runtime_error', { exception: 'RecursionError: maximum recursion depth exceeded' }],
  ])('%s: %s', async (_, code, verdict, detail) => {
    const spec = io([['', '3\n']])
    const [only] = (
      await grade('python', code, { ...spec, tests: [{ ...spec.tests[0]!, time_ms: 500 + 1_500 * Number(verdict === 'memory_limit') }] })
    ).tests
    expect(only).toMatchObject({ verdict, detail })
  })

  test('what does not compile has every test skipped and says why', async () => {
    const python = await grade('python', 'print("no end', sum)
    expect(verdicts(python)).toEqual(['skipped', 'skipped'])
    expect(python.compile_output).toContain('SyntaxError: unterminated string literal')
    expect(python.compile_output).toContain('main.py')
    const javascript = await grade('javascript', 'const a = ;', sum)
    expect(verdicts(javascript)).toEqual(['skipped', 'skipped'])
    expect(javascript.compile_output).toMatch(/SyntaxError: .*\n +at main.js:1:1\d\n/)
    expect(verdicts(await grade('python', Uint8Array.of(0xff, 0xfe), sum))).toEqual(['skipped', 'skipped'])
  })

  test('every test gets a fresh box', async () => {
    const code = 'import os\nprint(os.path.exists("left"))\nopen("left", "w").write("x")'
    expect(
      verdicts(
        await grade(
          'python',
          code,
          io([
            ['', 'False\n'],
            ['', 'False\n'],
          ]),
        ),
      ),
    ).toEqual(['accepted', 'accepted'])
  })

  test('a language that nothing here runs is our failure, not a verdict', async () => {
    await expect(gradeProgram({ for: () => null }, { language: 'python', code: Buffer.from(''), spec: sum })).rejects.toThrow(SandboxFailure)
  })

  test('a question that a queue elsewhere grades is refused, although the sandbox runs the language', async () => {
    const part = { starter: '', reference: '', compiler_flags: [] }
    const test = { key: 't1', name: 'All', points: 1, is_hidden: false, time_ms: 2_000, memory_mb: 256, output_kb: 64, grader_payload: '' }
    const external = { kind: 'external' as const, queue: 'elsewhere', languages: { python: part }, tests: [test] }
    await expect(grade('python', 'print(3)', external)).rejects.toThrow(SandboxFailure)
  })
})

describe('a checker', () => {
  const checked = (language: 'python' | 'javascript', source: string) => io([['7\n', 'seven\n']], { kind: 'checker', language, source })
  const by_length =
    'import sys\nout = open("output.txt").read()\nassert open("input.txt").read() == "7\\n"\nprint("length", len(out))\nsys.exit(0 if len(out) == len(open("expected.txt").read()) else 2 if len(out) == 1 else 1)'

  test('accepts, rejects, or finds the layout wrong, and its words are shown', async () => {
    const ask = async (code: string) => (await grade('python', code, checked('python', by_length))).tests[0]
    expect(await ask('print("abcde")')).toMatchObject({ verdict: 'accepted', detail: { message: 'length 6\n', stdout: 'abcde\n' } })
    expect(await ask('print("abc")')).toMatchObject({ verdict: 'wrong_answer', detail: { message: 'length 4\n' } })
    expect(await ask('print()')).toMatchObject({ verdict: 'presentation_error' })
    expect(await ask('print("abcde")\n1 / 0')).toMatchObject({ verdict: 'runtime_error' })
  })

  test('may be in another language than the program', async () => {
    const source = "const out = require('fs').readFileSync('output.txt', 'utf8')\nprocess.exit(out === 'x\\n' ? 0 : 1)"
    expect(verdicts(await grade('python', 'print("x")', checked('javascript', source)))).toEqual(['accepted'])
    expect(verdicts(await grade('python', 'print("y")', checked('javascript', source)))).toEqual(['wrong_answer'])
  })

  test('that fails is our fault: the learner is not told they are wrong', async () => {
    expect(verdicts(await grade('python', 'print(1)', checked('python', 'import sys\nsys.exit(9)')))).toEqual(['internal_error'])
    expect((await grade('python', 'print(1)', checked('python', 'oh no('))).tests[0]).toMatchObject({
      verdict: 'internal_error',
      detail: { message: expect.stringContaining('does not compile') },
    })
  })
})

describe('forging', () => {
  const spec = calls([
    [[2, 3], 5],
    [[10, -4], 6],
  ])

  test.each(Object.keys(python_forgers))('%s scores nothing', async (name) => {
    expect(verdicts(await grade('python', python_forgers[name]!, spec))).not.toContain('accepted')
  })
  test.each(Object.keys(javascript_forgers))('%s scores nothing', async (name) => {
    // j1 prints the answer to the first test: data like any other, and wrong for the second.
    expect(verdicts(await grade('javascript', javascript_forgers[name]!, { ...spec, tests: spec.tests.slice(1) }))).not.toContain('accepted')
  })
  test('the honest solution scores all, so the tests above can fail', async () => {
    expect(Object.keys(python_forgers)).toHaveLength(12)
    expect(verdicts(await grade('python', 'def add(a, b): return a + b', spec))).toEqual(['accepted', 'accepted'])
    expect(verdicts(await grade('javascript', 'const add = (a, b) => a + b', spec))).toEqual(['accepted', 'accepted'])
  })
})

describe('our own failures', () => {
  /** A real sandbox whose box fails the first few times. */
  const failing = (times: number, of: 'compile' | 'run'): Sandboxes => {
    let left = times
    const broken: Sandbox = {
      ...sandbox,
      [of]: async (...args: never[]) => {
        if (left-- > 0) throw new SandboxFailure('no box')
        return await (sandbox[of] as (...all: never[]) => Promise<unknown>)(...args)
      },
    }
    return { for: () => ({ sandbox: broken, runtime: 'broken' }) }
  }
  const job = { language: 'python' as const, code: Buffer.from('print(1)'), spec: io([['', '1\n']]) }

  test.each(['compile', 'run'] as const)('a %s that fails once is tried again; twice is no verdict', async (of) => {
    expect(verdicts(await gradeProgram(failing(1, of), job))).toEqual(['accepted'])
    await expect(gradeProgram(failing(2, of), job)).rejects.toThrow(SandboxFailure)
  })

  test('giving up stops the program that runs', async () => {
    const giving_up = new AbortController()
    const grading = grade('python', 'import time\ntime.sleep(60)', io([['', '']]), { signal: giving_up.signal })
    setTimeout(() => giving_up.abort(new Error('lease lost')), 300)
    await expect(grading).rejects.toThrow('lease lost')
    expect(verdicts(await grade('python', 'print(1)', io([['', '1\n']])))).toEqual(['accepted'])
  })
})
