import { compareOutput } from '@gradus/problem/compare'
import { exceptionIn, type Shown, showEnd, showFrom, showText } from '@gradus/problem/detail'
import type { FunctionSpec, IoSpec, Language, Limits, ProgramSpec, QuestionSpec, UnitSpec, Verdict } from '@gradus/problem/spec'
import { verdictOf } from '@gradus/problem/verdict'
import { type Judgement, judgeCall, judgeUnit } from './harness/answers.ts'
import { checkerSource, sourceFor } from './harness/sources.ts'
import { type Program, type Run, type RunInput, type Sandbox, SandboxFailure } from './sandbox.ts'

/** The sandbox for each language, as far as there is one here. */
export interface Sandboxes {
  for(language: Language): { sandbox: Sandbox; runtime: string } | null
}

export interface GradeJob {
  language: Language
  /** The learner's exact bytes. */
  code: Uint8Array
  /** With the tests that are to be run, in their order. */
  spec: QuestionSpec
}

/** What is shown of a test: the contract's `testDetail` in plain types. */
export interface TestDetail {
  stdin?: string
  stdout?: string
  stderr?: string
  expected?: string
  call?: string
  got?: string
  exit_code?: number
  signal?: string
  exception?: string
  differs_at_line?: number
  message?: string
  is_truncated?: boolean
}

/** The contract's `testReport`. */
export interface TestReport {
  key: string
  verdict: Verdict
  time_ms: number | null
  memory_kb: number | null
  detail: TestDetail
}

/** The contract's `gradingReport`. */
export interface GradingReport {
  compile_output: string
  sandbox: Sandbox['name']
  runtime: string
  tests: TestReport[]
}

export interface GradeOptions {
  /** Hears of each test as it finishes. */
  onTest?: (key: string, verdict: Verdict) => void
  signal?: AbortSignal
}

const MAX_COMPILE_OUTPUT = 65_536
/** A teacher's checker reads two outputs and an input; it is not part of the learner's time. */
const CHECKER_LIMITS: Limits = { time_ms: 10_000, memory_mb: 256, output_kb: 64 }

/**
 * Grades one program: compiles it once and runs every test in a fresh box. Expected outputs and values stay in this
 * process, where no code of the learner's runs; only `unit` questions, which say so, let the two meet. A program that
 * does not compile has all its tests skipped. Throws SandboxFailure when a box fails twice at the same thing, no
 * sandbox here runs the language, or the question is `external` or a `file`: that is never a verdict. Throws the signal's reason when it aborts.
 */
export async function gradeProgram(sandboxes: Sandboxes, job: GradeJob, options: GradeOptions = {}): Promise<GradingReport> {
  const { spec } = job
  if (spec.kind === 'external') throw new SandboxFailure('external questions are graded by the queue they name, never in a sandbox')
  if (spec.kind === 'file') throw new SandboxFailure('files are graded by people, never in a sandbox')
  const { sandbox, runtime } = sandboxFor(sandboxes, job.language)
  const { signal } = options
  const source = sourceFor(spec, job.language, job.code)
  const compiled = await twice(() => sandbox.compile(source, signal), signal)
  const report = (tests: TestReport[]): GradingReport => ({
    compile_output: showFrom(new TextEncoder().encode(compiled.output), null, MAX_COMPILE_OUTPUT).text,
    sandbox: sandbox.name,
    runtime,
    tests,
  })
  if (!compiled.ok) {
    for (const test of spec.tests) options.onTest?.(test.key, 'skipped')
    return report(spec.tests.map((test) => ({ key: test.key, verdict: 'skipped', time_ms: null, memory_kb: null, detail: {} })))
  }

  const box: Box = {
    language: job.language,
    run: (input) => twice(() => sandbox.run(compiled.program, input, signal), signal),
  }
  const graders = gradersFor(sandboxes, spec, box, signal)
  try {
    const tests: TestReport[] = []
    for (const grade of graders.tests) {
      const test = await grade()
      tests.push(test)
      options.onTest?.(test.key, test.verdict)
    }
    return report(tests)
  } finally {
    await compiled.program.release()
    await graders.release()
  }
}

/** Runs the learner's compiled program. */
interface Box {
  language: Language
  run(input: RunInput): Promise<Run>
}

interface Graders {
  tests: (() => Promise<TestReport>)[]
  release(): Promise<void>
}

function gradersFor(sandboxes: Sandboxes, spec: ProgramSpec, box: Box, signal?: AbortSignal): Graders {
  switch (spec.kind) {
    case 'io': {
      const judge = judgeFor(sandboxes, spec, signal)
      return { tests: spec.tests.map((test) => () => gradeIo(box, judge, test)), release: judge.release }
    }
    case 'function':
      return { tests: spec.tests.map((test) => () => gradeFunction(box, spec, test)), release: async () => {} }
    case 'unit':
      return { tests: spec.tests.map((test) => () => gradeUnit(box, test)), release: async () => {} }
  }
}

async function gradeIo(box: Box, judge: IoJudge, test: IoSpec['tests'][number]): Promise<TestReport> {
  const stdin = new TextEncoder().encode(test.stdin)
  const expected = new TextEncoder().encode(test.expected_stdout)
  const run = await box.run({ stdin, limits: limitsOf(test) })
  const judged = verdictOf(run.ending) === null ? await judge.judge(stdin, expected, run.stdout) : null
  const line = judged?.differs_at_line ?? null
  return reportOn(box, test, run, judged, { stdin: showFrom(stdin), expected: showFrom(expected, line), stdout: showFrom(run.stdout, line) })
}

