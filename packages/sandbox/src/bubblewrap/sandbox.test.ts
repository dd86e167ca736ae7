import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { Language, Limits } from '@gradus/problem/spec'
import { afterAll, describe, expect, test } from 'vitest'
import { type Compilation, type Run, type RunInput, SandboxFailure } from '../sandbox.ts'
import { openBubblewrap } from './open.ts'

const opened = await openBubblewrap()
const why_not = opened.ok ? '' : ` (skipped: ${opened.reasons.join('; ')})`

const bytes = (text: string) => Buffer.from(text)
const limits: Limits = { time_ms: 10_000, memory_mb: 256, output_kb: 64 }

describe.skipIf(!opened.ok)(`the native sandbox${why_not}`, () => {
  if (!opened.ok) return
  const { sandbox } = opened
  const has = (language: Language) => sandbox.languages.some((one) => one.language === language)
  afterAll(() => sandbox.close())

  const compile = (language: Language, files: Record<string, string>, main: string, compiler_flags: string[] = []) =>
    sandbox.compile({ language, files: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, bytes(text)])), main, compiler_flags })
  const MAIN = { python: 'main.py', javascript: 'main.js', c: 'main.c', cpp: 'main.cpp', java: 'Main.java' }
  async function runs(language: Language, text: string, input: Partial<RunInput> = {}): Promise<Run & { out: string; err: string }> {
    const compiled = await compile(language, { [MAIN[language]]: text }, MAIN[language])
    if (!compiled.ok) throw new Error(compiled.output)
    const run = await sandbox.run(compiled.program, { stdin: bytes(''), limits, ...input })
    await compiled.program.release()
    return { ...run, out: Buffer.from(run.stdout).toString(), err: Buffer.from(run.stderr).toString() }
  }

  const SUMS: Record<Language, string> = {
    python: 'a, b = map(int, input().split())\nprint(a + b)',
    javascript: "const [a, b] = require('fs').readFileSync(0, 'utf8').split(' ').map(Number)\nconsole.log(a + b)",
    c: '#include <stdio.h>\n#include <math.h>\nint main(){int a,b;scanf("%d %d",&a,&b);printf("%d\\n",(int)(sqrt(a*a)+b));return 0;}',
    cpp: '#include <iostream>\nint main(){int a,b;std::cin>>a>>b;std::cout<<a+b<<"\\n";}',
    java: 'import java.util.*;public class Main{public static void main(String[] a){var s=new Scanner(System.in);System.out.println(s.nextInt()+s.nextInt());}}',
  }
  test.each(Object.entries(SUMS).filter(([language]) => has(language as Language)))(
    '%s reads its input and answers, twice from one program',
    async (language, text) => {
      const compiled = await compile(language as Language, { [MAIN[language as Language]]: text }, MAIN[language as Language])
      if (!compiled.ok) throw new Error(compiled.output)
      for (const [stdin, answer] of [
        ['1 2', '3\n'],
        ['40 2', '42\n'],
      ] as const) {
        const run = await sandbox.run(compiled.program, { stdin: bytes(stdin), limits })
        expect({ ending: run.ending, out: Buffer.from(run.stdout).toString() }).toEqual({ ending: { kind: 'exit', code: 0 }, out: answer })
        expect(run.memory_kb).toBeGreaterThan(0)
      }
      await compiled.program.release()
    },
  )

  const WRONG: Partial<Record<Language, string>> = {
    python: 'def f(:',
    javascript: 'f(1;',
    c: 'int main(){return x;}',
    cpp: 'int main(){return x;}',
    java: 'class Main{',
  }
  test.each(Object.entries(WRONG).filter(([language]) => has(language as Language)))(
    '%s that does not compile says where, in paths of the box only',
    async (language, text) => {
      const compiled = await compile(language as Language, { [MAIN[language as Language]]: text }, MAIN[language as Language])
      expect(compiled).toMatchObject({ ok: false, ending: { kind: 'exit', code: 1 } })
      expect(compiled.output).toContain(MAIN[language as Language])
      expect(compiled.output).not.toMatch(/gradus-box|\/tmp\/|node_modules/)
    },
  )

  test('every file is checked, not the main one only', async () => {
    const compiled = await compile('python', { 'main.py': 'import other', 'other.py': 'def f(:' }, 'main.py')
    expect(compiled.ok).toBe(false)
    expect(compiled.output).toContain('other.py')
  })

  test('checking the syntax runs nothing of the program', async () => {
    const compiled = await compile('python', { 'main.py': 'print("ran")' }, 'main.py')
    if (!compiled.ok) throw new Error(compiled.output)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const run = await sandbox.run(compiled.program, { stdin: bytes(''), limits })
    expect(Buffer.from(run.stdout).toString()).toBe('ran\n')
    await compiled.program.release()
    expect(compiled.output).toBe('')
  })

  test.each<[string, Language, string, Partial<RunInput>, Run['ending']]>([
    ['an exit code', 'python', 'exit(3)', {}, { kind: 'exit', code: 3 }],
    ['an exception', 'python', '1/0', {}, { kind: 'exit', code: 1 }],
    ['a signal', 'python', 'import os; os.abort()', {}, { kind: 'signal', signal: 'SIGABRT' }],
    ['a busy loop', 'python', 'while True: pass', { limits: { ...limits, time_ms: 200 } }, { kind: 'time_limit' }],
    ['a sleep', 'python', 'import time; time.sleep(9)', { limits: { ...limits, time_ms: 200 } }, { kind: 'time_limit' }],
    [
      'a growing heap',
      'python',
      'x = []\nwhile True: x.append(bytearray(1 << 20))',
      { limits: { ...limits, memory_mb: 64 } },
      { kind: 'memory_limit' },
    ],
    ['one value too large', 'python', 'x = bytearray(1 << 62)', {}, { kind: 'memory_limit' }],
    ['a heap of Node', 'javascript', 'const x = []; for (;;) x.push({})', {}, { kind: 'memory_limit' }],
    ['too much output', 'python', 'while True: print("x" * 1000)', {}, { kind: 'output_limit' }],
    ['output of just the limit', 'python', 'print("x" * 1023)', { limits: { ...limits, output_kb: 1 } }, { kind: 'exit', code: 0 }],
    ['output of one byte more', 'python', 'print("x" * 1024)', { limits: { ...limits, output_kb: 1 } }, { kind: 'output_limit' }],
  ])('%s is told', async (_, language, text, input, ending) => {
    const run = await runs(language, text, input)
    expect(run.ending).toEqual(ending)
    expect(run.stdout.length).toBeLessThanOrEqual((input.limits ?? limits).output_kb * 1024)
  })

  test('a learner sees lines of their own in a traceback, and none of ours', async () => {
    const { err } = await runs('python', 'def f():\n    return 1 / 0\nf()\n')
    expect(err.replace(/^ *[~^]+\n/gm, '')).toBe(
      'Traceback (most recent call last):\n  File "/box/main.py", line 3, in <module>\n    f()\n  File "/box/main.py", line 2, in f\n    return 1 / 0\nZeroDivisionError: division by zero\n',
    )
  })

  test('Python finds itself as in a run without a box', async () => {
    const { out } = await runs(
      'python',
      'import sys, json\nprint(json.dumps([__name__, __file__, sys.argv, sorted(n for n in globals() if not n.startswith("__")), sys.stdout.encoding]))',
    )
    expect(JSON.parse(out)).toEqual(['__main__', '/box/main.py', ['/box/main.py'], ['json', 'sys'], 'utf-8'])
  })

  test('files laid beside the program are read by name, and the next run has a fresh folder', async () => {
    const text =
      'import os\nprint(sorted(os.listdir(".")), open("data.txt").read() if os.path.exists("data.txt") else "none")\nopen("left.txt", "w").write("x")'
    const compiled = await compile('python', { 'main.py': text }, 'main.py')
    if (!compiled.ok) throw new Error(compiled.output)
    const answers: string[] = []
    const laid: Record<string, Uint8Array>[] = [{}, { 'data.txt': bytes('seven') }, {}]
    for (const files of laid) {
      answers.push(Buffer.from((await sandbox.run(compiled.program, { stdin: bytes(''), limits, files })).stdout).toString())
    }
    await compiled.program.release()
    expect(answers).toEqual(["['main.py'] none\n", "['data.txt', 'main.py'] seven\n", "['main.py'] none\n"])
  })

  test.each(['../evil.py', 'a/b.py', '..', '', 'a\0b'])('a file named %j is refused', async (name) => {
    await expect(compile('python', { 'main.py': '', [name]: '' }, 'main.py')).rejects.toThrow(SandboxFailure)
  })

  test('input may hold any bytes, and be opened again by name', async () => {
    const { out } = await runs('python', 'import hashlib\nprint(hashlib.sha256(open("/dev/stdin", "rb").read()).hexdigest())', {
      stdin: new Uint8Array(3_000_000).map((_, i) => i % 251),
    })
    expect(out.trim()).toBe(
      createHash('sha256')
        .update(new Uint8Array(3_000_000).map((_, i) => i % 251))
        .digest('hex'),
    )
  })

  test('a run that is given up ends at once and throws the reason', async () => {
    const compiled = await compile('python', { 'main.py': 'while True: pass' }, 'main.py')
    if (!compiled.ok) throw new Error(compiled.output)
    const giving_up = new AbortController()
    const run = sandbox.run(compiled.program, { stdin: bytes(''), limits }, giving_up.signal)
    setTimeout(() => giving_up.abort(new Error('enough')), 50)
    await expect(run).rejects.toThrow('enough')
    await compiled.program.release()
  })

  test('what a descriptor above 2 leads to is nothing, whatever this process was born with', async () => {
    const { out } = await runs(
      'c',
      '#include <stdio.h>\n#include <sys/stat.h>\n#include <sys/sysmacros.h>\nint main(){struct stat s;for(int i=3;i<256;i++)if(!fstat(i,&s)&&s.st_rdev!=makedev(1,3))printf("%d ",i);return 0;}',
    )
    expect(out).toBe('')
  })

  test('twenty programs at once keep their answers apart', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, n) => runs('python', `print(int(input()) * ${n})`, { stdin: bytes(String(n)) })))
    expect(all.map(({ out }) => Number(out))).toEqual(Array.from({ length: 20 }, (_, n) => n * n))
  })

  test('a program whose waiting box has died runs in a new one', async () => {
    const compiled = await compile('python', { 'main.py': 'print("here")' }, 'main.py')
    if (!compiled.ok) throw new Error(compiled.output)
    process.kill(ownProcesses()[0]!, 'SIGKILL')
    await expect.poll(() => ownProcesses().length).toBe(0)
    const run = await sandbox.run(compiled.program, { stdin: bytes(''), limits })
    expect(Buffer.from(run.stdout).toString()).toBe('here\n')
    await compiled.program.release()
  })

  test('closing ends the boxes that still wait', async () => {
    const other = await openBubblewrap()
    if (!other.ok) throw new Error(other.reasons.join())
    const compiled = await other.sandbox.compile({ language: 'python', files: { 'main.py': bytes('') }, main: 'main.py', compiler_flags: [] })
    expect(compiled.ok).toBe(true)
    expect(ownProcesses().length).toBeGreaterThan(0)
    await other.sandbox.close()
    expect(ownProcesses()).toEqual([])
  })

  test('programs that are never run, or run out of turn, leave nothing behind', async () => {
    const compiled: Compilation[] = []
    for (let n = 0; n < 3; n++) compiled.push(await compile('python', { 'main.py': 'print(1)' }, 'main.py'))
    for (const one of compiled) if (one.ok) await one.program.release()
    await expect.poll(() => ownProcesses()).toEqual([])
  })
})

/** Live processes that stand in a group of ours. */
function ownProcesses(): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && standsInOurs(pid))
    .map(Number)
}

function standsInOurs(pid: string): boolean {
  try {
    return (
      readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`/gradus-${process.pid}-`) &&
      !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    )
  } catch {
    return false
  }
}
