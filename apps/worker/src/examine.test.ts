import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { examine, report } from './examine.ts'

type Found = Parameters<typeof examine>[0]
const wasm = [
  { language: 'python', sandbox: 'wasm', runtime: 'CPython 3.12.0' },
  { language: 'javascript', sandbox: 'wasm', runtime: 'QuickJS' },
] as const
const lacks = (language: 'c' | 'cpp' | 'java', reason: string, mend: string) => ({ language, reasons: [reason], mend: [mend] })

test('a bare machine is healthy with the portable sandbox, and told once how to get the others', () => {
  const refused = { ok: false, reasons: ['bubblewrap is not installed'], mend: ['apt-get install bubblewrap'] } as const
  const missing = (['c', 'cpp', 'java'] as const).map((language) => lacks(language, refused.reasons[0], refused.mend[0]))
  const health = examine({ languages: [...wasm], missing, native: refused })
  expect(health.is_healthy).toBe(true)
  expect(health.languages.map((one) => one.sandbox)).toEqual(['wasm', 'wasm', null, null, null])
  const lines = report(health)
  expect(lines.filter((line) => line.includes('apt-get install bubblewrap'))).toHaveLength(1)
  expect(lines.filter((line) => line.includes('bubblewrap is not installed'))).toHaveLength(1)
  expect(lines).toContain('  c           missing')
})

test('names each missing language with its own line', () => {
  const found: Found = {
    languages: wasm.map((one) => ({ ...one, sandbox: 'bubblewrap' })),
    missing: [
      lacks('c', 'gcc is not installed', 'apt-get install gcc'),
      lacks('java', 'javac is not installed', 'apt-get install default-jdk-headless'),
    ],
    native: { ok: true, bounded_by: 'cgroup v2' },
  }
  const text = report(examine(found)).join('\n')
  for (const line of [
    'c: gcc is not installed',
    'apt-get install gcc',
    'java: javac is not installed',
    'apt-get install default-jdk-headless',
    'cgroup v2',
  ])
    expect(text).toContain(line)
})

test.each([0, 1])('is not healthy without one of Python and JavaScript', (absent) => {
  const health = examine({ languages: [wasm[absent]!], missing: [], native: { ok: true, bounded_by: 'cgroup v1' } })
  expect(health.is_healthy).toBe(false)
})

test('tells the contract’s limits', () => {
  const { limits } = examine({ languages: [], missing: [], native: { ok: true, bounded_by: 'cgroup v1' } })
  expect(limits).toEqual({
    default: { time_ms: 2_000, memory_mb: 256, output_kb: 64 },
    most: { time_ms: 60_000, memory_mb: 4_096, output_kb: 16_384 },
    max_code_bytes: 102_400,
  })
})

const doctor = (...args: string[]) => spawnSync(process.execPath, [join(import.meta.dirname, 'doctor.ts'), ...args], { encoding: 'utf8' })

test('as a command it says what is here, as lines and as JSON', () => {
  const json = doctor('--json')
  expect([json.status, json.stderr]).toEqual([0, ''])
  const health = JSON.parse(json.stdout) as ReturnType<typeof examine>
  expect(health.languages.filter((one) => one.sandbox !== null).map((one) => one.language)).toEqual(expect.arrayContaining(['python', 'javascript']))
  const lines = doctor()
  expect(lines.status).toBe(0)
  for (const { runtime } of health.languages) expect(lines.stdout).toContain(runtime ?? 'missing')
  expect(doctor('--xml').status).toBe(2)
})
