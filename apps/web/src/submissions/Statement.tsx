import { Title } from '@mantine/core'
import { Markdown } from '../ui/Markdown.tsx'
import { pointsText } from '../ui/Points.tsx'
import { TextBlock } from './OutputDiff.tsx'
import type { Question } from './question.ts'
import classes from './Submissions.module.css'

type VisibleTest = Question['tests'][number]

/** Input and expected of a visible `io` test, where it has that shape. */
function ioOf(test: VisibleTest): { input: string; expected: string } | null {
  return typeof test.input === 'string' && typeof test.expected === 'string' ? { input: test.input, expected: test.expected } : null
}

const asJson = (value: unknown): string => JSON.stringify(value)

/** A visible test as an example: what goes in and what should come out. */
function Example({ test, number, function_name }: { test: VisibleTest; number: number; function_name: string | null }) {
  const io = ioOf(test)
  const call = function_name !== null && Array.isArray(test.input) ? `${function_name}(${test.input.map(asJson).join(', ')})` : null
  return (
    <div style={{ marginTop: 12 }}>
      <Title order={3} size="h4" mb={4} dir="auto">
        {number}. {test.name}
      </Title>
      {(io !== null || call !== null) && (
        <div className={classes.pair}>
          <TextBlock title={io === null ? 'Call' : 'Input'} text={io === null ? call! : io.input} empty="No input" />
          <TextBlock title={io === null ? 'Should return' : 'Should print'} text={io === null ? asJson(test.expected) : io.expected} />
        </div>
      )}
    </div>
  )
}

/** The left pane: the assignment's words, the question's statement, and the visible tests as examples. */
export function Statement({ question, instructions }: { question: Question; instructions: string }) {
  const visible = question.tests.filter((test) => !test.is_hidden)
  const hidden = question.tests.length - visible.length
  const examples = visible.filter((test) => test.input !== null || test.expected !== null).slice(0, 5)
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
          {examples.map((test, index) => (
            <Example key={test.key} test={test} number={index + 1} function_name={question.function_name} />
          ))}
        </section>
      )}
      <p style={{ marginTop: 20, fontSize: 13, color: 'var(--mantine-color-dimmed)' }}>
        {question.tests.length} {question.tests.length === 1 ? 'test' : 'tests'}
        {hidden > 0 &&
          `, ${hidden} of them hidden (${pointsText(hiddenPoints)} ${hiddenPoints === 1 ? 'point' : 'points'}): they run when you hand in, and their input is not shown`}
        .
      </p>
    </section>
  )
}
