import type { FunctionSpec, IoComparator, IoSpec, Language, QuestionSpec, UnitSpec, Verdict } from '@gradus/problem/spec'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GradeOptions, type GradingReport, gradeProgram, type Sandboxes } from './grade.ts'
import { javascript_forgers, python_forgers } from './harness/forgers.ts'
import { type Sandbox, SandboxFailure } from './sandbox.ts'
import { openWasmSandbox } from './wasm/open.ts'

let sandbox: Sandbox
const sandboxes: Sandboxes = {
  for: (language) => {
    const found = sandbox.languages.find((one) => one.language === language)
    return found ? { sandbox, runtime: found.runtime } : null
  },
}
beforeAll(async () => {
  sandbox = await openWasmSandbox({ slots: 2 })
})
afterAll(() => sandbox.close())

const part = { starter: '', reference: '', compiler_flags: [] }
const base = { name: 'a test', points: 1, is_hidden: false, time_ms: 4_000, memory_mb: 64, output_kb: 64 }

function io(tests: [stdin: string, expected: string][], comparator: IoComparator = { kind: 'exact' }): IoSpec {
  const languages = { python: part, javascript: part }
  return {
    kind: 'io',
    comparator,
    languages,
    tests: tests.map(([stdin, expected_stdout], i) => ({ ...base, key: `t${i + 1}`, stdin, expected_stdout })),
  }
}
function calls(tests: [args: unknown[], expected: unknown][], function_name = 'add'): FunctionSpec {
  const languages = { python: part, javascript: part }
  return {
    kind: 'function',
    function_name,
    comparator: { kind: 'equal' },
    languages,
    tests: tests.map(([args, expected], i) => ({ ...base, key: `t${i + 1}`, args, expected })),
  }
}
function unit(language: Language, test_file: string, names: string[]): UnitSpec {
  return {
    kind: 'unit',
    languages: { [language]: { ...part, test_file } },
    tests: names.map((test_name, i) => ({ ...base, key: `t${i + 1}`, test_name })),
  }
}
const grade = (language: Language, code: string, spec: QuestionSpec, options?: GradeOptions): Promise<GradingReport> =>
  gradeProgram(sandboxes, { language, code: Buffer.from(code), spec }, options)
const verdicts = (report: GradingReport): Verdict[] => report.tests.map((one) => one.verdict)

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
    expect(verdicts(await gradeProgram(sandboxes, { language: 'python', code: Uint8Array.of(0xff, 0xfe), spec: sum }))).toEqual([
      'skipped',
      'skipped',
    ])
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

describe('a function', () => {
  test('in Python is called once for each test', async () => {
    const spec = calls([
      [[1, 2], 3],
      [
        [[1], [2]],
        [1, 2],
      ],
      [['a', 'b'], 'ba'],
    ])
    const report = await grade('python', 'print("loading")\ndef add(a, b):\n    print("called")\n    return a + b', spec)
    expect(verdicts(report)).toEqual(['accepted', 'accepted', 'wrong_answer'])
    expect(report.tests[2]!.detail).toMatchObject({ call: 'add("a", "b")', got: '"ab"', expected: '"ba"', stderr: 'loading\ncalled\n', exit_code: 0 })
  })

  test.each([
    ['a declaration', 'function add(a, b) { console.log("called"); return a + b }'],
    ['a constant', 'const add = (a, b) => a + b // no line break'],
    ['an export', 'module.exports = { add: (a, b) => a + b }'],
    ['a class of its own name', 'exports.add = function (a, b) { return a + b }'],
    ['the whole module', 'module.exports = (a, b) => a + b'],
    ['a promise', 'async function add(a, b) { await null; return a + b }'],
  ])('in JavaScript may be %s', async (_, code) => {
    expect(verdicts(await grade('javascript', code, calls([[[1, 2], 3]])))).toEqual(['accepted'])
  })

  test('that breaks shows its own lines only', async () => {
    const python = (await grade('python', 'def add(a, b):\n    return a / 0', calls([[[1, 2], 3]]))).tests[0]!
    expect(python).toMatchObject({ verdict: 'runtime_error', detail: { exception: 'ZeroDivisionError: division by zero', exit_code: 1 } })
    expect(python.detail.stderr).toContain('solution.py", line 2, in add')
    expect(python.detail.stderr).not.toContain('harness')
    const javascript = (await grade('javascript', 'function add(a, b) {\n  return null.x\n}', calls([[[1, 2], 3]]))).tests[0]!
    expect(javascript).toMatchObject({ verdict: 'runtime_error', detail: { exception: expect.stringMatching(/^TypeError: /), exit_code: 1 } })
    expect(javascript.detail.stderr).toMatch(/^TypeError: .*\n +at add \(solution\.js:2\)\n$/)
    const rejected = (await grade('javascript', 'async function add() { throw new RangeError("late") }', calls([[[1, 2], 3]]))).tests[0]!
    expect(rejected).toMatchObject({ verdict: 'runtime_error', detail: { exception: 'RangeError: late' } })
  })

  test('that is not there, is called wrongly or never returns is a runtime error', async () => {
    const spec = calls([[[1, 2], 3]])
    for (const [language, code] of [
      ['python', 'def sub(a, b): return 3'],
      ['python', 'add = 3'],
      ['python', 'def add(a): return 3'],
      ['python', 'def add(a, b): exit()'],
      ['python', 'def add(a, b): return input()'],
      ['javascript', 'function sub() { return 3 }'],
      ['javascript', 'function add() { process.exit(0) }'],
      ['javascript', 'function add() { return new Promise(() => {}) }'],
    ] as const) {
      expect([code, verdicts(await grade(language, code, spec))]).toEqual([code, ['runtime_error']])
    }
  })

  test('that returns what JSON cannot hold is wrong, and the reason is shown', async () => {
    const spec = calls([[[1, 2], null]])
    for (const [language, code, why] of [
      ['python', 'def add(a, b): return {1, 2}', 'set'],
      ['python', 'def add(a, b): return float("nan")', 'float'],
      ['python', 'def add(a, b):\n    x = []\n    x.append(x)\n    return x', 'Circular'],
      ['javascript', 'function add() {}', 'undefined'],
      ['javascript', 'function add() { return NaN }', 'NaN'],
      ['javascript', 'function add() { return [1, [Infinity]] }', 'Infinity'],
      ['javascript', 'function add() { return new Map() }', 'Map'],
      ['javascript', 'function add() { return 10n }', 'bigint'],
      ['javascript', 'function add() { const a = []; a.push(a); return a }', 'contains itself'],
    ] as const) {
      const [only] = (await grade(language, code, spec)).tests
      expect([code, only!.verdict]).toEqual([code, 'wrong_answer'])
      expect(only!.detail.message).toContain(why)
    }
  })

  test('may return text of any kind', async () => {
    const text = 'ü 🙂 \u2028 "\\ \ud800'
    for (const [language, code] of [
      ['python', 'def add(a, b): return a + b'],
      ['javascript', 'const add = (a, b) => a + b'],
    ] as const) {
      expect(verdicts(await grade(language, code, calls([[[text, '!'], `${text}!`]])))).toEqual(['accepted'])
    }
  })

  test('that does not compile has its tests skipped', async () => {
    const python = await grade('python', 'def add(a, b)\n    return 1', calls([[[1, 2], 3]]))
    expect(verdicts(python)).toEqual(['skipped'])
    expect(python.compile_output).toContain('solution.py')
    expect(verdicts(await grade('javascript', 'function add( {}', calls([[[1, 2], 3]])))).toEqual(['skipped'])
  })
})

