import { deleteModule, getCourse, updateModule } from '@gradus/contract/courses'
import { ActionIcon, Button, Group, Paper, Text, TextInput, Title, Tooltip } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import type { CourseOutline } from '../courses/use-course.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { AddStep } from './AddToOutline.tsx'
import { takeFocus, useFocusLater } from './focus.ts'
import { MoveButtons, type Moved } from './MoveButtons.tsx'
import { StepLine } from './StepLine.tsx'
import classes from './Teach.module.css'

interface Props {
  course: CourseOutline
  module: CourseOutline['modules'][number]
  is_editor: boolean
  is_first: boolean
  is_last: boolean
  /** What moved last, a module or a step. */
  moved: ({ id: string } & Moved) | null
  onMove: (by: -1 | 1) => void
  onMoveStep: (step_id: string, by: -1 | 1) => void
}

/** A module with its steps. */
export function ModuleCard({ course, module, is_editor, is_first, is_last, moved, onMove, onMoveStep }: Props) {
  const remove = useChange(deleteModule, [getCourse])
  const [isRenaming, setIsRenaming] = useState(false)
  const focusLater = useFocusLater()
  const rename_id = `rename-${module.id}`
  const stopRenaming = (): void => {
    setIsRenaming(false)
    focusLater(rename_id)
  }
  return (
    <section aria-labelledby={`module-${module.id}`}>
      <Group justify="space-between" mb={8} gap="xs" align="flex-start">
        <div style={{ flex: '1 1 220px', minWidth: 0 }}>
          <Title order={2} size="h3" id={`module-${module.id}`} style={{ overflowWrap: 'anywhere' }} hidden={isRenaming}>
            <bdi>{module.title}</bdi>
          </Title>
          {isRenaming && <RenameModule module={module} onDone={stopRenaming} />}
        </div>
        {is_editor && !isRenaming && (
          <Group gap={4} wrap="nowrap">
            <MoveButtons
              name={`module ${module.title}`}
              is_first={is_first}
              is_last={is_last}
              moved={moved?.id === module.id ? moved : null}
              onMove={onMove}
            />
            <Tooltip label="Rename">
              <ActionIcon
                id={rename_id}
                variant="subtle"
                color="gray"
                aria-label={`Rename module ${module.title}`}
                onClick={() => setIsRenaming(true)}
              >
                <IconPencil size={16} aria-hidden />
              </ActionIcon>
            </Tooltip>
            {module.steps.length === 0 && (
              <ConfirmButton
                size="compact-sm"
                variant="subtle"
                color="red"
                aria-label={`Delete module ${module.title}`}
                title="Delete this module?"
                consequence={`“${module.title}” is empty. Deleting it cannot be undone.`}
                verb="Delete the module"
                onConfirm={() => remove.mutateAsync({ params: { module_id: module.id } })}
              >
                Delete
              </ConfirmButton>
            )}
          </Group>
        )}
      </Group>
      <Paper>
        {module.steps.length === 0 ? (
          <Text size="sm" c="dimmed" px="sm" py={10}>
            No steps yet. A material is a text to read; an assignment holds questions.
          </Text>
        ) : (
          <ol className={classes.steps}>
            {module.steps.map((step, index) => (
              <StepLine
                key={step.id}
                course={course}
                step={step}
                is_editor={is_editor}
                is_first={is_first && index === 0}
                is_last={is_last && index === module.steps.length - 1}
                moved={moved?.id === step.id ? moved : null}
                onMove={(by) => onMoveStep(step.id, by)}
              />
            ))}
          </ol>
        )}
        {is_editor && <AddStep course={course} module={module} />}
      </Paper>
    </section>
  )
}

function RenameModule({ module, onDone }: { module: { id: string; title: string }; onDone: () => void }) {
  const rename = useChange(updateModule, [getCourse])
  const [title, setTitle] = useState(module.title)
  const save = async (event: FormEvent) => {
    event.preventDefault()
    await rename.mutateAsync({ params: { module_id: module.id }, body: { title } })
    onDone()
  }
  return (
    <form onSubmit={(event) => void save(event).catch(() => undefined)} onKeyDown={(event) => event.key === 'Escape' && onDone()}>
      <Group gap="xs">
        <TextInput
          ref={takeFocus}
          aria-label="Title of the module"
          value={title}
          onChange={(e) => setTitle(e.currentTarget.value)}
          maxLength={200}
          required
          style={{ flex: '1 1 240px' }}
        />
        <Button type="submit" loading={rename.isPending} disabled={title.trim() === ''}>
          Rename
        </Button>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
      </Group>
      <ErrorLine error={rename.error} />
    </form>
  )
}
