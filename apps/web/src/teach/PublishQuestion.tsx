import { getAssignment, getCourse, getStep, placeQuestion } from '@gradus/contract/courses'
import { getQuestion, getQuestionVersion, getTrial, listQuestions, publishQuestion } from '@gradus/contract/questions'
import { Alert, Anchor, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { ContentDiff } from './ContentDiff.tsx'
import { contentText } from './content-text.ts'
import { Placements } from './Placements.tsx'
import type { Question, Version } from './use-author.ts'

interface Into {
  assignment_id: string
  title: string
}

interface Props {
  question: Question
  version: Version
  is_ready: boolean
  into: Into | null
  onPublished: (number: number) => void
}

const isPlacedIn = (question: Question, into: Into): boolean => question.placements.some((each) => each.assignment_id === into.assignment_id)

/** Publishes the draft, after showing what changes and for whom it does not. */
export function PublishQuestion({ question, version, is_ready, into, onPublished }: Props) {
  const publish = useChange(publishQuestion, [getQuestion, getQuestionVersion, getTrial, listQuestions])
  const place = useChange(placeQuestion, [getStep, getAssignment, getCourse, getQuestion])
  const [isOpen, setIsOpen] = useState(false)
  // Beside unsaved changes of a published version the button names the version they will become.
  const number = version.state === 'draft' ? version.number : version.number + 1
  const willPlace = into !== null && !isPlacedIn(question, into)
  const release = async (): Promise<void> => {
    const done = await publish.mutateAsync({ params: { question_id: question.id }, body: { content_sha256: version.content_sha256 } })
    onPublished(done.number)
    if (willPlace) await place.mutateAsync({ params: { assignment_id: into.assignment_id }, body: { question_id: question.id } })
    setIsOpen(false)
    notifications.show({
      color: 'green',
      message: `Version ${done.number} is published${willPlace ? ` and placed in ${into.title}` : ''}.`,
    })
  }
  return (
    <>
      <Button disabled={!is_ready} onClick={() => setIsOpen(true)}>
        Publish version {number}
      </Button>
      <Modal opened={isOpen} onClose={() => setIsOpen(false)} title={`Publish version ${number}?`} size="xl" centered>
        <Stack gap="md">
          <Text>
            A published version never changes any more; a later edit begins version {number + 1}.{' '}
            {question.placements.length === 0
              ? willPlace
                ? `It is placed in “${into.title}” at once, at the end.`
                : 'It is placed nowhere yet, so no student sees it.'
              : `${question.placements.length === 1 ? 'One assignment asks' : `${question.placements.length} assignments ask`} this question and ${question.placements.length === 1 ? 'stays' : 'stay'} on the version shown here until a teacher moves ${question.placements.length === 1 ? 'it' : 'them'}:`}
          </Text>
          {question.placements.length > 0 && <Placements question={question} can_move={false} />}
          {question.latest_published !== null && <SincePublished question={question} version={version} />}
          <ErrorLine error={publish.error ?? place.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setIsOpen(false)} data-autofocus>
              Cancel
            </Button>
            <Button loading={publish.isPending || place.isPending} onClick={() => void release().catch(() => undefined)}>
              {willPlace ? `Publish and place in “${into.title.slice(0, 40)}”` : `Publish version ${number}`}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

function SincePublished({ question, version }: { question: Question; version: Version }) {
  const number = question.latest_published!
  const before = useCall(getQuestionVersion, { params: { question_id: question.id, number } })
  return (
    <section aria-label={`What changed since version ${number}`}>
      <Text fw={600} size="sm" mb={4}>
        What changed since version {number}
      </Text>
      {before.isPending && <LoadingState shape="rows" rows={3} />}
      <ErrorLine error={before.error} />
      {before.data !== undefined && (
        <ContentDiff
          before={contentText(before.data.content)}
          after={contentText(version.content)}
          before_label={`Version ${number}`}
          after_label={`Version ${version.number}`}
        />
      )}
    </section>
  )
}

/** After publishing: what to do next. */
export function Published({ question, number, into }: { question: Question; number: number; into: Into | null }) {
  const course = useCourse()
  const step = course.modules.flatMap((module) => module.steps).find((each) => each.assignment_id === into?.assignment_id)
  return (
    <Alert color="green" icon={<IconCheck size={18} aria-hidden />} title={`Version ${number} is published`}>
      <Stack gap="sm">
        {question.placements.length === 0 ? (
          <Text size="sm">
            No student sees it yet. Place it in an assignment: open one in the{' '}
            <Anchor component={RouteLink} to={paths.teach(course.slug)} size="sm" underline="always">
              outline
            </Anchor>
            .
          </Text>
        ) : (
          <>
            <Text size="sm">Assignments stay on their version until you move them:</Text>
            <Placements question={question} can_move />
          </>
        )}
        {step !== undefined && (
          <Text size="sm">
            <Anchor component={RouteLink} to={paths.teachStep(course.slug, step.id)} size="sm" underline="always">
              Back to {step.title}
            </Anchor>
          </Text>
        )}
      </Stack>
    </Alert>
  )
}
