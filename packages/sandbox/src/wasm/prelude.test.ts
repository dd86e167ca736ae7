import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { openWasmSandbox } from './open.ts'

let sandbox: Sandbox
const folder = mkdtempSync(join(tmpdir(), 'gradus-prelude-'))
beforeAll(async () => {
  sandbox = await openWasmSandbox({ slots: 1 })
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await sandbox.close()
})

interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

async function inQuickjs(files: Record<string, string>, stdin: string): Promise<Outcome> {
  const bytes = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))
  const compiled = await sandbox.compile({ language: 'javascript', files: bytes, main: 'main.js', compiler_flags: [] })
  if (!compiled.ok) throw new Error(compiled.output)
  const limits = { time_ms: 5_000, memory_mb: 64, output_kb: 256 }
  const { ending, stdout, stderr } = await sandbox.run(compiled.program, { stdin: Buffer.from(stdin), limits })
  return { code: ending.kind === 'exit' ? ending.code : null, stdout: Buffer.from(stdout).toString(), stderr: Buffer.from(stderr).toString() }
}

function inNode(files: Record<string, string>, stdin: string): Outcome {
  writeFileSync(join(folder, 'package.json'), '{}')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const { status, stdout, stderr } = spawnSync(process.execPath, ['main.js'], { cwd: folder, input: stdin, encoding: 'utf8', env: {} })
  return { code: status, stdout, stderr }
}

