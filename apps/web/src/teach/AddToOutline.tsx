import { createModule, createStep, getCourse } from '@gradus/contract/courses'
import { Button, Group, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { useGo } from '../app/address.ts'
import type { CourseOutline } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { takeFocus, useFocusLater } from './focus.ts'
import classes from './Teach.module.css'

const kinds = ['assignment', 'material'] as const
type StepKind = (typeof kinds)[number]
const words: Record<StepKind, string> = { assignment: 'Add an assignment', material: 'Add a material' }

/** Adds a step at the end of a module and opens it. */
export function AddStep({ course, module }: { course: CourseOutline; module: { id: string; title: string } }) {
  const create = useChange(createStep, [getCourse])
  const go = useGo()
  const [kind, setKind] = useState<StepKind | null>(null)
  const [title, setTitle] = useState('')
  const focusLater = useFocusLater()
  const buttonId = (of: StepKind): string => `add-${of}-${module.id}`
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (kind === null) return
    const made = await create.mutateAsync({ params: { module_id: module.id }, body: { kind, title } })
    go(paths.teachStep(course.slug, made.id))
  }
  const cancel = (): void => {
    if (kind !== null) focusLater(buttonId(kind))
    setKind(null)
  }
  if (kind === null) {
    return (
      <Group gap="xs" className={classes.foot}>
        {kinds.map((each) => (
          <Button
            key={each}
            id={buttonId(each)}
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} aria-hidden />}
            aria-label={`${words[each]} to ${module.title}`}
            onClick={() => setKind(each)}
          >
            {words[each]}
          </Button>
        ))}
      </Group>
    )
  }
  return (
    <form
      className={classes.foot}
      onSubmit={(event) => void submit(event).catch(() => undefined)}
      onKeyDown={(event) => event.key === 'Escape' && cancel()}
    >
      <Group gap="xs" align="flex-end">
        <TextInput
          ref={takeFocus}
          label={kind === 'material' ? 'Title of the material' : 'Title of the assignment'}
          value={title}
          onChange={(e) => setTitle(e.currentTarget.value)}
          maxLength={200}
          required
          style={{ flex: '1 1 240px', maxWidth: 480 }}
        />
        <Button type="submit" loading={create.isPending} disabled={title.trim() === ''}>
          Add it as a draft
        </Button>
        <Button variant="default" onClick={cancel}>
          Cancel
        </Button>
      </Group>
      <ErrorLine error={create.error} />
    </form>
  )
}

/** Adds a module at the end; the field stays ready for the next one. */
export function AddModule({ course }: { course: CourseOutline }) {
  const create = useChange(createModule, [getCourse])
  const [title, setTitle] = useState('')
  const focusLater = useFocusLater()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await create.mutateAsync({ params: { course_id: course.id }, body: { title } })
    setTitle('')
    focusLater('new-module')
  }
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
      <Group gap="xs" align="flex-end">
        <TextInput
          id="new-module"
          label={course.modules.length === 0 ? 'Title of the first module' : 'Title of a new module'}
          value={title}
          onChange={(e) => setTitle(e.currentTarget.value)}
          maxLength={200}
          required
          style={{ flex: '1 1 240px', maxWidth: 420 }}
        />
        <Button type="submit" variant="default" loading={create.isPending} disabled={title.trim() === ''}>
          Add the module
        </Button>
      </Group>
      <ErrorLine error={create.error} />
    </form>
  )
}
