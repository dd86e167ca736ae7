import {
  createModule,
  createStep,
  deleteModule,
  deleteStep,
  getCourse,
  getStep,
  orderCourse,
  updateModule,
  updateStep,
} from '@gradus/contract/courses'
import { ActionIcon, Anchor, Badge, Button, Group, Paper, Stack, Text, TextInput, Title, Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconFileText, IconListCheck, IconPencil, IconPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { useGo } from '../app/address.ts'
import { usePageTitle } from '../app/PageHead.tsx'
import { Availability } from '../courses/Availability.tsx'
import { type CourseOutline, mayIn, type OutlineStep, useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { Points } from '../ui/Points.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { moveModule, moveStep, type Order, orderOf } from './order.ts'

type OutlineModule = CourseOutline['modules'][number]

/** The outline of a course for those who write it: modules and steps, their order, what students see of them. */
export function OverviewPage() {
  const course = useCourse()
  usePageTitle(`Teach · ${course.title}`)
  const order = useChange(orderCourse, [getCourse])
  const isEditor = mayIn(course, 'course.edit')
  const reorder = (next: Order): void => order.mutate({ params: { course_id: course.id }, body: { modules: next } })
  return (
    <Stack gap="lg">
      {course.state === 'draft' && (
        <Text c="dimmed">
          This course is a draft: students see nothing of it until it is published under{' '}
          <Anchor component={RouteLink} to={paths.teach(course.slug, 'settings')}>
            Settings
          </Anchor>
          .
        </Text>
      )}
      <ErrorLine error={order.error} />
      {course.modules.map((module, index) => (
        <ModuleCard
          key={module.id}
          course={course}
          module={module}
          is_editor={isEditor}
          is_first={index === 0}
          is_last={index === course.modules.length - 1}
          is_busy={order.isPending}
          onOrder={reorder}
        />
      ))}
      {isEditor && <AddModule course={course} />}
    </Stack>
  )
}

interface ModuleProps {
  course: CourseOutline
  module: OutlineModule
  is_editor: boolean
  is_first: boolean
  is_last: boolean
  is_busy: boolean
  onOrder: (order: Order) => void
}

function ModuleCard({ course, module, is_editor, is_first, is_last, is_busy, onOrder }: ModuleProps) {
  const rename = useChange(updateModule, [getCourse])
  const remove = useChange(deleteModule, [getCourse])
  const [title, setTitle] = useState<string | null>(null)
  const save = async (event: FormEvent) => {
    event.preventDefault()
    await rename.mutateAsync({ params: { module_id: module.id }, body: { title: title ?? module.title } })
    setTitle(null)
  }
  const order = orderOf(course.modules)
  return (
    <section aria-labelledby={`module-${module.id}`}>
      <Group justify="space-between" mb={8} gap="xs">
        {title === null ? (
          <Title order={2} size="h3" id={`module-${module.id}`} dir="auto" style={{ overflowWrap: 'anywhere', flex: '1 1 200px' }}>
            {module.title}
          </Title>
        ) : (
          <form onSubmit={(event) => void save(event).catch(() => undefined)} style={{ flex: '1 1 260px' }}>
            <Group gap="xs">
              <TextInput
                aria-label="Title of the module"
                value={title}
                onChange={(e) => setTitle(e.currentTarget.value)}
                maxLength={200}
                required
                style={{ flex: 1 }}
                data-autofocus
              />
              <Button type="submit" size="xs" loading={rename.isPending}>
                Save
              </Button>
              <Button size="xs" variant="default" onClick={() => setTitle(null)}>
                Cancel
              </Button>
            </Group>
            <ErrorLine error={rename.error} />
          </form>
        )}
        {is_editor && (
          <Group gap={4}>
            <IconAction
              label={`Move module ${module.title} up`}
              icon={IconArrowUp}
              is_disabled={is_first || is_busy}
              onClick={() => onOrder(moveModule(order, module.id, -1))}
            />
            <IconAction
              label={`Move module ${module.title} down`}
              icon={IconArrowDown}
              is_disabled={is_last || is_busy}
              onClick={() => onOrder(moveModule(order, module.id, 1))}
            />
            <IconAction label={`Rename module ${module.title}`} icon={IconPencil} onClick={() => setTitle(module.title)} />
            {module.steps.length === 0 && (
              <ConfirmButton
                size="compact-sm"
                variant="subtle"
                color="red"
                title="Delete this module?"
                consequence={`"${module.title}" is empty. Deleting it cannot be undone.`}
                verb="Delete the module"
                onConfirm={() => remove.mutateAsync({ params: { module_id: module.id } })}
              >
                Delete
              </ConfirmButton>
            )}
          </Group>
        )}
      </Group>
      <Paper p="xs">
        <Stack gap={0}>
          {module.steps.length === 0 && (
            <Text size="sm" c="dimmed" p={6}>
              No steps yet. A material is a text to read; an assignment holds questions.
            </Text>
          )}
          {module.steps.map((step) => (
            <StepLine
              key={step.id}
              course={course}
              step={step}
              is_editor={is_editor}
              is_busy={is_busy}
              onMove={(by) => onOrder(moveStep(order, step.id, by))}
            />
          ))}
          {is_editor && <AddStep course={course} module_id={module.id} />}
        </Stack>
      </Paper>
    </section>
  )
}

function StepLine({
  course,
  step,
  is_editor,
  is_busy,
  onMove,
}: {
  course: CourseOutline
  step: OutlineStep
  is_editor: boolean
  is_busy: boolean
  onMove: (by: -1 | 1) => void
}) {
  const change = useChange(updateStep, [getCourse, getStep])
  const remove = useChange(deleteStep, [getCourse])
  const Icon = step.kind === 'material' ? IconFileText : IconListCheck
  const isDraft = step.state === 'draft'
  return (
    <Group gap="sm" py={6} px={6} wrap="wrap" justify="space-between" style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}>
      <Group gap="sm" wrap="nowrap" style={{ minWidth: 0, flex: '1 1 280px' }}>
        <Icon size={18} stroke={1.6} aria-hidden style={{ flexShrink: 0 }} />
        <div style={{ minWidth: 0 }}>
          <Anchor component={RouteLink} to={paths.teachStep(course.slug, step.id)} dir="auto" style={{ overflowWrap: 'anywhere' }}>
            {step.title}
          </Anchor>
          <Text size="xs" c="dimmed" component="div">
            {step.kind === 'material' ? (
              'Material'
            ) : (
              <>
                {step.question_count === 1 ? '1 question' : `${step.question_count} questions`}, <Points got={null} of={step.points_possible} />{' '}
                <Availability times={step} zone={course.time_zone} />
              </>
            )}
          </Text>
        </div>
      </Group>
      <Group gap={4}>
        <Badge color={isDraft ? 'gray' : 'green'} variant="light" tt="none" radius="sm">
          {isDraft ? 'Draft' : 'Published'}
        </Badge>
        {is_editor && (
          <>
            <Button
              size="compact-sm"
              variant="subtle"
              loading={change.isPending}
              onClick={() => change.mutate({ params: { step_id: step.id }, body: { state: isDraft ? 'published' : 'draft' } })}
              aria-label={`${isDraft ? 'Publish' : 'Hide'} ${step.title}`}
            >
              {isDraft ? 'Publish' : 'Hide'}
            </Button>
            <IconAction label={`Move ${step.title} up`} icon={IconArrowUp} is_disabled={is_busy} onClick={() => onMove(-1)} />
            <IconAction label={`Move ${step.title} down`} icon={IconArrowDown} is_disabled={is_busy} onClick={() => onMove(1)} />
            <ConfirmButton
              size="compact-sm"
              variant="subtle"
              color="red"
              aria-label={`Delete ${step.title}`}
              title="Delete this step?"
              consequence={`"${step.title}" will be gone for good. A step in which students have handed in work cannot be deleted; hide it instead.`}
              verb="Delete the step"
              onConfirm={() => remove.mutateAsync({ params: { step_id: step.id } })}
            >
              Delete
            </ConfirmButton>
          </>
        )}
      </Group>
      <ErrorLine error={change.error} />
    </Group>
  )
}

function AddStep({ course, module_id }: { course: CourseOutline; module_id: string }) {
  const create = useChange(createStep, [getCourse])
  const go = useGo()
  const [kind, setKind] = useState<'material' | 'assignment' | null>(null)
  const [title, setTitle] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (kind === null) return
    const made = await create.mutateAsync({ params: { module_id }, body: { kind, title } })
    go(paths.teachStep(course.slug, made.id))
  }
  if (kind === null) {
    return (
      <Group gap="xs" pt={8}>
        <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setKind('assignment')}>
          Add an assignment
        </Button>
        <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setKind('material')}>
          Add a material
        </Button>
      </Group>
    )
  }
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
      <Group gap="xs" pt={8} align="flex-end">
        <TextInput
          label={kind === 'material' ? 'Title of the material' : 'Title of the assignment'}
          value={title}
          onChange={(e) => setTitle(e.currentTarget.value)}
          maxLength={200}
          required
          style={{ flex: '1 1 240px' }}
          data-autofocus
        />
        <Button type="submit" loading={create.isPending} disabled={title.trim() === ''}>
          Add
        </Button>
        <Button variant="default" onClick={() => setKind(null)}>
          Cancel
        </Button>
      </Group>
      <ErrorLine error={create.error} />
    </form>
  )
}

function AddModule({ course }: { course: CourseOutline }) {
  const create = useChange(createModule, [getCourse])
  const [title, setTitle] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await create.mutateAsync({ params: { course_id: course.id }, body: { title } })
    setTitle('')
  }
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
      <Group gap="xs" align="flex-end">
        <TextInput
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

function IconAction({
  label,
  icon: Icon,
  onClick,
  is_disabled = false,
}: {
  label: string
  icon: typeof IconPlus
  onClick: () => void
  is_disabled?: boolean
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick} disabled={is_disabled}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
