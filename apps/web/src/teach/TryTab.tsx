import { getStep, placeQuestion } from '@gradus/contract/courses'
import type { ReplyOf } from '@gradus/contract/endpoint'
import { getQuestion, getQuestionVersion, getTrial, listQuestions, publishQuestion, tryDraft } from '@gradus/contract/questions'
import { getRun, type Outcome } from '@gradus/contract/submissions'
import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { TestChips } from '../submissions/TestChips.tsx'
import { TestDetail } from '../submissions/TestDetail.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { languageNames } from '../ui/languages.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import { filledFrom } from './fill-expected.ts'
import type { DraftTest, QuestionDraft } from './question-draft.ts'

type Version = ReplyOf<typeof getQuestionVersion>
type Trial = ReplyOf<typeof getTrial>

interface Props {
  question_id: string
  version: Version | null
  draft: QuestionDraft
  is_changed: boolean
  onSave: () => Promise<boolean>
  onTests: (tests: DraftTest[]) => void
  /** The assignment the author came from: the question is placed there once published. */
  place_in: string | null
  onPublished: () => void
}

/** The proof before publishing: in every language the reference passes and the starter fails. */
export function TryTab({ question_id, version, draft, is_changed, onSave, onTests, place_in, onPublished }: Props) {
  const course = useCourse()
  const isDraft = version?.state === 'draft'
  const params = { question_id }
  const trial = useCall(getTrial, { params }, { is_enabled: isDraft && !is_changed, refetch_ms: 1_000 })
  const start = useChange(tryDraft, [getTrial])
  const publish = useChange(publishQuestion, [getQuestion, getQuestionVersion, getTrial, listQuestions])
  const place = useChange(placeQuestion, [getStep])
  const [published, setPublished] = useState<number | null>(null)
  const runs = trial.data?.languages.flatMap(({ reference, starter }) => [reference, starter]) ?? []
  const isRunning = runs.some((run) => run !== null && !run.is_finished)
  const hasTried = runs.some((run) => run !== null)

  const attempt = async (): Promise<void> => {
    if (is_changed && !(await onSave())) return
    await start.mutateAsync({ params })
  }
  const release = async (): Promise<void> => {
    if (trial.data === undefined) return
    const done = await publish.mutateAsync({ params, body: { content_sha256: trial.data.content_sha256 } })
    setPublished(done.number)
    onPublished()
    if (place_in !== null) {
      await place.mutateAsync({ params: { assignment_id: place_in }, body: { question_id } })
      notifications.show({ color: 'green', message: `Version ${done.number} is published and placed in the assignment.` })
    } else notifications.show({ color: 'green', message: `Version ${done.number} is published.` })
  }
  const quietly = (work: Promise<unknown>): void => void work.catch(() => undefined)

  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed" maw="72ch">
        A try runs the reference solution and the starter of every language against all tests, in the same sandbox as students' work. A question can
        be published when every reference passes and every starter fails: then it can be solved, and not by doing nothing.
      </Text>
      {published !== null && (
        <Alert color="green" icon={<IconCheck size={18} aria-hidden />} title={`Version ${published} is published`}>
          It never changes any more; an edit begins version {published + 1}. Assignments stay on the version they are pinned to until you move them.{' '}
          {place_in === null && (
            <Text span>
              Place it in an assignment from the outline under <RouteLink to={paths.teach(course.slug)}>Teach</RouteLink>.
            </Text>
          )}
        </Alert>
      )}
      <Group>
        <Button
          variant={trial.data?.is_ready === true && !is_changed ? 'default' : 'filled'}
          loading={start.isPending || isRunning}
          disabled={!isDraft && !is_changed}
          onClick={() => quietly(attempt())}
        >
          {is_changed ? 'Save and try' : hasTried ? 'Try again' : 'Try reference and starter'}
        </Button>
        <Button
          disabled={is_changed || trial.data?.is_ready !== true || !isDraft}
          loading={publish.isPending || place.isPending}
          onClick={() => quietly(release())}
        >
          {version !== null && isDraft ? `Publish version ${version.number}` : 'Publish'}
        </Button>
        {!isDraft && !is_changed && (
          <Text size="sm" c="dimmed">
            This version is published. Change something to begin the next one.
          </Text>
        )}
      </Group>
      <ErrorLine error={start.error ?? publish.error ?? place.error ?? trial.error} />
      {trial.data !== undefined && !is_changed && isDraft && <Languages trial={trial.data} draft={draft} onTests={onTests} />}
    </Stack>
  )
}

