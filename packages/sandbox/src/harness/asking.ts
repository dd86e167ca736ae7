import type { FunctionSpec, IoComparator, IoSpec, Language, QuestionSpec, UnitSpec, Verdict } from '@gradus/problem/spec'
import { type GradeOptions, type GradingReport, gradeProgram, type Sandboxes } from '../grade.ts'
import type { Sandbox } from '../sandbox.ts'
import { openWasmSandbox } from '../wasm/open.ts'

/** What the tests of grading share: a portable sandbox, and short ways to write questions. */
export const sandbox: Sandbox = await openWasmSandbox({ slots: 2 })
const sandboxes: Sandboxes = {
  for: (language) => {
    const found = sandbox.languages.find((one) => one.language === language)
    return found ? { sandbox, runtime: found.runtime } : null
  },
}

const part = { starter: '', reference: '', compiler_flags: [] }
const base = { name: 'a test', points: 1, is_hidden: false, time_ms: 4_000, memory_mb: 64, output_kb: 64 }

export function io(tests: [stdin: string, expected: string][], comparator: IoComparator = { kind: 'exact' }): IoSpec {
  const languages = { python: part, javascript: part }
  return {
    kind: 'io',
    comparator,
    languages,
    tests: tests.map(([stdin, expected_stdout], i) => ({ ...base, key: `t${i + 1}`, stdin, expected_stdout })),
  }
}
export function calls(tests: [args: unknown[], expected: unknown][], function_name = 'add'): FunctionSpec {
  const languages = { python: part, javascript: part }
  return {
    kind: 'function',
    function_name,
    comparator: { kind: 'equal' },
    languages,
    tests: tests.map(([args, expected], i) => ({ ...base, key: `t${i + 1}`, args, expected })),
  }
}
export function unit(language: Language, test_file: string, names: string[]): UnitSpec {
  return {
    kind: 'unit',
    languages: { [language]: { ...part, test_file } },
    tests: names.map((test_name, i) => ({ ...base, key: `t${i + 1}`, test_name })),
  }
}
export const grade = (language: Language, code: string | Uint8Array, spec: QuestionSpec, options?: GradeOptions): Promise<GradingReport> =>
  gradeProgram(sandboxes, { language, code: typeof code === 'string' ? Buffer.from(code) : code, spec }, options)
export const verdicts = (report: GradingReport): Verdict[] => report.tests.map((one) => one.verdict)
