import type { Language, Limits } from '@gradus/problem/spec'

/** Runs untrusted programs under limits. Two implementations: bubblewrap (Linux, native speed) and wasm (anywhere). */
export interface Sandbox {
  readonly name: 'bubblewrap' | 'wasm'
  /** What this sandbox can run here, with the runtime's own words for its version. */
  readonly languages: readonly { language: Language; runtime: string }[]
  /**
   * Compiles once for all tests, in a box like the one programs run in. For interpreted languages it checks the
   * syntax of every file in that language, not of the main one only: a learner's file may stand beside a harness.
   * Never throws for what the source does; throws SandboxFailure where the box itself fails.
   */
  compile(source: Source, signal?: AbortSignal): Promise<Compilation>
  /** Runs a compiled program in a fresh box. Afterwards no process of it is left. Throws SandboxFailure only for our own faults. */
  run(program: Program, input: RunInput, signal?: AbortSignal): Promise<Run>
  /** Frees what is held between runs. */
  close(): Promise<void>
}

export interface Source {
  language: Language
  /** File name -> bytes. Names are plain (no slash); the sandbox writes them side by side. */
  files: Record<string, Uint8Array>
  /** The file that is run or compiled first. */
  main: string
  compiler_flags: string[]
}

/** A compiled program; opaque outside the sandbox that made it. `release` frees it. */
export interface Program {
  readonly language: Language
  release(): Promise<void>
}

/** `output` is what the compiler said, at most 64 KB, with paths of the box only. */
export type Compilation = { ok: true; program: Program; output: string } | { ok: false; output: string; ending: Ending }

export interface RunInput {
  stdin: Uint8Array
  limits: Limits
  /** Read-only files laid beside the program, by plain name. */
  files?: Record<string, Uint8Array>
}

/** How a run ended. */
export type Ending =
  | { kind: 'exit'; code: number }
  | { kind: 'signal'; signal: string }
  | { kind: 'time_limit' }
  | { kind: 'memory_limit' }
  | { kind: 'output_limit' }

export interface Run {
  ending: Ending
  /** At most `limits.output_kb` each. */
  stdout: Uint8Array
  stderr: Uint8Array
  /** Wall time of the program in milliseconds. */
  time_ms: number
  /** Peak memory of the box in KiB, or null where it cannot be known. */
  memory_kb: number | null
}

/** The sandbox itself failed: never the learner's fault, and never a verdict. */
export class SandboxFailure extends Error {
  override name = 'SandboxFailure'
}
