import type { ReplyOf } from '@gradus/contract/endpoint'
import { getTrial, tryDraft } from '@gradus/contract/questions'
import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { read, useCall, useChange } from '../api/calls.ts'
import { queryClient } from '../api/client.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { languageNames } from '../ui/languages.ts'
import { useFocusLater } from './focus.ts'
import { Published, PublishQuestion } from './PublishQuestion.tsx'
import type { DraftTest, QuestionDraft } from './question-draft.ts'
import { RunCard } from './RunCard.tsx'
import type { Question, Version } from './use-author.ts'

type Trial = ReplyOf<typeof getTrial>

interface Props {
  question: Question
  version: Version
  draft: QuestionDraft
  is_changed: boolean
  onSave: () => Promise<boolean>
  onTests: (tests: DraftTest[]) => void
  /** The assignment the author came from: the question is placed there once published. */
  into: { assignment_id: string; title: string } | null
}

const LOOK_AGAIN_MS = 1_000

const runsOf = (trial: Trial | undefined) => trial?.languages.flatMap(({ reference, starter }) => [reference, starter]) ?? []
const isRunning = (trial: Trial | undefined): boolean => runsOf(trial).some((run) => run !== null && !run.is_finished)

/** The proof before publishing: in every language the reference passes and the starter fails. */
export function TryTab({ question, version, draft, is_changed, onSave, onTests, into }: Props) {
  const isDraft = version.state === 'draft'
  const isFile = draft.kind === 'file'
  const params = { question_id: question.id }
  // Asked again only while something runs: what is finished does not change.
  const known = queryClient.getQueryData(read(getTrial, { params }).queryKey)
  const trial = useCall(getTrial, { params }, { is_enabled: isDraft && !is_changed, refetch_ms: isRunning(known) ? LOOK_AGAIN_MS : false })
  const start = useChange(tryDraft, [getTrial])
  const [published, setPublished] = useState<number | null>(null)
  const focusLater = useFocusLater()
  // A try of other content, saved from another window, proves nothing of what stands here.
  const shown = isDraft && !is_changed && trial.data?.content_sha256 === version.content_sha256 ? trial.data : undefined
  const hasTried = runsOf(shown).some((run) => run !== null)
  const busy = start.isPending || isRunning(shown)

  const attempt = async (): Promise<void> => {
    if (is_changed && !(await onSave())) return
    await start.mutateAsync({ params })
  }
  const fill = (tests: DraftTest[], changed: number): void => {
    onTests(tests)
    notifications.show({
      color: 'green',
      message: `${changed === 1 ? 'One expected outcome is filled in. Look at it' : `${changed} expected outcomes are filled in. Look at them`} under Tests, then save and try again.`,
    })
    focusLater('try')
  }
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed" maw="72ch">
        {isFile
          ? 'People grade the files, so there is nothing to try: save the draft, then publish it.'
          : draft.kind === 'external'
            ? 'A try sends the reference solution and the starter of every language to the external grader, in the same queue as students’ work.'
            : 'A try runs the reference solution and the starter of every language against all tests, in the same sandbox as students’ work.'}{' '}
        {!isFile &&
          'A question can be published when every reference passes and every starter fails: then it can be solved, and not by doing nothing.'}
      </Text>
      {published !== null && !is_changed && !isDraft && <Published question={question} number={published} into={into} />}
      {!isDraft && !is_changed && published === null && (
        <Text size="sm">
          Version {version.number} is published and never changes. Change something to begin version {version.number + 1}.
        </Text>
      )}
      {(isDraft || is_changed) && (
        <Group>
          {isFile ? (
            is_changed && <Button onClick={() => void onSave().catch(() => undefined)}>Save the draft</Button>
          ) : (
            <Button
              id="try"
              variant={shown?.is_ready === true ? 'default' : 'filled'}
              loading={busy}
              onClick={() => void attempt().catch(() => undefined)}
            >
              {is_changed ? 'Save and try' : hasTried ? 'Try again' : 'Try reference and starter'}
            </Button>
          )}
          <PublishQuestion question={question} version={version} is_ready={shown?.is_ready === true} into={into} onPublished={setPublished} />
          <Text size="sm" c="dimmed" role="status">
            {isFile ? '' : saying(shown, is_changed, start.isPending)}
          </Text>
        </Group>
      )}
      <ErrorLine error={start.error ?? (isDraft && !is_changed ? trial.error : null)} />
      {isDraft && !is_changed && trial.isPending && <LoadingState shape="cards" rows={2} />}
      {shown?.languages.map(({ language, reference, starter }) => (
        <section key={language} aria-labelledby={`try-${language}`}>
          <Title order={2} size="h3" id={`try-${language}`} mb={8}>
            {languageNames[language]}
          </Title>
          <Stack gap="sm">
            {reference !== null && <RunCard what="reference" language={language} run={reference} draft={draft} onFill={fill} />}
            {starter !== null && <RunCard what="starter" language={language} run={starter} draft={draft} onFill={null} />}
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

function saying(trial: Trial | undefined, is_changed: boolean, is_starting: boolean): string {
  if (is_changed) return 'You have changed something since the last save.'
  if (is_starting || isRunning(trial)) {
    const runs = runsOf(trial).filter((run) => run !== null)
    return `Running: ${runs.filter((run) => run.is_finished).length} of ${runs.length} done.`
  }
  if (trial?.is_ready === true) return 'Every reference passes and every starter fails: ready to publish.'
  if (runsOf(trial).some((run) => run !== null)) return 'Not ready to publish yet; see below what to put right.'
  return ''
}
