import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { Limits } from '@gradus/problem/spec'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Run, type Sandbox, SandboxFailure, type Source } from '../sandbox.ts'
import { openWasmSandbox } from './open.ts'

let sandbox: Sandbox
beforeAll(async () => {
  process.env.GRADUS_TEST_CANARY = 'a secret of the worker'
  sandbox = await openWasmSandbox({ slots: 2 })
})
afterAll(async () => {
  delete process.env.GRADUS_TEST_CANARY
  await sandbox.close()
})

const limits: Limits = { time_ms: 10_000, memory_mb: 64, output_kb: 64 }
const source = (language: 'python' | 'javascript', text: string, more: Record<string, string> = {}): Source => {
  const main = language === 'python' ? 'main.py' : 'main.js'
  const files = Object.fromEntries(Object.entries({ ...more, [main]: text }).map(([name, one]) => [name, Buffer.from(one)]))
  return { language, files, main, compiler_flags: [] }
}
type Setting = Partial<Limits> & { stdin?: string; box?: Sandbox }
async function run(language: 'python' | 'javascript', text: string, { stdin = '', box = sandbox, ...own }: Setting = {}): Promise<Run> {
  const compiled = await box.compile(source(language, text))
  if (!compiled.ok) throw new Error(compiled.output)
  return await box.run(compiled.program, { stdin: Buffer.from(stdin), limits: { ...limits, ...own } })
}
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
const out = async (language: 'python' | 'javascript', program: string, own: Setting = {}): Promise<string> => {
  const { ending, stdout, stderr } = await run(language, program, own)
  expect([ending, text(stderr)]).toEqual([{ kind: 'exit', code: 0 }, ''])
  return text(stdout)
}

