import { createCourse, listCourses } from '@gradus/contract/courses'
import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { useGo } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { slugFrom } from './slug.ts'
import { TimeZoneField } from './TimeZoneField.tsx'

/** Makes a course; it starts as a draft that only its staff see. */
export function NewCoursePage() {
  const create = useChange(createCourse, [listCourses])
  const go = useGo()
  const [title, setTitle] = useState('')
  const [slug, setSlug] = useState<string | null>(null)
  const [summary, setSummary] = useState('')
  const [time_zone, setTimeZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone)
  const fields = fieldProblems(create.error)
  const shown_slug = slug ?? slugFrom(title)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const made = await create.mutateAsync({ body: { title, slug: shown_slug, summary, time_zone } })
    go(paths.teach(made.slug))
  }
  return (
    <Page width="narrow">
      <PageHead title="New course" crumbs={[{ label: 'Courses', to: paths.home() }, { label: 'New course' }]} />
      <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
        <Stack gap="md">
          <TextInput
            label="Title"
            required
            maxLength={200}
            value={title}
            onChange={(e) => setTitle(e.currentTarget.value)}
            error={fields.title}
            data-autofocus
          />
          <TextInput
            label="Short name"
            description="Stands in the address: lower-case letters, digits and hyphens. It cannot be changed later."
            required
            maxLength={64}
            value={shown_slug}
            onChange={(e) => setSlug(e.currentTarget.value)}
            error={fields.slug}
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
          <ErrorLine error={create.error} />
          <Group>
            <Button type="submit" loading={create.isPending} disabled={title.trim() === '' || shown_slug === ''}>
              Make the course
            </Button>
          </Group>
        </Stack>
      </form>
    </Page>
  )
}
