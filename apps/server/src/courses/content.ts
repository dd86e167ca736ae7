import { createHash } from 'node:crypto'
import type { QuestionContent, QuestionSpec } from '@gradus/contract/questions'

/** One test as a row of `test_cases`: what all kinds share, and the kind's own input and expected outcome as JSON. */
export interface TestRow {
  key: string
  name: string
  points: number
  is_hidden: boolean
  time_ms: number
  memory_mb: number
  output_kb: number
  input: unknown
  expected: unknown
}

/** A version's spec as stored: everything that is not a test, without the kind, which has a column of its own. */
export interface StoredSpec {
  kind: QuestionSpec['kind']
  spec: Record<string, unknown>
  tests: TestRow[]
}

/** Points as the database keeps them: four decimal places. */
const fourPlaces = (points: number): number => Math.round(points * 1e4) / 1e4

/** The content as it is kept and hashed: what is stored reads back equal to this. */
export function normalContent(content: QuestionContent): QuestionContent {
  const spec = structuredClone(content.spec)
  for (const test of spec.tests) test.points = fourPlaces(test.points)
  return { ...content, spec }
}

/** JSON with the keys of every object in order of their code units: equal values give equal text, whatever wrote them. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, item]) => item !== undefined)
  members.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`
}

/**
 * SHA-256 over title, statement and spec with its tests: the name of exactly this content. A draft is saved against it,
 * tried under it and published by it.
 */
export const contentSha256 = (content: QuestionContent): Buffer =>
  createHash('sha256')
    .update(canonicalJson(normalContent(content)))
    .digest()

/** Takes a spec apart into the version's row and the rows of its tests; `joinSpec` puts it together again. */
export function splitSpec({ kind, tests, ...spec }: QuestionSpec): StoredSpec {
  return {
    kind,
    spec,
    tests: tests.map(({ key, name, points, is_hidden, time_ms, memory_mb, output_kb, ...own }) => ({
      ...{ key, name, points: fourPlaces(points), is_hidden, time_ms, memory_mb, output_kb },
      ...('stdin' in own
        ? { input: { stdin: own.stdin }, expected: { expected_stdout: own.expected_stdout } }
        : 'args' in own
          ? { input: { args: own.args }, expected: { expected: own.expected } }
          : 'test_name' in own
            ? { input: { test_name: own.test_name }, expected: {} }
            : { input: 'grader_payload' in own ? { grader_payload: own.grader_payload } : { grading_notes: own.grading_notes }, expected: {} }),
    })),
  }
}

/** The spec of stored rows, tests in order. What is stored passed the contract's schema when it was saved. */
export function joinSpec({ kind, spec, tests }: StoredSpec): QuestionSpec {
  return {
    kind,
    ...spec,
    tests: tests.map(({ input, expected, ...base }) => ({ ...base, ...(input as object), ...(expected as object) })),
  } as QuestionSpec
}
