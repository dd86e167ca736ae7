import { afterAll, describe, expect, test } from 'vitest'
import { calls, grade, sandbox, unit, verdicts } from './asking.ts'

afterAll(() => sandbox.close())

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
