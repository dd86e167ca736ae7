import { getCourse, getStep, updateStep } from '@gradus/contract/courses'
import type { ReplyOf } from '@gradus/contract/endpoint'
import { Badge, Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { useRouteParams } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { CodeEditor } from '../ui/CodeEditor.tsx'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { Markdown } from '../ui/Markdown.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { AssignmentForm } from './AssignmentForm.tsx'
import { PlacedQuestions } from './PlacedQuestions.tsx'

type Step = ReplyOf<typeof getStep>

/** Writes a material, or sets up an assignment with its questions. */
export function StepPage() {
  const { step: step_id } = useRouteParams('step')
  const step = useCall(getStep, { params: { step_id } })
  if (step.isPending) return <LoadingState />
  if (step.isError) return <ErrorState error={step.error} onRetry={() => void step.refetch()} />
  return <LoadedStep key={step.data.id} step={step.data} />
}

function LoadedStep({ step }: { step: Step }) {
  const course = useCourse()
  const change = useChange(updateStep, [getStep, getCourse])
  const isDraft = step.state === 'draft'
  return (
    <Page width="wide">
      <PageHead
        title={step.title}
        crumbs={[{ label: course.title, to: paths.course(course.slug) }, { label: 'Teach', to: paths.teach(course.slug) }, { label: step.title }]}
        aside={
          <Badge color={isDraft ? 'gray' : 'green'} variant="light" tt="none" radius="sm">
            {isDraft ? 'Draft: students do not see it' : 'Published'}
          </Badge>
        }
        actions={
          <>
            <Button component={RouteLink} to={paths.step(course.slug, step.id)} variant="default">
              See it as students do
            </Button>
            <Button
              variant={isDraft ? 'filled' : 'default'}
              loading={change.isPending}
              onClick={() => change.mutate({ params: { step_id: step.id }, body: { state: isDraft ? 'published' : 'draft' } })}
            >
              {isDraft ? 'Publish' : 'Hide from students'}
            </Button>
          </>
        }
      />
      <Stack gap="lg">
        <ErrorLine error={change.error} />
        <TitleField step={step} />
        {step.kind === 'material' && <MaterialEditor step={step} />}
        {step.assignment !== null && (
          <>
            <PlacedQuestions assignment={step.assignment} />
            <AssignmentForm assignment={step.assignment} zone={course.time_zone} />
          </>
        )}
      </Stack>
    </Page>
  )
}

function TitleField({ step }: { step: Step }) {
  const save = useChange(updateStep, [getStep, getCourse])
  const [title, setTitle] = useState(step.title)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate({ params: { step_id: step.id }, body: { title } })
      }}
    >
      <Group gap="xs" align="flex-end">
        <TextInput
          label="Title"
          required
          maxLength={200}
          value={title}
          onChange={(e) => setTitle(e.currentTarget.value)}
          style={{ flex: '1 1 260px', maxWidth: 560 }}
        />
        <Button type="submit" variant="default" loading={save.isPending} disabled={title === step.title || title.trim() === ''}>
          Rename
        </Button>
      </Group>
      <ErrorLine error={save.error} />
    </form>
  )
}

function MaterialEditor({ step }: { step: Step }) {
  const save = useChange(updateStep, [getStep])
  const [body_markdown, setBody] = useState(step.body_markdown ?? '')
  const isChanged = body_markdown !== (step.body_markdown ?? '')
  const store = async (): Promise<void> => {
    await save.mutateAsync({ params: { step_id: step.id }, body: { body_markdown } })
    notifications.show({ color: 'green', message: 'The material is saved.' })
  }
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Stack gap={4}>
          <Text size="sm" fw={500}>
            Text in Markdown
          </Text>
          <CodeEditor
            value={body_markdown}
            onChange={setBody}
            language="markdown"
            label="Text of the material in Markdown"
            height="60vh"
            onRun={() => void store().catch(() => undefined)}
          />
        </Stack>
        <Stack gap={4}>
          <Text size="sm" fw={500}>
            What students see
          </Text>
          <div style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 6, padding: 16, height: '60vh', overflow: 'auto' }}>
            <Markdown>{body_markdown}</Markdown>
          </div>
        </Stack>
      </SimpleGrid>
      <ErrorLine error={save.error} />
      <Group>
        <Button loading={save.isPending} disabled={!isChanged} onClick={() => void store().catch(() => undefined)}>
          Save the material
        </Button>
        <Text size="sm" c="dimmed">
          {isChanged ? 'Not saved yet' : 'Saved'}
        </Text>
      </Group>
    </Stack>
  )
}
