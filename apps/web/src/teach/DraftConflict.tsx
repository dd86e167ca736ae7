import { getQuestion, getQuestionVersion } from '@gradus/contract/questions'
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconGitMerge } from '@tabler/icons-react'
import { useState } from 'react'
import { useCall } from '../api/calls.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { ContentDiff } from './ContentDiff.tsx'
import { contentText, draftText } from './content-text.ts'
import type { QuestionDraft } from './question-draft.ts'
import type { Version } from './use-author.ts'

interface Props {
  question_id: string
  draft: QuestionDraft
  onTake: (version: Version) => void
  onOverwrite: () => Promise<unknown>
}

/** Someone saved this question after it was opened here: shows both, and lets the author choose. Nothing is lost until they do. */
export function DraftConflict({ question_id, draft, onTake, onOverwrite }: Props) {
  const question = useCall(getQuestion, { params: { question_id } })
  const newest = question.data?.versions[0]?.number
  const stored = useCall(getQuestionVersion, { params: { question_id, number: newest ?? 1 } }, { is_enabled: newest !== undefined })
  const [isShown, setIsShown] = useState(false)
  const look = async (): Promise<Version | undefined> => {
    await question.refetch()
    return (await stored.refetch()).data
  }
  return (
    <Alert color="orange" icon={<IconGitMerge size={18} aria-hidden />} title="Someone else saved this question meanwhile" mb="md" role="alert">
      <Stack gap="sm">
        <Text size="sm">
          It was saved from another window, or by another administrator, after you opened it here. Nothing of yours was stored, and nothing is lost:
          your text is still on this page.
        </Text>
        <Group gap="xs">
          <Button size="xs" variant="default" aria-expanded={isShown} onClick={() => void look().then(() => setIsShown(!isShown))}>
            {isShown ? 'Hide the difference' : 'Show the difference'}
          </Button>
          <ConfirmButton
            size="xs"
            variant="default"
            title="Take what was saved there?"
            consequence="Your changes on this page since the last save are dropped."
            verb="Drop my changes"
            onConfirm={async () => {
              const version = await look()
              if (version !== undefined) onTake(version)
            }}
          >
            Take theirs
          </ConfirmButton>
          <ConfirmButton
            size="xs"
            variant="default"
            title="Save yours over it?"
            consequence="The draft becomes what stands on this page; what was saved there meanwhile is gone. Published versions stay as they are."
            verb="Save mine"
            onConfirm={onOverwrite}
          >
            Keep mine
          </ConfirmButton>
        </Group>
        <ErrorLine error={question.error ?? stored.error} />
        {isShown && stored.data !== undefined && (
          <ContentDiff before={contentText(stored.data.content)} after={draftText(draft)} before_label="Saved there" after_label="On this page" />
        )}
      </Stack>
    </Alert>
  )
}
