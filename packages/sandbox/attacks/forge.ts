import type { FunctionSpec, Language } from '@gradus/problem/spec'
import { gradeProgram, type Sandboxes } from '../src/grade.ts'
import { javascript_forgers } from '../src/harness/forgers.ts'
import { forgers } from './corpus.ts'

const part = { starter: '', reference: '', compiler_flags: [] }
const test = (key: string, args: unknown[], expected: unknown) => ({
  ...{ key, name: key, points: 1, is_hidden: true, time_ms: 2_000, memory_mb: 128, output_kb: 64, args, expected },
})

/** `add(a, b)`: no answer is small, true or another's, so that no constant can be right by luck. */
const spec: FunctionSpec = {
  kind: 'function',
  function_name: 'add',
  comparator: { kind: 'equal' },
  languages: { python: part, javascript: part },
  tests: [test('t1', [20, 3], 23), test('t2', [10, -4], 6), test('t3', ['ab', 'c'], 'abc')],
}

export interface Forgery {
  id: string
  language: Language
  /** Tests that were accepted. */
  score: number
  verdicts: string
}

/** Grades each forging module like a learner's program, and one honest program, named `honest`, that must win all. */
export async function gradeForgers(sandboxes: Sandboxes): Promise<{ forgeries: Forgery[]; honest: Forgery[]; full: number }> {
  const grade = async (id: string, language: Language, code: string): Promise<Forgery> => {
    const { tests } = await gradeProgram(sandboxes, { language, code: Buffer.from(code), spec })
    return {
      id,
      language,
      score: tests.filter(({ verdict }) => verdict === 'accepted').length,
      verdicts: tests.map(({ verdict }) => verdict).join(' '),
    }
  }
  const forgeries: Forgery[] = []
  for (const [id, code] of Object.entries(forgers)) forgeries.push(await grade(id, 'python', code))
  for (const [id, code] of Object.entries(javascript_forgers)) forgeries.push(await grade(id, 'javascript', code))
  const honest = [
    await grade('honest', 'python', 'def add(a, b):\n    return a + b\n'),
    await grade('honest', 'javascript', 'function add(a, b) { return a + b }\n'),
  ]
  return { forgeries, honest, full: spec.tests.length }
}
