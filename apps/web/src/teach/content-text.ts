import { type QuestionContent, questionContent } from '@gradus/contract/questions'
import { languages } from '@gradus/contract/words'
import { languageNames } from '../ui/languages.ts'
import { pointsText } from '../ui/Points.tsx'
import { contentOf, type QuestionDraft } from './question-draft.ts'

const asJson = (value: unknown): string => JSON.stringify(value)

/** A text under its name, indented, so that a difference shows where it belongs. */
const block = (name: string, text: string): string[] => [
  `${name}:`,
  ...text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `    ${line}`),
  '',
]

/** A question as a text to compare with another version of it, everything that counts in one fixed order. */
export function contentText({ title, statement_markdown, spec }: QuestionContent): string {
  const lines = [`Title: ${title}`, '', ...block('Statement', statement_markdown), `Kind: ${spec.kind}`]
  if (spec.kind === 'function') lines.push(`Function: ${spec.function_name}`)
  if (spec.kind === 'external') lines.push(`Queue: ${spec.queue}`)
  if (spec.kind === 'file') lines.push(`At most ${spec.max_bytes} bytes`, `Types: ${spec.allowed_types.join(', ') || 'any'}`)
  if ('comparator' in spec) {
    const { comparator } = spec
    const { kind, ...rest } = comparator
    lines.push(
      comparator.kind === 'checker' ? `Compared by: checker in ${languageNames[comparator.language]}` : `Compared by: ${kind} ${asJson(rest)}`,
    )
    if (comparator.kind === 'checker') lines.push(...block('Checker', comparator.source))
  }
  lines.push('')
  for (const language of languages) {
    const part = spec.languages[language]
    if (part === undefined) continue
    const name = languageNames[language]
    lines.push(...block(`Starter in ${name}`, part.starter), ...block(`Reference in ${name}`, part.reference))
    if ('test_file' in part && typeof part.test_file === 'string') lines.push(...block(`Test file in ${name}`, part.test_file))
    if (part.compiler_flags.length > 0) lines.push(`Compiler flags for ${name}: ${part.compiler_flags.join(' ')}`, '')
  }
  spec.tests.forEach((test, index) => {
    const seen = test.is_hidden ? 'hidden' : 'visible'
    const worth = `Test ${index + 1}, ${test.name} (${test.key}): ${pointsText(test.points)} points, ${seen}`
    // The limits bind our own sandboxes only.
    lines.push(spec.kind === 'external' || spec.kind === 'file' ? worth : `${worth}, ${test.time_ms} ms, ${test.memory_mb} MB, ${test.output_kb} KB`)
    if ('stdin' in test) lines.push(...block('  Input', test.stdin), ...block('  Expected', test.expected_stdout))
    else if ('args' in test) lines.push(...block('  Arguments', asJson(test.args)), ...block('  Expected', asJson(test.expected)))
    else if ('test_name' in test) lines.push(`  Test: ${test.test_name}`, '')
    else lines.push(...block('  Told to the grader', 'grader_payload' in test ? test.grader_payload : test.grading_notes))
  })
  return `${lines.join('\n').trimEnd()}\n`
}

/** A draft as such a text; empty while it cannot be saved. */
export function draftText(draft: QuestionDraft): string {
  const made = contentOf(draft)
  const whole = 'content' in made ? questionContent.safeParse(made.content) : null
  return whole?.success === true ? contentText(whole.data) : ''
}
