import { getCourse, getStep, updateStep } from '@gradus/contract/courses'
import type { ReplyOf } from '@gradus/contract/endpoint'
import { Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { useRouteParams } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { mayIn, useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { AssignmentForm } from './AssignmentForm.tsx'
import { MaterialEditor } from './MaterialEditor.tsx'
import { PlacedQuestions } from './PlacedQuestions.tsx'

export type Step = ReplyOf<typeof getStep>

/** Writes a material, or sets up an assignment with its questions. */
export function StepPage() {
  const { step: step_id } = useRouteParams('step')
  const step = useCall(getStep, { params: { step_id } })
  if (step.data !== undefined) return <LoadedStep key={step.data.id} step={step.data} />
  return (
    <Page width="wide">
      {step.isError ? (
        <ErrorState order={1} error={step.error} title="This step could not be shown" onRetry={() => void step.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Page>
  )
}

function LoadedStep({ step }: { step: Step }) {
  const course = useCourse()
  const change = useChange(updateStep, [getStep, getCourse])
  const isDraft = step.state === 'draft'
  const module = course.modules.find((each) => each.id === step.module_id)
  const mayEdit = mayIn(course, 'course.edit')
  return (
    <Page width="wide">
      <PageHead
        title={step.title}
        crumbs={[{ label: course.title, to: paths.teach(course.slug) }, ...(module === undefined ? [] : [{ label: module.title }])]}
        aside={
          <Badge color={isDraft ? 'gray' : 'green'} variant="light" tt="none" radius="sm">
            {isDraft ? 'Draft: students do not see it' : course.state === 'draft' ? 'Published, but the course is a draft' : 'Published'}
          </Badge>
        }
        actions={
          <>
            <Button component={RouteLink} to={paths.step(course.slug, step.id)} variant="default">
              See it as students do
            </Button>
            {mayEdit && (
              <Button
                variant={isDraft ? 'filled' : 'default'}
                loading={change.isPending}
                onClick={() => change.mutate({ params: { step_id: step.id }, body: { state: isDraft ? 'published' : 'draft' } })}
              >
                {isDraft ? 'Publish' : 'Hide from students'}
              </Button>
            )}
          </>
        }
      />
      <ErrorLine error={change.error} />
      {mayEdit ? (
        <Stack gap="xl">
          <TitleField step={step} />
          {step.kind === 'material' && <MaterialEditor step={step} />}
          {step.assignment !== null && (
            <>
              <PlacedQuestions assignment={step.assignment} />
              <AssignmentForm assignment={step.assignment} zone={course.time_zone} />
            </>
          )}
        </Stack>
      ) : (
        <Text c="dimmed">Your role may look at this step but not change it.</Text>
      )}
    </Page>
  )
}

function TitleField({ step }: { step: Step }) {
  const save = useChange(updateStep, [getStep, getCourse])
  const [title, setTitle] = useState(step.title)
  const isChanged = title !== step.title
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isChanged) save.mutate({ params: { step_id: step.id }, body: { title } })
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
        <Button type="submit" variant="default" loading={save.isPending} disabled={!isChanged || title.trim() === ''}>
          Rename
        </Button>
      </Group>
      <ErrorLine error={save.error} />
    </form>
  )
}
