import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Product, startProduct } from './product.ts'

const repository = join(import.meta.dirname, '..')
const doctor = spawnSync(process.execPath, ['apps/worker/src/doctor.ts', '--json'], { cwd: repository, encoding: 'utf8' })
const { languages } = JSON.parse(doctor.stdout) as { languages: { language: string; sandbox: string | null }[] }
const runsC = languages.some((one) => one.language === 'c' && one.sandbox !== null)

/** Two exercises and four students of our own, in the shape of the real data. */
const tests = [
  { name: 'ex01_0', stdin: '1 2', expected_stdout: '3\n' },
  { name: 'ex01_1', stdin: '40 2', expected_stdout: '42\n' },
]
const program = (format: string, sign: string): string =>
  `#include <stdio.h>\n\nint main() {\n  int a, b;\n  if (scanf("%d%d", &a, &b) != 2) return 3;\n  printf("${format}", a ${sign} b);\n  return 0;\n}\n`
const right = program('%d\\n', '+')
const exercises = ['lab01/ex01', 'lab02/ex01'].map((exercise) => ({
  exercise,
  title: `Add in ${exercise}`,
  statement_markdown: 'Add.',
  reference_solution: right,
  tests,
}))
const works: [code: string, said: string | null][] = [
  [right, 'Accepted'],
  [program('%d', '+'), 'Presentation Error'],
  [program('%d\\n', '*'), 'Wrong Answer'],
  ['int main() { for (;;) ; return 0; }\n', 'Time Limit Exceeded'],
  ['int main() { return 7; }\n', 'Command exited with non-zero status (7)'],
  ['int main() { return x; }\r\n', null],
]
const submissions = exercises.flatMap(({ exercise }) =>
  Array.from({ length: 4 }, (_, student) =>
    works.map(([code, said], i) => ({
      year: 1,
      exercise,
      student: `stu_${student}`,
      submission: i + 1,
      code,
      compile_error: said === null,
      verdicts: said === null ? {} : Object.fromEntries(tests.map(({ name }) => [name, said])),
    })),
  ).flat(),
)

describe.skipIf(!runsC)(
  'a replay of hand-ins in C (needs bubblewrap and gcc)',
  () => {
    let product: Product
    let folder: string
    let token: string
    beforeAll(async () => {
      product = await startProduct({ GRADUS_DEMO: 'off', GRADUS_WORKERS: '2' })
      token = await product.adminToken()
      folder = await mkdtemp(join(tmpdir(), 'gradus-replay-'))
      await writeFile(join(folder, 'exercises.json'), JSON.stringify(exercises))
      // One label of the data is wrong, as in the real one: the replay must say so and not fail over it.
      const told = submissions.map((one, i) => (i === 0 ? { ...one, verdicts: { ex01_0: 'Accepted', ex01_1: 'Wrong Answer' } } : one))
      await writeFile(join(folder, 'submissions-years-1-3.jsonl.gz'), gzipSync(told.map((one) => `${JSON.stringify(one)}\n`).join('')))
    }, 240_000)
    afterAll(async () => {
      await product?.stop()
      if (folder !== undefined) await rm(folder, { recursive: true })
    })

    const replay = () => {
      const child = spawn(process.execPath, ['bench/replay/main.ts', folder, '--server', product.base_url, '--students', '2'], {
        cwd: repository,
        env: { PATH: process.env.PATH, GRADUS_DATA: folder, GRADUS_TOKEN: token },
      })
      const said = { out: '', err: '' }
      child.stdout.on('data', (data) => {
        said.out += data
      })
      child.stderr.on('data', (data) => {
        said.err += data
      })
      return { child, said, exit: once(child, 'exit').then(([code]) => code as number | null) }
    }

    test('killed in the middle and started again, it hands everything in once and names what disagrees', async () => {
      const first = replay()
      await expect.poll(() => first.said.err, { timeout: 120_000, interval: 5 }).toContain('hand-ins: 1 of 48')
      first.child.kill('SIGKILL')
      await first.exit

      const second = replay()
      expect([await second.exit, second.said.err.includes('going on where it was broken off')]).toEqual([0, true])
      const lines = second.said.out.trim().split('\n')
      expect(lines[0]).toMatch(/^submissions: 48 of 48 acknowledged, \d+ of them by an earlier try/)
      expect(lines).toContain('  wrong_answer -> accepted: 1')
      expect(lines.slice(-3)).toEqual(['lost: 0', 'agreement accepted: 98.95 %', 'agreement kind: 98.95 %'])
    })
  },
  240_000,
)