describe('a program does in QuickJS what it does in Node', () => {
  test.each<[name: string, main: string, stdin?: string, others?: Record<string, string>]>([
    ['printing', 'console.log(1, "a", [1, "b", { c: null }], { a: [] }, undefined)\nconsole.log()\nconsole.log("%s is %d", "x", 4)'],
    ['printing data', 'console.log(new Map([[1, { a: [1, 2] }]]), new Set("ab"), [,1], /x/g, new Date(0), 5n, Symbol("s"), -0, [-0])'],
    [
      'printing functions and classes',
      'class A { x = 1; #y = 2 }\nclass B extends A {}\nconsole.log(new A(), [new B()], A, B, () => 1, function f() {}, Object.create(null))',
    ],
    ['printing long lists', 'console.log(Array.from({ length: 120 }, (_, i) => i * i), Array.from({ length: 30 }, (_, i) => "word" + i))'],
    [
      'printing records',
      'console.log(Array.from({ length: 5 }, (_, i) => ({ id: i, name: "name of " + i, tags: ["a", "b"], inner: { deep: { er: {} } } })))',
    ],
    ['printing circles', 'const a = { name: "a" }\na.self = a\nconsole.log(a)'],
    ['printing odd text', 'console.log("a\\0b", "\\ud83d", "🙂", ["\\0", "\\ud83d", "\\n"])'],
    ['printing errors’ messages', 'try { JSON.parse("{") } catch (error) { console.log(error instanceof SyntaxError, error.name) }'],
    ['both streams', 'console.error("to stderr", [1])\nconsole.log("to stdout")\nconsole.warn("w")\nconsole.info("i")'],
    ['reading stdin', "console.log(JSON.stringify(require('fs').readFileSync(0, 'utf8')))", 'a\nü🙂\r\n\tb'],
    ['reading stdin as node:fs, with options', "console.log(require('node:fs').readFileSync(0, { encoding: 'utf8' }).trim())", ' x '],
    ['reading stdin as bytes', "console.log(require('fs').readFileSync(0).toString() + 1)", '4'],
    ['empty stdin', "console.log(require('fs').readFileSync(0, 'utf8').length)", ''],
    ['reading a file beside it', "console.log(require('fs').readFileSync('data.txt', 'utf8'))", '', { 'data.txt': 'ünï\ufeff' }],
    [
      'reading a file that is not there',
      "try { require('fs').readFileSync('no.txt', 'utf8') } catch (error) { console.log(error.code, error.message) }",
    ],
    ['writing by hand', "require('fs').writeSync(1, 'ab'); require('fs').writeSync(2, 'c')"],
    [
      'requiring its own modules',
      "const { f } = require('./f.js')\nconsole.log(f(2), require('./f') === require('./f.js'), require('./d.json'))",
      '',
      { 'f.js': 'exports.f = (x) => x * 2', 'd.json': '[1]' },
    ],
    ['being a module', 'console.log(typeof require, typeof module.exports, this === module.exports, typeof __filename)'],
    ['returning early', 'console.log(1)\nif (true) return\nconsole.log(2)'],
    ['strict mode', '"use strict"\ntry { undeclared = 1 } catch (error) { console.log(error.name) }'],
    ['sloppy mode', 'undeclared = 1\nconsole.log(undeclared, typeof globalThis.undeclared)'],
    ['a first line for the shell', '#!/usr/bin/env node\nconsole.log("ran")'],
    ['exit codes', 'console.log("before")\nprocess.exit(3)\nconsole.log("never")'],
    ['exit codes beyond a byte', 'process.exit(259)'],
    ['exit in spite of try', 'try { process.exit(4) } catch { console.log("caught") } finally { console.log("finally") }'],
    ['exitCode', 'process.exitCode = 5\nconsole.log("still")'],
    ['arguments', 'console.log(process.argv.length)'],
    ['promises', 'async function main() { console.log(1); await null; console.log(3) }\nmain()\nconsole.log(2)'],
    ['generators and spreads', 'function* g() { yield* [1, 2]; yield 3 }\nconsole.log([...g()], { ...{ a: 1 } }, Math.max(...g()))'],
    [
      'modern methods',
      'console.log([3, 1].toSorted(), [1, 2].at(-1), "a-b".replaceAll("-", "+"), Object.groupBy([1, 2], (x) => (x % 2 ? "odd" : "even")))',
    ],
    ['numbers', 'console.log(0.1 + 0.2, 1e21, (123.456).toFixed(1), parseInt("12px"), Number(""), 2 ** 53, 7 % -3, (255).toString(16))'],
    ['dates', 'console.log(new Date(2024, 0, 31).getDate(), new Date("2024-02-29T12:00:00Z").toISOString())'],
    ['big integers', 'console.log(2n ** 100n, BigInt(10) / 3n)'],
    ['patterns', 'console.log("a1b22".match(/[0-9]+/g), "x=1".match(/(?<k>[a-z])=(?<v>[0-9])/).groups.v, "ÀÉ".toLowerCase())'],
    ['sorting', 'console.log([10, 9, 1].sort(), [10, 9, 1].sort((a, b) => a - b), ["b", "a", "C"].sort())'],
  ])('%s', async (_, main, stdin = '', others = {}) => {
    const files = { 'main.js': main, ...others }
    const node = inNode(files, stdin)
    expect(await inQuickjs(files, stdin)).toEqual(node)
  })

  test('except that an error shows fewer lines: its name and message, and where', async () => {
    for (const main of [
      'null.x',
      '\n  undefinedName',
      'throw new RangeError("far")',
      'JSON.parse("{")',
      'class Own extends Error { name = "Own" }\nthrow new Own("mine")',
    ]) {
      const [quickjs, node] = [await inQuickjs({ 'main.js': main }, ''), inNode({ 'main.js': main }, '')]
      expect(quickjs.code).toBe(node.code)
      const [name] = quickjs.stderr.match(/^[A-Za-z]+/)!
      expect(node.stderr).toContain(`\n${name}: `)
      expect(quickjs.stderr).toMatch(new RegExp(`^${name}: .+\n(?:    at .*\n)*    at .*main\\.js:${main.split('\n').length}`))
    }
  })

  test('a column of the first line counts from where the program begins', async () => {
    expect((await inQuickjs({ 'main.js': 'throw new Error("x")' }, '')).stderr).toMatch(/main\.js:1:(?:[1-9]|1[0-9])\b/)
  })
})

test('stdin may be read by its name, which Node can only where it is a pipe', async () => {
  expect((await inQuickjs({ 'main.js': "console.log(require('fs').readFileSync('/dev/stdin', 'utf8').length)" }, 'abc')).stdout).toBe('3\n')
})

describe('there is nothing else', () => {
  test.each([
    ['process.stdin', "readFileSync(0, 'utf8')"],
    ['process.stdout', 'console.log'],
    ["require('child_process')", 'Cannot find module'],
    ["require('./gone.js')", 'Cannot find module'],
    ["require('net')", 'Cannot find module'],
    ['setTimeout', 'setTimeout'],
    ['fetch', 'fetch'],
    ['import("fs").then(console.log, (e) => { console.error(e.message); process.exit(1) })', ''],
    ["require('fs').readFileSync('/etc/passwd', 'utf8')", 'ENOENT'],
    ["require('fs').readFileSync('../../package.json', 'utf8')", 'ENOENT'],
    ["require('fs').writeSync(3, 'x')", 'EBADF'],
  ])('%s', async (main, says) => {
    const outcome = await inQuickjs({ 'main.js': main }, '')
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toContain(says)
  })
})
