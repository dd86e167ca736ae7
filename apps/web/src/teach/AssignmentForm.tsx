import { getAssignment, getCourse, getStep, listCourses, updateAssignment } from '@gradus/contract/courses'
import type { ReplyOf } from '@gradus/contract/endpoint'
import { Button, Group, NativeSelect, NumberInput, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { useNow } from '../ui/use-now.ts'
import { SaveError } from './SaveError.tsx'
import { timesProblems, timesSentence } from './times-sentence.ts'
import { UnsavedGuard } from './UnsavedGuard.tsx'
import { useSaveKey } from './use-save-key.ts'
import { instantOf, localOf } from './zoned-time.ts'

type Assignment = ReplyOf<typeof getAssignment>

const policies = [
  { value: 'best', label: 'The best attempt counts' },
  { value: 'latest', label: 'The latest attempt counts' },
  { value: 'first', label: 'The first attempt counts' },
]

/** The form's fields as they are typed: times on the course's clocks. */
const fieldsOf = (assignment: Assignment, zone: string) => ({
  instructions_markdown: assignment.instructions_markdown,
  opens_at: localOf(assignment.opens_at, zone),
  due_at: localOf(assignment.due_at, zone),
  closes_at: localOf(assignment.closes_at, zone),
  max_attempts: assignment.max_attempts === null ? '' : String(assignment.max_attempts),
  graded_attempt: assignment.graded_attempt,
})
type Fields = ReturnType<typeof fieldsOf>
const timeFields = ['opens_at', 'due_at', 'closes_at'] as const

/** When an assignment opens, is due and closes, how many attempts there are and which one counts. */
export function AssignmentForm({ assignment, zone }: { assignment: Assignment; zone: string }) {
  const save = useChange(updateAssignment, [getStep, getCourse, getAssignment, listCourses])
  const now = useNow()
  const stored = fieldsOf(assignment, zone)
  /** What was changed here and is not saved; the rest follows the server. */
  const [changes, setChanges] = useState<Partial<Fields>>({})
  const fields: Fields = { ...stored, ...changes }
  const put = <K extends keyof Fields>(name: K, value: Fields[K]): void => setChanges((before) => ({ ...before, [name]: value }))
  const changed = (Object.keys(changes) as (keyof Fields)[]).filter((name) => changes[name] !== stored[name])
  const isChanged = changed.length > 0
  const times = { opens_at: instantOf(fields.opens_at, zone), due_at: instantOf(fields.due_at, zone), closes_at: instantOf(fields.closes_at, zone) }
  const problems: Record<string, string | undefined> = { ...fieldProblems(save.error), ...timesProblems(times) }
  const store = async (): Promise<boolean> => {
    const sent = {
      ...times,
      instructions_markdown: fields.instructions_markdown,
      max_attempts: fields.max_attempts === '' ? null : Number(fields.max_attempts),
      graded_attempt: fields.graded_attempt,
    }
    // Only what was changed here is sent: a colleague may have changed the rest meanwhile.
    const body = Object.fromEntries(changed.map((name) => [name, sent[name]])) as Partial<typeof sent>
    await save.mutateAsync({ params: { assignment_id: assignment.id }, body })
    setChanges({})
    notifications.show({ color: 'green', message: 'Times and attempts are saved.' })
    return true
  }
  const quietly = (): void => void store().catch(() => undefined)
  useSaveKey(() => isChanged && quietly())
  const labels = {
    opens_at: ['Opens', 'Empty: at once'],
    due_at: ['Due', 'Later hand-ins are marked late'],
    closes_at: ['Closes', 'Nothing is taken afterwards'],
  } as const
  return (
    <section aria-labelledby="assignment-rules">
      <Title order={2} size="h3" id="assignment-rules" mb={8}>
        Instructions, times and attempts
      </Title>
      <UnsavedGuard isUnsaved={() => isChanged} consequence="It will be lost." onSave={store} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isChanged) quietly()
        }}
      >
        <Stack gap="md" maw={860}>
          <Textarea
            label="Instructions"
            description="Markdown; students see it above the questions"
            autosize
            minRows={2}
            maxRows={12}
            maxLength={100_000}
            value={fields.instructions_markdown}
            onChange={(e) => put('instructions_markdown', e.currentTarget.value)}
            error={problems.instructions_markdown}
          />
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            {timeFields.map((name) => (
              <TextInput
                key={name}
                type="datetime-local"
                max="2999-12-31T23:59"
                label={labels[name][0]}
                description={labels[name][1]}
                value={fields[name]}
                onChange={(e) => put(name, e.currentTarget.value)}
                error={problems[name]}
              />
            ))}
          </SimpleGrid>
          <Text size="sm" c="dimmed">
            {timesSentence(times, now)} Times are typed in the course’s zone, {zone}.
          </Text>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <NumberInput
              label="Attempts per question"
              description="Empty: as many as they like. A run of the visible tests uses none."
              min={1}
              max={10_000}
              allowDecimal={false}
              value={fields.max_attempts}
              onChange={(value) => put('max_attempts', String(value))}
              error={problems.max_attempts}
            />
            <NativeSelect
              label="Which attempt counts"
              description="Best, unless you say otherwise"
              data={policies}
              value={fields.graded_attempt}
              onChange={(e) => put('graded_attempt', e.currentTarget.value as Fields['graded_attempt'])}
            />
          </SimpleGrid>
          <SaveError error={save.error} />
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!isChanged}>
              Save times and attempts
            </Button>
            <Text size="sm" c="dimmed" aria-live="polite">
              {isChanged ? 'Not saved yet' : 'Saved'}
            </Text>
          </Group>
        </Stack>
      </form>
    </section>
  )
}
