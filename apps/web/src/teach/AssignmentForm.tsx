import { getAssignment, getCourse, getStep, listCourses, updateAssignment } from '@gradus/contract/courses'
import type { ReplyOf } from '@gradus/contract/endpoint'
import { Button, Group, NativeSelect, NumberInput, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { instantOf, localOf } from './zoned-time.ts'

type Assignment = ReplyOf<typeof getAssignment>

const policies = [
  { value: 'best', label: 'The best attempt counts' },
  { value: 'latest', label: 'The latest attempt counts' },
  { value: 'first', label: 'The first attempt counts' },
]

/** When an assignment opens, is due and closes, how many attempts there are and which one counts. */
export function AssignmentForm({ assignment, zone }: { assignment: Assignment; zone: string }) {
  const save = useChange(updateAssignment, [getStep, getCourse, getAssignment, listCourses])
  const [instructions_markdown, setInstructions] = useState(assignment.instructions_markdown)
  const [opens, setOpens] = useState(localOf(assignment.opens_at, zone))
  const [due, setDue] = useState(localOf(assignment.due_at, zone))
  const [closes, setCloses] = useState(localOf(assignment.closes_at, zone))
  const [max_attempts, setMaxAttempts] = useState<number | ''>(assignment.max_attempts ?? '')
  const [graded_attempt, setGradedAttempt] = useState(assignment.graded_attempt)
  const fields = fieldProblems(save.error)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await save.mutateAsync({
      params: { assignment_id: assignment.id },
      body: {
        instructions_markdown,
        opens_at: instantOf(opens, zone),
        due_at: instantOf(due, zone),
        closes_at: instantOf(closes, zone),
        max_attempts: max_attempts === '' ? null : max_attempts,
        graded_attempt,
      },
    })
    notifications.show({ color: 'green', message: 'The assignment is saved.' })
  }
  return (
    <section aria-labelledby="assignment-rules">
      <Title order={2} size="h3" id="assignment-rules" mb={8}>
        Times and attempts
      </Title>
      <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
        <Stack gap="md" maw={860}>
          <Textarea
            label="Instructions"
            description="Markdown, above the questions"
            autosize
            minRows={2}
            maxRows={12}
            value={instructions_markdown}
            onChange={(e) => setInstructions(e.currentTarget.value)}
          />
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput
              type="datetime-local"
              label="Opens"
              description="Empty: at once"
              value={opens}
              onChange={(e) => setOpens(e.currentTarget.value)}
              error={fields.opens_at}
            />
            <TextInput
              type="datetime-local"
              label="Due"
              description="Later hand-ins are marked late"
              value={due}
              onChange={(e) => setDue(e.currentTarget.value)}
              error={fields.due_at}
            />
            <TextInput
              type="datetime-local"
              label="Closes"
              description="Nothing is taken afterwards"
              value={closes}
              onChange={(e) => setCloses(e.currentTarget.value)}
              error={fields.closes_at}
            />
          </SimpleGrid>
          <Text size="sm" c="dimmed">
            Times are in the course's zone, {zone}.
          </Text>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <NumberInput
              label="Attempts per question"
              description="Empty: as many as they like. A run of the visible tests uses none."
              min={1}
              max={10000}
              allowDecimal={false}
              value={max_attempts}
              onChange={(value) => setMaxAttempts(value === '' ? '' : Number(value))}
              error={fields.max_attempts}
            />
            <NativeSelect
              label="Which attempt counts"
              description="Best, unless you say otherwise"
              data={policies}
              value={graded_attempt}
              onChange={(e) => setGradedAttempt(e.currentTarget.value as typeof graded_attempt)}
            />
          </SimpleGrid>
          <ErrorLine error={save.error} />
          <Group>
            <Button type="submit" loading={save.isPending}>
              Save times and attempts
            </Button>
          </Group>
        </Stack>
      </form>
    </section>
  )
}
