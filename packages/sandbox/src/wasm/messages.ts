import type { Limits } from '@gradus/problem/spec'
import type { Ending, Run } from '../sandbox.ts'
import type { RunRecord } from './record.ts'

/** What the three parties say to each other: the sandbox, its process (keeper), and the worker thread of one run (box). */

export type WasmLanguage = 'python' | 'javascript'

/** One run of one program. `check` looks at the syntax of `checked` and runs nothing. */
export interface Job {
  language: WasmLanguage
  files: Record<string, Uint8Array>
  main: string
  checked: string[] | null
  stdin: Uint8Array
  limits: Limits
}

export type ToKeeper = { kind: 'run'; id: number; job: Job } | { kind: 'cancel'; id: number }

export type FromKeeper =
  | { kind: 'ready' }
  | { kind: 'done'; id: number; run: Run }
  | { kind: 'cancelled'; id: number }
  | { kind: 'failed'; id: number; message: string }

/** The compiled interpreters, shared by all boxes of a process. */
export interface Interpreters {
  python: WebAssembly.Module
  /** What CPython's memory starts with, its stack included. */
  python_pages: number
  stack_pages: number
  javascript: WebAssembly.Module
  /** What QuickJS evaluates before a program: inspect.js and prelude.js. */
  inspect_source: string
  prelude_source: string
}

export interface ToBox {
  interpreters: Interpreters
  job: Job
  record: RunRecord
}

/** `started`: the interpreter is up and the learner's program begins; `cpu_ms` is what the thread had used until then. */
export type FromBox = { kind: 'started'; cpu_ms: number } | { kind: 'ended'; ending: Ending; time_ms: number }