describe('Python', () => {
  test('reads, computes and prints, with the standard library', async () => {
    const program =
      'import collections, decimal, fractions, heapq, itertools, json, math, random, re, string, datetime\nprint(sum(map(int, input().split())), math.comb(5, 2))'
    expect(await out('python', program, { stdin: '1 2 3\n' })).toBe('6 10\n')
    expect(await out('python', 'import sys\nprint(sys.stdin.read().splitlines(), sys.argv, __name__)', { stdin: 'ü\nb' })).toBe(
      "['ü', 'b'] ['/main.py'] __main__\n",
    )
  })

  test.each<[string, object]>([
    ['import sys\nsys.exit(3)', { kind: 'exit', code: 3 }],
    ['exit()', { kind: 'exit', code: 0 }],
    ['import sys\nsys.exit("no")', { kind: 'exit', code: 1 }],
    ['import sys\nsys.exit(-1)', { kind: 'exit', code: 255 }],
    ['import os\nos._exit(7)', { kind: 'exit', code: 7 }],
    ['raise KeyError("x")', { kind: 'exit', code: 1 }],
    ['import os\nos.abort()', { kind: 'signal', signal: 'SIGABRT' }],
    ['def f(n): return f(n + 1)\nf(0)', { kind: 'exit', code: 1 }],
    ['class A:\n  def __init__(self): A()\nA()', { kind: 'exit', code: 1 }],
    ['x = []\nfor i in range(100000): x = [x]\nrepr(x)', { kind: 'exit', code: 1 }],
    ['import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return f(n + 1)\nf(0)', { kind: 'memory_limit' }],
    ['x = []\nwhile True: x.append(bytes(100000))', { kind: 'memory_limit' }],
    ['x = "x" * 10**9', { kind: 'memory_limit' }],
    ['while True: print("x" * 1000)', { kind: 'output_limit' }],
    ['import sys\nwhile True: sys.stderr.write("x" * 1000)', { kind: 'output_limit' }],
  ])('%j ends as it should', async (program, ending) => {
    expect((await run('python', program)).ending).toEqual(ending)
  })

  test('a caught MemoryError is no verdict, and neither is the parser’s own', async () => {
    expect(await out('python', 'try:\n  x = "x" * 10**9\nexcept MemoryError:\n  print("caught")')).toBe('caught\n')
    expect((await run('python', 'eval("(" * 1000 + ")" * 1000)')).ending).toEqual({ kind: 'exit', code: 1 })
  })

  test('uses all the memory it may, and the peak is told', async () => {
    const { ending, memory_kb } = await run('python', 'x = bytearray(40_000_000)\nprint(len(x))')
    expect(ending).toEqual({ kind: 'exit', code: 0 })
    expect(memory_kb).toBeGreaterThan(40_000)
    expect(memory_kb).toBeLessThanOrEqual(64 * 1_024)
    expect((await run('python', 'x = bytearray(70_000_000)')).ending).toEqual({ kind: 'memory_limit' })
    expect((await run('python', 'print(1)', { memory_mb: 16 })).ending).toEqual({ kind: 'exit', code: 0 })
  })

  test('the stack is deep enough for a few hundred calls through C', async () => {
    const program = 'import functools\n@functools.cache\ndef f(n): return n if n < 2 else f(n - 1) + f(n - 2)\nprint(f(150))'
    expect(await out('python', program)).toBe('9969216677189303386214405760200\n')
  })

  test('sleeps without using the processor, and no longer than it said', async () => {
    const [, slept] = (await out('python', 'import time\nt = time.monotonic()\ntime.sleep(0.2)\nprint("slept", time.monotonic() - t)')).split(' ')
    expect(Number(slept)).toBeGreaterThanOrEqual(0.2)
    expect(Number(slept)).toBeLessThan(5)
  })

  test.each([
    ['computes', 'print("begun", flush=True)\nwhile True: pass'],
    ['sleeps', 'print("begun", flush=True)\nimport time\ntime.sleep(1000)'],
  ])('a program that %s for ever is stopped, and what it printed is kept', async (_, program) => {
    const { ending, stdout, time_ms } = await run('python', program, { time_ms: 300 })
    expect(ending).toEqual({ kind: 'time_limit' })
    expect(text(stdout)).toBe('begun\n')
    expect(time_ms).toBeGreaterThanOrEqual(290)
  })

  test('files live in memory, beside its own, and are bounded', async () => {
    const program = `
import os
print(sorted(os.listdir("/")), os.getcwd(), dict(os.environ))
for path in ("/etc/passwd", "/proc/self/environ", "../etc/passwd", "/usr/bin/node"):
    try: open(path); print("read", path)
    except OSError as error: print(type(error).__name__)
try: open("main.py", "w"); print("wrote")
except OSError as error: print(type(error).__name__)
os.mkdir("d"); open("d/a", "w").write("abc"); os.rename("d/a", "d/b"); print(os.listdir("d"), open("d/b").read())
try:
    for i in range(100): open("big", "ab").write(bytes(1_000_000))
except OSError as error: print("full", os.path.getsize("big") <= 64 * 2**20)
try:
    for i in range(10000): open(f"f{i}", "w").close()
except OSError as error: print("no more files")
held = []
try:
    for i in range(1000): held.append(open("d/b"))
except OSError as error: print(len(held) <= 256)
`
    const lines = (await out('python', program)).split('\n')
    expect(lines[0]).toBe("['main.py'] / {'PYTHONHASHSEED': '0', 'PYTHONDONTWRITEBYTECODE': '1', 'PYTHONUTF8': '1'}")
    expect(lines.slice(1)).toEqual([
      'FileNotFoundError',
      'FileNotFoundError',
      'PermissionError',
      'FileNotFoundError',
      'PermissionError',
      "['b'] abc",
      'full True',
      'no more files',
      'True',
      '',
    ])
  })

  test('has no network, no processes, no threads', async () => {
    const program = `
import socket, subprocess, threading, os
for attempt in (lambda: socket.create_connection(("127.0.0.1", 80)), lambda: subprocess.run(["id"]), lambda: os.system("id"), lambda: threading.Thread(target=print).start()):
    try: attempt(); print("done")
    except (OSError, AttributeError, RuntimeError) as error: print("refused")
`
    expect(await out('python', program)).toBe('refused\n'.repeat(4))
  })

  test('runs alike twice: the order of a set does not change', async () => {
    const program = 'print({"a", "b", "c", "d", "e"}, hash("x"))'
    expect(await out('python', program)).toBe(await out('python', program))
  })
})

describe('JavaScript', () => {
  test.each<[string, object]>([
    ['process.exit(3)', { kind: 'exit', code: 3 }],
    ['throw 1', { kind: 'exit', code: 1 }],
    ['function f() { return f() + 1 }\nf()', { kind: 'exit', code: 1 }],
    ['let text = "["\nfor (let i = 0; i < 20; i++) text += text\nJSON.parse(text)', { kind: 'exit', code: 1 }],
    ['const a = []\nwhile (true) a.push(new Array(1000).fill(1))', { kind: 'memory_limit' }],
    ['const a = []\nwhile (true) a.push(new Uint8Array(1e6))', { kind: 'memory_limit' }],
    ['while (true) console.log("x".repeat(1000))', { kind: 'output_limit' }],
    ['while (true) try { console.log("x".repeat(1000)) } catch {}', { kind: 'output_limit' }],
    ['while (true) {}', { kind: 'time_limit' }],
    ['const wait = async () => { while (true) await null }\nwait()', { kind: 'time_limit' }],
    ['/(a+)+$/.test("a".repeat(40) + "b")', { kind: 'time_limit' }],
  ])('%j ends as it should', async (program, ending) => {
    expect((await run('javascript', program, { time_ms: 2_000 })).ending).toEqual(ending)
  })

  test('about ten thousand calls fit inside each other, as in Node', async () => {
    expect(await out('javascript', 'const f = (n) => (n === 0 ? 0 : 1 + f(n - 1))\nconsole.log(f(8000))')).toBe('8000\n')
  })

  test('sees no variable of ours and no way out of its engine', async () => {
    const program =
      'console.log(typeof process.env, typeof process.binding, typeof WebAssembly, Function("return this")() === globalThis, Object.keys(process).join())'
    expect(await out('javascript', program)).toBe('undefined undefined undefined true argv,exitCode,exit\n')
  })
})