function Languages({ trial, draft, onTests }: { trial: Trial; draft: QuestionDraft; onTests: (tests: DraftTest[]) => void }) {
  return (
    <Stack gap="md">
      {trial.languages.map(({ language, reference, starter }) => (
        <section key={language} aria-labelledby={`try-${language}`}>
          <Title order={2} size="h3" id={`try-${language}`} mb={8}>
            {languageNames[language]}
          </Title>
          <Stack gap="sm">
            {reference !== null && <RunCard what="reference" run={reference} draft={draft} onTests={onTests} />}
            {starter !== null && <RunCard what="starter" run={starter} draft={draft} onTests={onTests} />}
            {reference === null && starter === null && (
              <Text size="sm" c="dimmed">
                Not tried yet.
              </Text>
            )}
          </Stack>
        </section>
      ))}
    </Stack>
  )
}

interface RunCardProps {
  what: 'reference' | 'starter'
  run: { run_id: string; is_finished: boolean; passes: boolean }
  draft: QuestionDraft
  onTests: (tests: DraftTest[]) => void
}

function RunCard({ what, run, draft, onTests }: RunCardProps) {
  const isGood = what === 'reference' ? run.passes : !run.passes
  const details = useCall(getRun, { params: { run_id: run.run_id } }, { refetch_ms: run.is_finished ? false : 1_000 })
  const [open_key, setOpen] = useState<string | null>(null)
  const progress = details.data?.progress
  const outcome: Outcome | null = progress?.outcome ?? null
  const opened = outcome?.tests.findIndex((test) => test.key === open_key) ?? -1
  const sentence = !run.is_finished
    ? progress?.has_grader === false
      ? 'No grading machine for this language is connected; the try waits for one.'
      : 'Running…'
    : what === 'reference'
      ? run.passes
        ? 'The reference passes every test.'
        : 'The reference fails. Open a red test to see why; either the solution or the expected outcome is wrong.'
      : run.passes
        ? 'The starter passes every test: students would get full marks for doing nothing. Make it do less, or test more.'
        : 'The starter fails, as it should.'
  const chips = (outcome?.tests ?? draft.tests).map((test) => ({
    key: test.key,
    name: test.name,
    is_hidden: test.is_hidden,
    verdict: 'verdict' in test ? test.verdict : (progress?.finished.find((each) => each.key === test.key)?.verdict ?? null),
  }))
  const filled = what === 'reference' && outcome !== null ? filledFrom(draft, outcome) : null
  return (
    <Paper p="sm">
      <Group gap="xs" mb={6} wrap="nowrap">
        {run.is_finished &&
          (isGood ? (
            <IconCheck size={18} color="var(--mantine-color-green-7)" aria-hidden />
          ) : (
            <IconX size={18} color="var(--mantine-color-red-7)" aria-hidden />
          ))}
        <Text size="sm" fw={500} role="status">
          {sentence}
        </Text>
      </Group>
      {outcome !== null && outcome.compile_output !== '' && (
        <pre className="mono" style={{ whiteSpace: 'pre-wrap', fontSize: 12, maxHeight: 200, overflow: 'auto' }}>
          {outcome.compile_output}
        </pre>
      )}
      <TestChips tests={chips} can_open={outcome !== null} open_key={open_key} onOpen={(key) => setOpen(key === open_key ? null : key)} />
      {outcome !== null && opened >= 0 && <TestDetail test={outcome.tests[opened]!} number={opened + 1} is_said_above={false} />}
      {filled !== null && filled.changed > 0 && (
        <Button size="compact-sm" variant="light" mt="sm" onClick={() => onTests(filled.tests)}>
          Fill {filled.changed === 1 ? 'one expected outcome' : `${filled.changed} expected outcomes`} from the reference
        </Button>
      )}
      <ErrorLine error={details.error} />
    </Paper>
  )
}
