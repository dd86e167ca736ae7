import { readFileSync } from 'node:fs'
import type { IoComparator, Language, ProgramSpec } from '@gradus/problem/spec'
import type { Source } from '../sandbox.ts'

/** What is compiled to grade a program: the learner's file alone, or beside a harness that calls it. */

const read = (name: string): Uint8Array => readFileSync(new URL(name, import.meta.url))
const harnesses: Readonly<Record<'function' | 'unit', Readonly<Partial<Record<Language, Uint8Array>>>>> = {
  function: { python: read('function.py'), javascript: read('function.js') },
  unit: { python: read('unit.py'), javascript: read('unit.js') },
}

/** File names as learners and teachers meet them in error messages, in `import solution` and in `require('./solution.js')`. */
const extensions: Readonly<Record<Language, string>> = { python: 'py', javascript: 'js', c: 'c', cpp: 'cpp', java: 'java' }
const mainFile = (language: Language): string => (language === 'java' ? 'Main.java' : `main.${extensions[language]}`)

/**
 * The source that runs every test of a question. Throws TypeError where the spec has no part for the language, or the
 * kind of question cannot be asked in it: the contract lets neither through.
 */
export function sourceFor(spec: ProgramSpec, language: Language, code: Uint8Array): Source {
  const part = spec.languages[language]
  if (!part) throw new TypeError(`this question is not asked in ${language}`)
  const { compiler_flags } = part
  if (spec.kind === 'io') {
    const main = mainFile(language)
    return { language, files: { [main]: code }, main, compiler_flags }
  }
  const harness = harnesses[spec.kind][language]
  if (!harness) throw new TypeError(`${spec.kind} questions cannot be asked in ${language}`)
  const extension = extensions[language]
  const files: Record<string, Uint8Array> = {
    [`harness.${extension}`]: harness,
    [`solution.${extension}`]: spec.kind === 'function' ? withExport(language, spec.function_name, code) : code,
  }
  if (spec.kind === 'unit') files[`tests.${extension}`] = new TextEncoder().encode(spec.languages[language]!.test_file)
  return { language, files, main: `harness.${extension}`, compiler_flags }
}

export function checkerSource(checker: Extract<IoComparator, { kind: 'checker' }>): Source {
  const main = mainFile(checker.language)
  return { language: checker.language, files: { [main]: new TextEncoder().encode(checker.source) }, main, compiler_flags: [] }
}

/**
 * A JavaScript learner writes `function add(a, b)` and exports nothing, so a line that exports it is put behind the
 * program, on a line of its own to keep line numbers. What the program exports itself stays.
 */
function withExport(language: Language, name: string, code: Uint8Array): Uint8Array {
  if (language !== 'javascript') return code
  const line = `\n;if (typeof module.exports !== 'function' && typeof module.exports?.${name} !== 'function' && typeof ${name} === 'function') module.exports = { ${name} }\n`
  const suffix = new TextEncoder().encode(line)
  const whole = new Uint8Array(code.length + suffix.length)
  whole.set(code)
  whole.set(suffix, code.length)
  return whole
}
