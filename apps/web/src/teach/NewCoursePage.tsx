import { createCourse, listCourses } from '@gradus/contract/courses'
import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { fieldProblems, isProblem } from '../api/problem.ts'
import { useUser } from '../api/session.ts'
import { useGo } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { takeFocus } from './focus.ts'
import { slugFrom, spareSlug } from './slug.ts'
import { TimeZoneField } from './TimeZoneField.tsx'

/** Makes a course; it starts as a draft that only its staff see. */
export function NewCoursePage() {
  const user = useUser()
  const create = useChange(createCourse, [listCourses])
  const go = useGo()
  const [title, setTitle] = useState('')
  const [slug, setSlug] = useState<string | null>(null)
  const [spare] = useState(() => spareSlug('course'))
  const [summary, setSummary] = useState('')
  const [time_zone, setTimeZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone)
  const fields = fieldProblems(create.error)
  const isTaken = isProblem(create.error, 'slug_taken')
  const shown_slug = slug ?? (title.trim() === '' ? '' : slugFrom(title) || spare)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const made = await create.mutateAsync({ body: { title, slug: shown_slug, summary, time_zone } })
    go(paths.teach(made.slug))
  }
  return (
    <Page width="narrow">
      <PageHead title="New course" crumbs={[{ label: 'Courses', to: paths.home() }, { label: 'New course' }]} />
      {!user.is_creator && !user.is_admin ? (
        <Text c="dimmed">Your account may not make courses. Ask the administrator of this server to allow it.</Text>
      ) : (
        <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
          <Stack gap="md">
            <Text size="sm" c="dimmed">
              The course starts as a draft: nobody but you sees it until you publish it.
            </Text>
            <TextInput
              ref={takeFocus}
              label="Title"
              required
              maxLength={200}
              dir="auto"
              value={title}
              onChange={(e) => setTitle(e.currentTarget.value)}
              error={fields.title}
            />
            <TextInput
              label="Short name"
              description="Stands in the address: lower-case letters, digits and hyphens. It cannot be changed later."
              required
              maxLength={64}
              value={shown_slug}
              onChange={(e) => setSlug(e.currentTarget.value)}
              error={isTaken ? 'This short name is taken. Choose another.' : fields.slug}
              classNames={{ input: 'mono' }}
            />
            <Textarea
              label="What it is about"
              autosize
              minRows={2}
              maxRows={8}
              maxLength={2000}
              value={summary}
              onChange={(e) => setSummary(e.currentTarget.value)}
              error={fields.summary}
            />
            <TimeZoneField value={time_zone} onChange={setTimeZone} error={fields.time_zone} />
            {!isTaken && <ErrorLine error={create.error} />}
            <Group>
              <Button type="submit" loading={create.isPending} disabled={title.trim() === '' || shown_slug === ''}>
                Make the course
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Page>
  )
}
