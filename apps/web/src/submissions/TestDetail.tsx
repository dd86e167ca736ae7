import { Group, Text } from '@mantine/core'
import { pointsText } from '../ui/Points.tsx'
import { Verdict } from '../ui/Verdict.tsx'
import { GraderMessage } from './GraderMessage.tsx'
import { OutputDiff, TextBlock } from './OutputDiff.tsx'
import { Sentence } from './Sentence.tsx'
import classes from './Submissions.module.css'
import { type TestFacts, type TestOutcome, testSentence } from './verdict-sentence.ts'

const memory = (kb: number): string => (kb >= 10_240 ? `${Math.round(kb / 1024)} MB` : `${kb} KB`)

interface Props {
  test: TestOutcome
  /** From 1. */
  number: number
  facts?: TestFacts
  is_said_above: boolean
  /** Leads to a line of the code, where there is an editor to lead to. */
  onLine?: (line: number) => void
}

/** One test opened: what happened (unless the strip's own sentence says it already), the input, what was expected and what came. */
export function TestDetail({ test, number, facts, is_said_above, onLine }: Props) {
  const { detail } = test
  const isCall = detail.call !== undefined
  const got = isCall ? detail.got : detail.stdout
  // After a crash the error output says more than what was printed before it.
  const isCrash = test.verdict === 'runtime_error'
  const errorOutput = detail.stderr !== undefined && detail.stderr !== '' && <TextBlock title="Error output" text={detail.stderr} />
  const measures = [
    `${pointsText(test.points)} / ${pointsText(test.points_possible)} ${test.points_possible === 1 ? 'point' : 'points'}`,
    test.time_ms === null ? null : `${test.time_ms} ms`,
    test.memory_kb === null ? null : memory(test.memory_kb),
  ]
  return (
    <section className={classes.detail} aria-label={`Test ${number}`}>
      <Group gap="sm" mb={4}>
        <Verdict verdict={test.verdict} />
        <Text size="sm" c="dimmed" className="tabular">
          {measures.filter((each) => each !== null).join(' · ')}
        </Text>
      </Group>
      {!is_said_above && (
        <Text size="sm" component="p" m={0}>
          <Sentence pieces={testSentence(test, number, facts)} onLine={onLine} />
        </Text>
      )}
      <div className={classes.outputs}>
        {detail.call !== undefined && <TextBlock title="Call" text={detail.call} />}
        {detail.stdin !== undefined && <TextBlock title="Input" text={detail.stdin} empty="No input" />}
        {isCrash && errorOutput}
        {detail.expected !== undefined && got !== undefined ? (
          <OutputDiff
            got={got}
            expected={detail.expected}
            expected_title="Expected"
            got_title={isCall ? 'Your function returned' : 'Your program printed'}
          />
        ) : (
          <>
            {detail.expected !== undefined && <TextBlock title="Expected" text={detail.expected} />}
            {got !== undefined && (
              <TextBlock title={isCall ? 'Your function returned' : 'Your program printed'} text={got} empty="Nothing was printed" />
            )}
          </>
        )}
        {isCall && detail.stdout !== undefined && detail.stdout !== '' && <TextBlock title="Printed meanwhile" text={detail.stdout} />}
        {detail.message !== undefined && detail.message !== '' && <TextBlock title="What the test says" text={detail.message} />}
        {detail.message_html !== undefined && detail.message_html !== '' && <GraderMessage html={detail.message_html} />}
        {detail.exception != null && detail.exception !== '' && detail.stderr === undefined && <TextBlock title="Error" text={detail.exception} />}
        {!isCrash && errorOutput}
      </div>
      {detail.is_truncated === true && (
        <Text size="xs" c="dimmed" mt={6}>
          Long texts are cut to their first 4,096 characters here; the whole output was judged.
        </Text>
      )}
    </section>
  )
}
