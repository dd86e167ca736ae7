import { getRun, type Outcome, type Progress } from '@gradus/contract/submissions'
import type { Language } from '@gradus/contract/words'
import { Button, Group, Paper, Text } from '@mantine/core'
import { IconCheck, IconHourglass, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { read, useCall } from '../api/calls.ts'
import { queryClient } from '../api/client.ts'
import { ExternalOutcome, isExternal } from '../submissions/GraderMessage.tsx'
import { TestChips } from '../submissions/TestChips.tsx'
import { TestDetail } from '../submissions/TestDetail.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { languageNames } from '../ui/languages.ts'
import { filledFrom } from './fill-expected.ts'
import { type DraftTest, type Kind, type QuestionDraft, testsOf } from './question-draft.ts'
import classes from './Teach.module.css'

interface Props {
  what: 'reference' | 'starter'
  language: Language
  run: { run_id: string; is_finished: boolean; passes: boolean }
  draft: QuestionDraft
  /** Takes the reference's outcomes as the expected ones; null where there is nothing to take. */
  onFill: ((tests: DraftTest[], changed: number) => void) | null
}

const LOOK_AGAIN_MS = 1_000

/** What a finished run means for publishing. */
function verdictOn(what: Props['what'], passes: boolean, outcome: Outcome | null, kind: Kind): { isGood: boolean; sentence: string } {
  // A run that ended without an outcome is ours: it says nothing of the code.
  if (outcome === null || outcome.verdict === 'internal_error')
    return {
      isGood: false,
      sentence: 'The grader failed, not this code. Try again; if it stays, ask the administrator to look at the grading machine.',
    }
  if (kind === 'external') return { isGood: what === 'reference' ? passes : !passes, sentence: externalVerdicts[what][passes ? 'right' : 'wrong'] }
  if (what === 'reference')
    return passes
      ? { isGood: true, sentence: 'The reference passes every test.' }
      : {
          isGood: false,
          sentence:
            outcome.verdict === 'compile_error'
              ? 'The reference does not compile. What the compiler said stands below.'
              : 'The reference fails. Open a red test to see why: either the solution or the expected outcome is wrong.',
        }
  return passes
    ? { isGood: false, sentence: 'The starter passes every test: students would get full marks for doing nothing. Make it do less, or test more.' }
    : { isGood: true, sentence: 'The starter fails, as it should.' }
}

const externalVerdicts = {
  reference: {
    right: 'The external grader takes the reference for right.',
    wrong:
      'The external grader does not take the reference for right. What it says stands below: either the solution or what the grader is told is wrong.',
  },
  starter: {
    right:
      'The external grader takes the starter for right: students would get full marks for doing nothing. Make it do less, or let the grader test more.',
    wrong: 'The external grader does not take the starter for right, as it should.',
  },
}

/** What is going on before there is an outcome. */
function waitingSentence(what: Props['what'], kind: Kind, progress: Progress | undefined): string {
  const name = what === 'reference' ? 'The reference' : 'The starter'
  if (kind === 'external')
    return progress?.state === 'grading' ? `${name} is with an external grader.` : `${name} waits for an external grader; you need not stay here.`
  if (progress?.has_grader === false) return 'No grading machine for this language is connected; the try waits for one.'
  return `${name} is running.`
}

/** One run of a try, test by test, as students see results. */
export function RunCard({ what, language, run, draft, onFill }: Props) {
  const params = { run_id: run.run_id }
  // Asked again until its own details say that it has ended: the try may know that a moment earlier.
  const known = queryClient.getQueryData(read(getRun, { params }).queryKey)?.progress.state
  const details = useCall(getRun, { params }, { refetch_ms: known === 'graded' || known === 'needs_staff' ? false : LOOK_AGAIN_MS })
  const [open_key, setOpen] = useState<string | null>(null)
  const progress = details.data?.progress
  const outcome: Outcome | null = progress?.outcome ?? null
  const opened = outcome?.tests.findIndex((test) => test.key === open_key) ?? -1
  const isSettled = run.is_finished && (outcome !== null || progress?.state === 'needs_staff')
  const { isGood, sentence } = isSettled
    ? verdictOn(what, run.passes, outcome, draft.kind)
    : { isGood: false, sentence: waitingSentence(what, draft.kind, progress) }
  const arrived = new Map(progress?.finished.map((each) => [each.key, each.verdict]))
  const chips = outcome?.tests ?? testsOf(draft).map(({ key, name, is_hidden }) => ({ key, name, is_hidden, verdict: arrived.get(key) ?? null }))
  const filled = onFill !== null && outcome !== null ? filledFrom(draft, outcome) : null
  const Icon = !isSettled ? IconHourglass : isGood ? IconCheck : IconX
  const tone = !isSettled ? 'gray' : isGood ? 'green' : 'red'
  return (
    <Paper p="sm" aria-label={`${what === 'reference' ? 'Reference' : 'Starter'} in ${languageNames[language]}`} component="section">
      <Group gap="xs" mb={8} wrap="nowrap" align="flex-start">
        <Icon size={18} color={`var(--gradus-tone-${tone})`} aria-hidden style={{ flexShrink: 0, marginTop: 1 }} />
        <Text size="sm" fw={500} role="status">
          {sentence}
        </Text>
      </Group>
      {outcome !== null && outcome.compile_output !== '' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <pre className={`mono ${classes.output}`} tabIndex={0} style={{ marginBottom: 8 }}>
          {outcome.compile_output}
        </pre>
      )}
      {isExternal(outcome) && outcome !== null && <ExternalOutcome outcome={outcome} />}
      {draft.kind !== 'external' && (
        <section
          className={classes.chips}
          tabIndex={outcome === null ? 0 : undefined}
          aria-label={`Tests of the ${what} in ${languageNames[language]}`}
        >
          <TestChips tests={chips} can_open={outcome !== null} open_key={open_key} onOpen={(key) => setOpen(key === open_key ? null : key)} />
        </section>
      )}
      {outcome !== null && opened >= 0 && <TestDetail test={outcome.tests[opened]!} number={opened + 1} is_said_above={false} />}
      {filled !== null && onFill !== null && filled.changed > 0 && (
        <Button size="compact-sm" variant="light" mt="sm" onClick={() => onFill(filled.tests, filled.changed)}>
          Fill {filled.changed === 1 ? 'one expected outcome' : `${filled.changed} expected outcomes`} from the reference
        </Button>
      )}
      {filled !== null && filled.too_long > 0 && (
        <Text size="xs" c="dimmed" mt={6}>
          {filled.too_long === 1 ? 'One output is' : `${filled.too_long} outputs are`} longer than 4,096 characters and must be filled in by hand.
        </Text>
      )}
      <ErrorLine error={details.error} />
    </Paper>
  )
}