describe('compiling', () => {
  test('checks every file of the language, runs none, and shows no place of ours', async () => {
    const good = await sandbox.compile(source('python', 'print("never")\nimport helper', { 'helper.py': 'x = 1', 'notes.txt': 'not python (' }))
    expect(good).toMatchObject({ ok: true, output: '' })
    const bad = await sandbox.compile(source('python', 'import helper', { 'helper.py': 'x = (' }))
    expect(bad).toMatchObject({ ok: false, ending: { kind: 'exit', code: 1 }, output: expect.stringContaining('helper.py') })
    const deep = await sandbox.compile(source('python', `${'('.repeat(5_000)}${')'.repeat(5_000)}`))
    expect(deep.ok).toBe(false)
    const script = await sandbox.compile(source('javascript', "require('./helper.js')", { 'helper.js': 'let a = 1\nlet a = 2' }))
    expect(script).toMatchObject({ ok: false, output: expect.stringMatching(/^SyntaxError: .*\n +at helper\.js:2/) })
  })

  test('takes any bytes', async () => {
    const bytes = (...all: number[]): Source => ({ ...source('python', ''), files: { 'main.py': Uint8Array.from(all) } })
    expect((await sandbox.compile(bytes(0))).ok).toBe(false)
    expect((await sandbox.compile(bytes(0xff, 0xfe))).ok).toBe(false)
    expect((await sandbox.compile(bytes())).ok).toBe(true)
  })

  test('native languages are refused, never run', async () => {
    await expect(sandbox.compile({ ...source('python', ''), language: 'c' })).rejects.toThrow(SandboxFailure)
  })
})

/** The processes under this one that run keeper.ts. */
const keepers = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .filter((pid) => {
      try {
        const parent = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1])
        return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('wasm/keeper.ts')
      } catch {
        return false
      }
    })
    .map(Number)

describe.skipIf(process.platform !== 'linux')('the process of the runs (looked at through /proc)', () => {
  test('holds no variable of ours and may read its packages only', () => {
    const [pid] = keepers()
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
    expect(environment).not.toContain('GRADUS')
    expect(environment).not.toContain('PATH')
    const [node, ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .filter((arg) => arg !== '')
    const flags = args.filter((arg) => arg.startsWith('--'))
    const reads =
      "console.log([process.permission.has('fs.read', '/etc/passwd'), process.permission.has('fs.write'), process.permission.has('child')].join())"
    expect(execFileSync(node!, [...flags, '-e', reads], { encoding: 'utf8', env: {} })).toBe('false,false,false\n')
  })

  test('that is killed in the middle is replaced, and the run is made once more', async () => {
    const own = await openWasmSandbox({ slots: 2 })
    try {
      const before = keepers()
      const running = run('python', 'import time\ntime.sleep(1)\nprint("done")', { box: own })
      await new Promise((resolve) => setTimeout(resolve, 700))
      for (const pid of before.slice(1)) process.kill(pid, 'SIGKILL')
      expect(text((await running).stdout)).toBe('done\n')
      expect(text((await run('python', 'print("next")', { box: own })).stdout)).toBe('next\n')
    } finally {
      await own.close()
    }
  })

  test('is gone after closing', async () => {
    const own = await openWasmSandbox({ slots: 1 })
    const count = keepers().length
    await own.close()
    expect(keepers()).toHaveLength(count - 1)
    await expect(run('python', 'print(1)', { box: own })).rejects.toThrow(SandboxFailure)
  })
})

test('many runs at once keep apart', async () => {
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, i) => out(i % 2 ? 'python' : 'javascript', i % 2 ? `print(${i})` : `console.log(${i})`)),
  )
  expect(all).toEqual(Array.from({ length: 8 }, (_, i) => `${i}\n`))
})

test('a run that is given up ends at once and throws the reason', async () => {
  const compiled = await sandbox.compile(source('python', 'while True: pass'))
  if (!compiled.ok) throw new Error(compiled.output)
  const giving_up = new AbortController()
  const running = sandbox.run(compiled.program, { stdin: new Uint8Array(), limits: { ...limits, time_ms: 60_000 } }, giving_up.signal)
  setTimeout(() => giving_up.abort(new Error('lease lost')), 200)
  await expect(running).rejects.toThrow('lease lost')
  await expect(sandbox.run(compiled.program, { stdin: new Uint8Array(), limits }, AbortSignal.abort(new Error('too late')))).rejects.toThrow(
    'too late',
  )
})
