import { getCourse, listCourses, updateCourse } from '@gradus/contract/courses'
import { Button, Group, Input, SegmentedControl, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { usePageTitle } from '../app/PageHead.tsx'
import { mayIn, useCourse } from '../courses/use-course.ts'
import { SaveError } from './SaveError.tsx'
import { TimeZoneField } from './TimeZoneField.tsx'
import { UnsavedGuard } from './UnsavedGuard.tsx'

const meaning = {
  draft: 'Only staff see the course. Students may join already, but see nothing of it.',
  published: 'Students see the course and its published steps.',
  archived: 'Students can still look at everything; it stands apart from the courses that are going on.',
} as const

/** What an open or closed door means, for a course in its state. */
const doorWords = (is_open: boolean, state: keyof typeof meaning): string =>
  !is_open
    ? 'Only people who joined with a code, or whom you added, can come in.'
    : `Visitors without an account can read, run programs, hand in where attempts are not limited, and complete steps. Everybody with an account can enrol without a code. Guests are not counted under Learners.${
        state === 'published' ? '' : ' This begins when the course is published.'
      }`

/** Title, summary, time zone, state and door of the course. */
export function SettingsPage() {
  const course = useCourse()
  usePageTitle(`Settings · ${course.title}`)
  const save = useChange(updateCourse, [getCourse, listCourses])
  const [title, setTitle] = useState(course.title)
  const [summary, setSummary] = useState(course.summary)
  const [time_zone, setTimeZone] = useState(course.time_zone)
  const [state, setState] = useState(course.state)
  const [is_open_to_guests, setOpen] = useState(course.is_open_to_guests)
  const fields = fieldProblems(save.error)
  if (!mayIn(course, 'course.edit')) return <Text>Your role may look at this course but not change its settings.</Text>
  // Only what was changed here is sent: a colleague may have changed the rest meanwhile.
  const changes = {
    ...(title === course.title ? {} : { title }),
    ...(summary === course.summary ? {} : { summary }),
    ...(time_zone === course.time_zone ? {} : { time_zone }),
    ...(state === course.state ? {} : { state }),
    ...(is_open_to_guests === course.is_open_to_guests ? {} : { is_open_to_guests }),
  }
  const isChanged = Object.keys(changes).length > 0
  const store = async (): Promise<boolean> => {
    await save.mutateAsync({ params: { course_id: course.id }, body: changes })
    notifications.show({ color: 'green', message: 'The settings are saved.' })
    return true
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isChanged) void store().catch(() => undefined)
      }}
    >
      <UnsavedGuard isUnsaved={() => isChanged} consequence="It will be lost." onSave={store} />
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
        {time_zone !== course.time_zone && (
          <Text size="sm">Times that are set already stay the same moments; on the clocks of the new zone they read differently.</Text>
        )}
        <Stack gap={4}>
          <Input.Label labelElement="div" id="course-state">
            State
          </Input.Label>
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
          <Text size="sm" c="dimmed" role="status">
            {meaning[state]}
          </Text>
        </Stack>
        <div>
          <Switch
            label="Open to everybody"
            aria-describedby="open-to-everybody"
            checked={is_open_to_guests}
            onChange={(e) => setOpen(e.currentTarget.checked)}
          />
          <Text size="sm" c="dimmed" mt={6} id="open-to-everybody" role="status">
            {doorWords(is_open_to_guests, state)}
            {course.is_open_to_guests &&
              !is_open_to_guests &&
              ' Guests cannot go on from the moment you save; what they did is kept, and is theirs once they have an account and join.'}
          </Text>
        </div>
        <SaveError error={save.error} />
        <Group>
          <Button type="submit" loading={save.isPending} disabled={!isChanged}>
            Save the settings
          </Button>
          <Text size="sm" c="dimmed" aria-live="polite">
            {isChanged ? 'Not saved yet' : ''}
          </Text>
        </Group>
      </Stack>
    </form>
  )
}
