import type { Language } from '@gradus/contract/words'
import { Alert, Button, Text } from '@mantine/core'
import { IconArrowRight, IconUrgent } from '@tabler/icons-react'
import { useState } from 'react'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { HandInState } from '../ui/Verdict.tsx'
import { ExternalOutcome, isExternal } from './GraderMessage.tsx'
import { TextBlock } from './OutputDiff.tsx'
import type { Question } from './question.ts'
import { Sentence } from './Sentence.tsx'
import classes from './Submissions.module.css'
import { type ChipTest, TestChips } from './TestChips.tsx'
import { TestDetail } from './TestDetail.tsx'
import type { Live, Watched } from './use-progress.ts'
import { outcomeSentence, type TestFacts } from './verdict-sentence.ts'
import { waitingPieces } from './waiting-sentence.ts'

interface Props {
  question: Question
  watched: Watched | null
  live: Live
  language: Language
  /** "Attempt 3" or "Trial run". */
  heading: string
  /** Where to go once everything is right: the next question or step. */
  onward: { to: string; label: string } | null
  /** My attempts could not be read: said here, where they would stand. */
  attempts_error: unknown
  /** Leads to the line in the editor; the code shown there may have changed since. */
  onLine: (line: number) => void
}

/** The strip below the editor: place in the queue, one chip per test, what each test says. */
export function Results({ question, watched, live, language, heading, onward, attempts_error, onLine }: Props) {
  const [chosen, setChosen] = useState<{ of: string; key: string | null }>({ of: '', key: null })
  if (watched === null) {
    return (
      <section className={classes.results} aria-label="Results">
        {attempts_error !== null && (
          <Alert color="red" title="Your attempts could not be read" mb="sm">
            <ErrorLine error={attempts_error} />
          </Alert>
        )}
        <Text size="sm" c="dimmed" maw="60ch">
          {question.kind === 'external'
            ? 'Your points and what the grader says will stand here. The grader works on a machine of its own and may take a while; you need not stay.'
            : 'What your program does will stand here, test by test. Run the visible tests as often as you like: it uses no attempt.'}
        </Text>
      </section>
    )
  }
  const { progress } = live
  const isRun = watched.kind === 'run'
  const outcome = progress?.outcome ?? null
  const arrived = new Map(progress?.finished.map((each) => [each.key, each.verdict]))
  const expected = question.tests.filter((test) => !isRun || !test.is_hidden)
  const tests: ChipTest[] =
    outcome?.tests ?? expected.map((test) => ({ key: test.key, name: test.name, is_hidden: test.is_hidden, verdict: arrived.get(test.key) ?? null }))
  const facts = new Map<string, TestFacts>(question.tests.map((test) => [test.key, test]))
  // Until somebody chooses, the first test that went wrong is open: it is what one looks for.
  const firstWrong =
    outcome?.tests.find((test) => test.verdict !== 'accepted' && test.verdict !== 'skipped' && test.verdict !== 'compile_error')?.key ?? null
  const open_key = chosen.of === watched.id ? chosen.key : firstWrong
  const open = outcome?.tests.findIndex((test) => test.key === open_key) ?? -1
  const is_external = question.kind === 'external' || isExternal(outcome)
  const pieces =
    outcome === null
      ? waitingPieces(progress, { language, total: expected.length, is_run: isRun, is_external })
      : outcomeSentence(outcome, language, facts)
  return (
    <section className={classes.results} aria-label="Results">
      <div className={classes.resultsHead}>
        <Text fw={650} size="sm">
          {heading}
        </Text>
        {progress !== null && <HandInState state={progress.state} verdict={outcome?.verdict ?? null} />}
        {live.is_broken && (
          <Text size="xs" c="dimmed">
            Connection lost; taking it up again
          </Text>
        )}
        {!isRun && outcome?.verdict === 'accepted' && onward !== null && (
          <Button component={RouteLink} to={onward.to} size="compact-md" ms="auto" rightSection={<IconArrowRight size={16} aria-hidden />}>
            {onward.label}
          </Button>
        )}
      </div>
      <div className={classes.saying} role="status" aria-live="polite">
        {live.error === null ? <Sentence pieces={pieces} onLine={onLine} /> : <ErrorLine error={live.error} />}
      </div>
      {outcome?.verdict === 'internal_error' && (
        <Alert color="violet" icon={<IconUrgent aria-hidden />} mb="sm">
          Your code is stored. Nothing is lost and nothing counts against you.
        </Alert>
      )}
      {is_external && outcome !== null && <ExternalOutcome outcome={outcome} has_points={false} />}
      {live.error === null && !is_external && (
        <TestChips
          tests={tests}
          can_open={outcome !== null}
          open_key={open_key}
          onOpen={(key) => setChosen({ of: watched.id, key: key === open_key ? null : key })}
        />
      )}
      {outcome !== null && outcome.compile_output !== '' && (
        <div className={classes.detail}>
          <TextBlock
            title={outcome.verdict === 'compile_error' ? 'What the compiler said' : 'Warnings of the compiler'}
            text={outcome.compile_output}
          />
        </div>
      )}
      {outcome !== null && !is_external && open >= 0 && (
        <TestDetail
          test={outcome.tests[open]!}
          number={open + 1}
          facts={facts.get(outcome.tests[open]!.key)}
          is_said_above={open_key === firstWrong}
          onLine={onLine}
        />
      )}
      {outcome !== null && !is_external && open >= 0 && outcome.tests.length > 1 && (
        <Button
          variant="subtle"
          size="compact-sm"
          mt="xs"
          onClick={() => setChosen({ of: watched.id, key: outcome.tests[(open + 1) % outcome.tests.length]!.key })}
        >
          Next test
        </Button>
      )}
      {outcome !== null && (
        <Text size="xs" c="dimmed" mt="sm">
          {is_external ? `Graded by ${outcome.runtime}` : `${outcome.runtime} · ${outcome.sandbox}`}
        </Text>
      )}
    </section>
  )
}
