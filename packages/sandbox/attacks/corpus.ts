import { readFileSync } from 'node:fs'
import type { Language } from '@gradus/problem/spec'
import type { Ending } from '../src/sandbox.ts'

/** How a hostile program ended, in the words of the corpus. */
export type AttackVerdict = 'ok' | 'runtime_error' | 'time_limit' | 'memory_limit' | 'output_limit' | 'compile_error' | 'compile_time_limit'

export interface Attack {
  id: string
  /** `shell` programs are for the corpus only: no learner is offered that language. */
  language: Language | 'shell'
  source: string
  /** Shipped beside the program. */
  files?: Record<string, string>
  allowed_verdicts: readonly AttackVerdict[]
  /** What must not happen, in words. */
  breach?: string
  /** A regular expression that no output may match. */
  canary?: string
  memory_mb?: number
  /** Why the case has a limit of its own. */
  why?: string
}

/** What a run left behind, whichever box it ran in. */
export interface Observation {
  verdict: AttackVerdict
  /** All that reached the grader: stdout, stderr, what the compiler said, files it collected. */
  output: string
  output_bytes: number
  memory_kb: number | null
  /** Processes of the run that were alive after the grader believed it over. */
  processes_left: number
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))

export const attacks = read('programs.json') as readonly Attack[]
export const forgers = read('forgers.json') as Readonly<Record<string, string>>

export const DEFAULT_MEMORY_MB = 256
/** Short for attacks that may end at the limit; the others need not lose a race against a busy machine. */
export const timeFor = ({ allowed_verdicts, language }: Attack): number =>
  (allowed_verdicts.includes('time_limit') ? 1_000 : 6_000) + (language === 'java' ? SLOW_START_MS : 0)
/** A virtual machine needs a moment to reach its attack. */
const SLOW_START_MS = 1_000
export const OUTPUT_KB = 64
const MOST_OUTPUT = 8 << 20
/** Pages the kernel charges before it stops a box. */
const MEMORY_SLACK_KB = 4_096

/** The program as it is run on this stage. */
export function filled(attack: Attack, places: Readonly<Record<string, string>>): Attack {
  const fill = (text: string) => text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => places[name] ?? whole)
  return { ...attack, source: fill(attack.source), ...(attack.canary && { canary: fill(attack.canary) }) }
}

/** What a program did that it must not, in words; empty when the box held. The stage adds what changed outside. */
export function breachesOf(attack: Attack, seen: Observation): string[] {
  const limit_kb = Math.max(attack.memory_mb ?? DEFAULT_MEMORY_MB, 128) * 1024 + MEMORY_SLACK_KB
  return [
    ...(attack.canary && new RegExp(attack.canary, 'm').test(seen.output) ? [`the output holds /${attack.canary}/`] : []),
    ...(seen.processes_left > 0 ? [`${seen.processes_left} processes left`] : []),
    ...(seen.memory_kb !== null && seen.memory_kb > limit_kb ? [`${Math.round(seen.memory_kb / 1024)} MB in use`] : []),
    ...(seen.output_bytes > MOST_OUTPUT ? [`${Math.round(seen.output_bytes / 1e6)} MB of output read`] : []),
  ]
}

export function verdictOfRun(ending: Ending): AttackVerdict {
  if (ending.kind === 'exit') return ending.code === 0 ? 'ok' : 'runtime_error'
  return ending.kind === 'signal' ? 'runtime_error' : ending.kind
}

export function verdictOfCompilation(ending: Ending): AttackVerdict {
  return ending.kind === 'time_limit' ? 'compile_time_limit' : 'compile_error'
}
