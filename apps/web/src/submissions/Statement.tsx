import { Title } from '@mantine/core'
import { limitsText } from '../hand-in/file-limits.ts'
import { Markdown } from '../ui/Markdown.tsx'
import { pointsText } from '../ui/Points.tsx'
import { TextBlock } from './OutputDiff.tsx'
import type { Question } from './question.ts'
import classes from './Submissions.module.css'

type VisibleTest = Question['tests'][number]

/** More would push the statement's end out of sight; every visible test stands in the results. */
const MAX_EXAMPLES = 5

const asJson = (value: unknown): string => JSON.stringify(value)

interface ExampleText {
  given_title: string
  given: string
  expected_title: string
  expected: string
}

/** What goes into a visible test and what should come out; null for a test that is a program of the teacher's. */
function exampleOf(test: VisibleTest, function_name: string | null): ExampleText | null {
  if (typeof test.input === 'string' && typeof test.expected === 'string')
    return { given_title: 'Input', given: test.input, expected_title: 'Should print', expected: test.expected }
  if (function_name !== null && Array.isArray(test.input))
    return {
      given_title: 'Call',
      given: `${function_name}(${test.input.map(asJson).join(', ')})`,
      expected_title: 'Should return',
      expected: asJson(test.expected),
    }
  return null
}

/** The left pane: the assignment's words, the question's statement, and the visible tests as examples. */
export function Statement({ question, instructions }: { question: Question; instructions: string }) {
  const visible = question.tests.filter((test) => !test.is_hidden)
  const hidden = question.tests.length - visible.length
  const examples = visible.flatMap((test) => {
    const example = exampleOf(test, question.function_name)
    return example === null ? [] : [{ key: test.key, name: test.name, ...example }]
  })
  const hiddenPoints = question.tests.filter((test) => test.is_hidden).reduce((sum, test) => sum + test.points, 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={classes.statement} aria-label="Statement" tabIndex={0}>
      {instructions.trim() !== '' && (
        <details style={{ marginBottom: 16 }}>
          <summary>About this assignment</summary>
          <div style={{ marginTop: 8 }}>
            <Markdown heading_level={3}>{instructions}</Markdown>
          </div>
        </details>
      )}
      <Markdown>{question.statement_markdown}</Markdown>
      {examples.length > 0 && (
        <section aria-label="Examples" style={{ marginTop: 24, maxWidth: '72ch' }}>
          <Title order={2} size="h3">
            Examples
          </Title>
          {examples.slice(0, MAX_EXAMPLES).map((example, index) => (
            <div key={example.key} style={{ marginTop: 12 }}>
              <Title order={3} size="h4" mb={4} dir="auto">
                {index + 1}. {example.name}
              </Title>
              <div className={classes.pair}>
                <TextBlock title={example.given_title} text={example.given} empty="No input" />
                <TextBlock title={example.expected_title} text={example.expected} />
              </div>
            </div>
          ))}
        </section>
      )}
      <p style={{ marginTop: 20, fontSize: 13, color: 'var(--mantine-color-dimmed)' }}>
        {question.file !== null
          ? `You hand in a file, and people give the points. ${limitsText(question.file).replace(/\.$/, '')}`
          : question.kind === 'external'
            ? 'An external grader gives the points'
            : `${question.tests.length} ${question.tests.length === 1 ? 'test' : 'tests'}`}
        {question.kind !== 'external' &&
          question.file === null &&
          hidden > 0 &&
          `, ${hidden} of them hidden (${pointsText(hiddenPoints)} ${hiddenPoints === 1 ? 'point' : 'points'}): they run when you hand in, and their input is not shown`}
        .
      </p>
    </section>
  )
}
