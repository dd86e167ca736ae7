import { readFileSync } from 'node:fs'
import type { QuestionSpecInput } from '@gradus/contract/questions'

/** Shapes of the demo course, for whoever puts it into a database. Nothing here is read at run time by the product itself. */

/** What `questionContent` of the contract takes. */
interface QuestionContentInput {
  title: string
  statement_markdown: string
  spec: QuestionSpecInput
}

export interface DemoQuestion {
  slug: string
  content: QuestionContentInput
}

export interface DemoMaterial {
  kind: 'material'
  title: string
  body_markdown: string
}

export interface DemoAssignment {
  kind: 'assignment'
  title: string
  instructions_markdown: string
  /** Null is without limit. */
  max_attempts: number | null
  graded_attempt: 'best' | 'latest' | 'first'
  /** Hours from the moment of seeding, so that the demo is never overdue on its first day; null is no due date. */
  due_in_hours: number | null
  /** In order. `slug` names one of `demoQuestions`; without `points_override` the sum of the tests' points counts (R69). */
  questions: { slug: string; points_override?: number }[]
}

export interface DemoCourse {
  slug: string
  title: string
  summary: string
  time_zone: string
  modules: { title: string; steps: (DemoMaterial | DemoAssignment)[] }[]
}

/**
 * Program text written in place, without the indentation that its lines share and ending in one line break.
 * Backslashes stay as they are written, so the text is what the interpreter sees; it cannot hold a backtick or `${`.
 */
export function program(parts: TemplateStringsArray): string {
  const lines = parts.raw[0]!.replace(/^\n/, '').trimEnd().split('\n')
  const indent = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length))
  return `${lines.map((line) => line.slice(indent)).join('\n')}\n`
}

/** The text of `demo/questions/<slug>.md`. */
export const statement = (slug: string): string => readFileSync(new URL(`questions/${slug}.md`, import.meta.url), 'utf8')

/** The text of `demo/materials/<name>.md`. */
export const material = (name: string): string => readFileSync(new URL(`materials/${name}.md`, import.meta.url), 'utf8')
