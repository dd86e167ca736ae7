import { getCourse, listCourses, updateCourse } from '@gradus/contract/courses'
import { Button, Group, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { usePageTitle } from '../app/PageHead.tsx'
import { mayIn, useCourse } from '../courses/use-course.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { TimeZoneField } from './TimeZoneField.tsx'

const meaning = {
  draft: 'Only staff see the course. Students who have joined see nothing of it yet.',
  published: 'Students see the course and its published steps.',
  archived: 'Students can look at everything; staff should not expect new work.',
} as const

/** Title, summary, time zone and state of the course. */
export function SettingsPage() {
  const course = useCourse()
  usePageTitle(`Settings · ${course.title}`)
  const save = useChange(updateCourse, [getCourse, listCourses])
  const [title, setTitle] = useState(course.title)
  const [summary, setSummary] = useState(course.summary)
  const [time_zone, setTimeZone] = useState(course.time_zone)
  const [state, setState] = useState(course.state)
  const fields = fieldProblems(save.error)
  if (!mayIn(course, 'course.edit')) return <Text>Your role may look at this course but not change its settings.</Text>
  const isChanged = title !== course.title || summary !== course.summary || time_zone !== course.time_zone || state !== course.state
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await save.mutateAsync({ params: { course_id: course.id }, body: { title, summary, time_zone, state } })
    notifications.show({ color: 'green', message: 'The settings are saved.' })
  }
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
      <Stack gap="md" maw={560}>
        <TextInput label="Title" required maxLength={200} value={title} onChange={(e) => setTitle(e.currentTarget.value)} error={fields.title} />
        <Textarea
          label="What it is about"
          autosize
          minRows={2}
          maxRows={10}
          maxLength={2000}
          value={summary}
          onChange={(e) => setSummary(e.currentTarget.value)}
          error={fields.summary}
        />
        <TimeZoneField value={time_zone} onChange={setTimeZone} error={fields.time_zone} />
        <Stack gap={4}>
          <Text size="sm" fw={500} id="course-state">
            State
          </Text>
          <Group>
            <SegmentedControl
              aria-labelledby="course-state"
              value={state}
              onChange={(value) => setState(value as typeof state)}
              data={[
                { value: 'draft', label: 'Draft' },
                { value: 'published', label: 'Published' },
                { value: 'archived', label: 'Archived' },
              ]}
            />
          </Group>
          <Text size="sm" c="dimmed">
            {meaning[state]}
          </Text>
        </Stack>
        <ErrorLine error={save.error} />
        <Group>
          <Button type="submit" loading={save.isPending} disabled={!isChanged}>
            Save the settings
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