async function gradeFunction(box: Box, spec: FunctionSpec, test: FunctionSpec['tests'][number]): Promise<TestReport> {
  const call = new TextEncoder().encode(JSON.stringify({ function: spec.function_name, args: test.args }))
  const run = await box.run({ stdin: call, limits: limitsOf(test) })
  const judged = verdictOf(run.ending) === null ? judgeCall(spec.comparator, test.expected, run.stdout) : null
  const shown = {
    call: showText(`${spec.function_name}(${test.args.map((arg) => JSON.stringify(arg)).join(', ')})`),
    expected: showText(JSON.stringify(test.expected)),
    ...(judged?.got !== undefined && { got: showText(judged.got) }),
  }
  return reportOn(box, test, run, judged, shown)
}

async function gradeUnit(box: Box, test: UnitSpec['tests'][number]): Promise<TestReport> {
  const nonce = crypto.randomUUID()
  const task = new TextEncoder().encode(JSON.stringify({ test: test.test_name, nonce }))
  const run = await box.run({ stdin: task, limits: limitsOf(test) })
  const judged = verdictOf(run.ending) === null ? judgeUnit(nonce, test.test_name, run.stdout) : null
  return reportOn(box, test, run, judged, {})
}

interface IoJudge {
  judge(stdin: Uint8Array, expected: Uint8Array, stdout: Uint8Array): Promise<Judgement>
  release(): Promise<void>
}

function judgeFor(sandboxes: Sandboxes, spec: IoSpec, signal?: AbortSignal): IoJudge {
  const { comparator } = spec
  if (comparator.kind !== 'checker') {
    return { judge: async (_, expected, stdout) => compareOutput(comparator, expected, stdout), release: async () => {} }
  }
  const { sandbox } = sandboxFor(sandboxes, comparator.language)
  let compiling: ReturnType<Sandbox['compile']> | null = null
  return {
    async judge(stdin, expected, stdout) {
      compiling ??= twice(() => sandbox.compile(checkerSource(comparator), signal), signal)
      const compiled = await compiling
      if (!compiled.ok) return { verdict: 'internal_error', message: `The checker of this question does not compile.\n${compiled.output}` }
      const files = { 'input.txt': stdin, 'expected.txt': expected, 'output.txt': stdout }
      const checked = await twice(() => sandbox.run(compiled.program, { stdin: new Uint8Array(), limits: CHECKER_LIMITS, files }, signal), signal)
      return checkerJudgement(compiled.program.language, checked)
    },
    async release() {
      const compiled = await compiling?.catch(() => null)
      if (compiled?.ok) await compiled.program.release()
    },
  }
}

/** Exit 0 accepts, 1 rejects, 2 is a presentation error; any other ending is the checker's own failure, never the learner's. */
function checkerJudgement(language: Program['language'], run: Run): Judgement {
  const message = new TextDecoder().decode(run.stdout)
  const verdicts: Readonly<Record<number, Verdict>> = { 0: 'accepted', 1: 'wrong_answer', 2: 'presentation_error' }
  const verdict = run.ending.kind === 'exit' ? verdicts[run.ending.code] : undefined
  if (verdict !== undefined) return { verdict, ...(message !== '' && { message }) }
  const how = run.ending.kind === 'exit' ? `exit code ${run.ending.code}` : run.ending.kind === 'signal' ? run.ending.signal : run.ending.kind
  const exception = exceptionIn(language, run.stderr)
  return { verdict: 'internal_error', message: `The checker of this question failed: ${how}${exception === null ? '' : `, ${exception}`}.` }
}

function reportOn(
  box: Box,
  test: { key: string },
  run: Run,
  judged: Judgement | null,
  shown: Partial<Record<'stdin' | 'stdout' | 'expected' | 'call' | 'got', Shown>>,
): TestReport {
  const verdict = judged?.verdict ?? verdictOf(run.ending) ?? 'internal_error'
  const texts: Partial<Record<keyof TestDetail, Shown>> = {
    ...shown,
    ...(run.stderr.length > 0 && { stderr: showEnd(run.stderr) }),
    ...(judged?.message !== undefined && { message: showText(judged.message) }),
  }
  const detail: TestDetail = Object.fromEntries(Object.entries(texts).map(([name, one]) => [name, one.text]))
  if (run.ending.kind === 'exit') detail.exit_code = run.ending.code
  if (run.ending.kind === 'signal') detail.signal = run.ending.signal
  const exception = verdict === 'runtime_error' ? exceptionIn(box.language, run.stderr) : null
  if (exception !== null) detail.exception = exception
  if (judged?.differs_at_line != null) detail.differs_at_line = judged.differs_at_line
  if (Object.values(texts).some((one) => one.is_truncated)) detail.is_truncated = true
  return { key: test.key, verdict, time_ms: Math.round(run.time_ms), memory_kb: run.memory_kb, detail }
}

const limitsOf = ({ time_ms, memory_mb, output_kb }: Limits): Limits => ({ time_ms, memory_mb, output_kb })

function sandboxFor(sandboxes: Sandboxes, language: Language): { sandbox: Sandbox; runtime: string } {
  const found = sandboxes.for(language)
  if (!found) throw new SandboxFailure(`no sandbox here runs ${language}`)
  return found
}

/** Our own failure is tried once more, because boxes may be lost to a neighbour. */
async function twice<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    if (!(error instanceof SandboxFailure) || signal?.aborted) throw error
    return await attempt()
  }
}
