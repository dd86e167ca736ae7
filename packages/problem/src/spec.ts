/**
 * What a question asks and how it is graded, in plain types. The contract's Zod schema `questionSpec` describes the
 * same shapes on the wire; apps/server/src/courses/spec.test.ts holds the two to each other.
 */

export type Language = 'python' | 'javascript' | 'c' | 'cpp' | 'java'

/**
 * How one test ended. `presentation_error` is output that equals the expected one but for white space;
 * `skipped` follows a failed compilation; `internal_error` is ours and never the learner's.
 */
export type Verdict =
  | 'accepted'
  | 'wrong_answer'
  | 'presentation_error'
  | 'time_limit'
  | 'memory_limit'
  | 'output_limit'
  | 'runtime_error'
  | 'compile_error'
  | 'skipped'
  | 'internal_error'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Limits of one test: wall and processor time, memory of the whole box, bytes on stdout and on stderr. */
export interface Limits {
  time_ms: number
  memory_mb: number
  output_kb: number
}

export interface TestBase extends Limits {
  /** Stable across versions of a question. */
  key: string
  name: string
  points: number
  is_hidden: boolean
}
export interface IoTest extends TestBase {
  stdin: string
  expected_stdout: string
}
export interface FunctionTest extends TestBase {
  args: unknown[]
  expected: unknown
}
export interface UnitTest extends TestBase {
  test_name: string
}

/** One answer of a grader outside of the product, which may give any part of the points. */
export interface ExternalTest extends TestBase {
  grader_payload: string
}

export type IoComparator =
  | { kind: 'exact' }
  | { kind: 'tokens'; ignore_case: boolean }
  | { kind: 'float'; absolute: number; relative: number }
  | { kind: 'checker'; language: Language; source: string }
export type ValueComparator = { kind: 'equal' } | { kind: 'float'; absolute: number; relative: number }

export interface LanguagePart {
  starter: string
  reference: string
  compiler_flags: string[]
}

export interface IoSpec {
  kind: 'io'
  comparator: IoComparator
  languages: Partial<Record<Language, LanguagePart>>
  tests: IoTest[]
}
export interface FunctionSpec {
  kind: 'function'
  function_name: string
  comparator: ValueComparator
  languages: Partial<Record<Language, LanguagePart>>
  tests: FunctionTest[]
}
export interface UnitSpec {
  kind: 'unit'
  languages: Partial<Record<Language, LanguagePart & { test_file: string }>>
  tests: UnitTest[]
}
export interface ExternalSpec {
  kind: 'external'
  queue: string
  languages: Partial<Record<Language, LanguagePart>>
  tests: ExternalTest[]
}
/** The points that people give for a file. */
export interface FileTest extends TestBase {
  grading_notes: string
}

/** A file that people grade. */
export interface FileSpec {
  kind: 'file'
  max_bytes: number
  /** Endings of names in small letters; empty: any. */
  allowed_types: string[]
  languages: Record<string, never>
  tests: FileTest[]
}
/** What our own sandboxes grade. */
export type ProgramSpec = IoSpec | FunctionSpec | UnitSpec
export type QuestionSpec = ProgramSpec | ExternalSpec | FileSpec