describe('unit tests', () => {
  const python = `
import unittest
from solution import double

def test_plain():
    assert double(2) == 4

def test_worded():
    assert double(3) == 6, "double(3) should be 6, not " + str(double(3))

class TestDouble(unittest.TestCase):
    def setUp(self):
        self.value = 5
    def test_method(self):
        self.assertEqual(double(self.value), 10)
    def test_subs(self):
        for n in (1, 2):
            with self.subTest(n=n):
                self.assertEqual(double(n), 2 * n)
`
  const names = ['test_plain', 'test_worded', 'test_method', 'TestDouble.test_subs']

  test('in Python are functions or methods', async () => {
    expect(verdicts(await grade('python', 'def double(n): return 2 * n', unit('python', python, names)))).toEqual(Array(4).fill('accepted'))
    const wrong = await grade('python', 'def double(n): return n', unit('python', python, names))
    expect(verdicts(wrong)).toEqual(Array(4).fill('wrong_answer'))
    expect(wrong.tests.map((one) => one.detail.message)).toEqual(['assert double(2) == 4', 'double(3) should be 6, not 3', '5 != 10', '1 != 2'])
  })

  test('in Python tell a broken program from a wrong one', async () => {
    const report = await grade('python', 'def double(n): return n.twice', unit('python', python, ['test_plain', 'test_method', 'test_nothing']))
    expect(verdicts(report)).toEqual(['runtime_error', 'runtime_error', 'internal_error'])
    expect(report.tests[0]!.detail.exception).toBe("AttributeError: 'int' object has no attribute 'twice'")
    expect(verdicts(await grade('python', 'import sys\nsys.exit(0)', unit('python', python, names)))).toEqual(Array(4).fill('runtime_error'))
    expect(verdicts(await grade('python', 'print(\'{"passed": true}\')\nimport os\nos._exit(0)', unit('python', python, ['test_plain'])))).toEqual([
      'runtime_error',
    ])
  })

  const javascript = `
const { double } = require('./solution.js')
test('doubles', () => assertEqual(double(2), 4))
test('doubles lists', () => assertEqual([1, 2].map(double), [2, 4]))
test('waits', async () => {
  await null
  assert(double(1) === 2, 'one doubled is two')
})
test('refuses', () => assertThrows(() => double('x')))
`
  const titles = ['doubles', 'doubles lists', 'waits', 'refuses']

  test('in JavaScript are calls of test', async () => {
    const right = "exports.double = (n) => {\n  if (typeof n !== 'number') throw new TypeError('no')\n  return 2 * n\n}"
    expect(verdicts(await grade('javascript', right, unit('javascript', javascript, titles)))).toEqual(Array(4).fill('accepted'))
    const wrong = await grade('javascript', 'exports.double = (n) => n', unit('javascript', javascript, [...titles, 'not there']))
    expect(verdicts(wrong)).toEqual([...Array(4).fill('wrong_answer'), 'internal_error'])
    expect(wrong.tests.map((one) => one.detail.message)).toEqual([
      'expected 4, got 2',
      'expected [2,4], got [1,2]',
      'one doubled is two',
      'expected an error, but none was thrown',
      'The test file of this question has no test named not there.',
    ])
    expect(verdicts(await grade('javascript', 'exports.double = null', unit('javascript', javascript, ['doubles'])))).toEqual(['runtime_error'])
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
