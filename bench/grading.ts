import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSandboxes } from '../packages/sandbox/src/choose.ts'
import { gradeProgram } from '../packages/sandbox/src/grade.ts'

/**
 * `node bench/grading.ts [runs]`: sandboxed grading of a one-test Python program per second against bare `python3` processes of the
 * same program at the same concurrency, in turns.
 */
const runs = Number(process.argv[2] ?? 200)
const CONCURRENCY = 2
const source = 'a, b = map(int, input().split())\nprint(a + b)\n'
const spec = {
  kind: 'io' as const,
  comparator: { kind: 'exact' as const },
  languages: { python: { starter: '', reference: source, compiler_flags: [] } },
  tests: [
    { key: 't1', name: 'sum', points: 1, is_hidden: false, time_ms: 2000, memory_mb: 256, output_kb: 64, stdin: '1 2\n', expected_stdout: '3\n' },
  ],
}

async function perSecond(work: () => Promise<void>): Promise<number> {
  let left = runs
  const started = performance.now()
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (left-- > 0) await work()
    }),
  )
  return runs / ((performance.now() - started) / 1000)
}

const sandboxes = await openSandboxes({})
const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-'))
const file = join(folder, 'main.py')
writeFileSync(file, source)

const bare = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn('/usr/bin/python3', [file], { stdio: ['pipe', 'pipe', 'pipe'] })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    child.on('close', () => (out === '3\n' ? resolve() : reject(new Error(`python3 printed ${JSON.stringify(out)}`))))
    child.stdin.end('1 2\n')
  })
const boxed = async (): Promise<void> => {
  const report = await gradeProgram(sandboxes, { language: 'python', code: Buffer.from(source), spec })
  if (report.tests[0]?.verdict !== 'accepted') throw new Error(`graded ${JSON.stringify(report)}`)
}

try {
  await perSecond(bare)
  await perSecond(boxed)
  const ratios: number[] = []
  for (let round = 0; round < 3; round++) {
    const bare_rate = await perSecond(bare)
    const boxed_rate = await perSecond(boxed)
    ratios.push(boxed_rate / bare_rate)
    console.log(`bare ${bare_rate.toFixed(1)}, graded ${boxed_rate.toFixed(1)} per second, ratio ${(boxed_rate / bare_rate).toFixed(2)}`)
  }
  console.log(`ratio: ${ratios.sort((a, b) => a - b)[1]!.toFixed(2)} (median of 3, ${CONCURRENCY} at once)`)
} finally {
  rmSync(folder, { recursive: true, force: true })
  await sandboxes.close()
}
