import { deleteStep, getCourse, getStep, updateStep } from '@gradus/contract/courses'
import { Anchor, Badge, Button, Text } from '@mantine/core'
import { IconFileText, IconListCheck } from '@tabler/icons-react'
import { useChange } from '../api/calls.ts'
import { Availability } from '../courses/Availability.tsx'
import type { CourseOutline, OutlineStep } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { Points } from '../ui/Points.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { MoveButtons, type Moved } from './MoveButtons.tsx'
import classes from './Teach.module.css'

interface Props {
  course: CourseOutline
  step: OutlineStep
  is_editor: boolean
  is_first: boolean
  is_last: boolean
  moved: Moved | null
  onMove: (by: -1 | 1) => void
}

/** One step of the outline: what it is, whether students see it, and where it stands. */
export function StepLine({ course, step, is_editor, is_first, is_last, moved, onMove }: Props) {
  const change = useChange(updateStep, [getCourse, getStep])
  const remove = useChange(deleteStep, [getCourse])
  const Icon = step.kind === 'material' ? IconFileText : IconListCheck
  const isDraft = step.state === 'draft'
  // While an assignment is open, when it opened is not worth saying.
  const hasTime = step.availability !== 'open' || step.due_at !== null || step.closes_at !== null
  return (
    <li className={classes.step}>
      <div className={classes.stepText}>
        <Icon size={18} stroke={1.6} aria-hidden />
        <div style={{ minWidth: 0 }}>
          <Anchor component={RouteLink} to={is_editor ? paths.teachStep(course.slug, step.id) : paths.step(course.slug, step.id)}>
            <bdi>{step.title}</bdi>
          </Anchor>
          <Text size="xs" c="dimmed" component="div">
            {step.kind === 'material' ? (
              'Material'
            ) : (
              <>
                Assignment · {step.question_count === 1 ? '1 question' : `${step.question_count} questions`} ·{' '}
                <Points got={null} of={step.points_possible} />
                {hasTime && ' · '}
                <Availability times={step} zone={course.time_zone} />
              </>
            )}
          </Text>
        </div>
      </div>
      <div className={classes.actions}>
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
              miw={72}
            >
              {isDraft ? 'Publish' : 'Hide'}
            </Button>
            <MoveButtons name={step.title} is_first={is_first} is_last={is_last} moved={moved} onMove={onMove} />
            <ConfirmButton
              size="compact-sm"
              variant="subtle"
              color="red"
              aria-label={`Delete ${step.title}`}
              title="Delete this step?"
              consequence={`“${step.title}” will be gone for good. A step in which students have handed in work cannot be deleted; hide it instead.`}
              verb="Delete the step"
              onConfirm={() => remove.mutateAsync({ params: { step_id: step.id } })}
            >
              Delete
            </ConfirmButton>
          </>
        )}
      </div>
      <ErrorLine error={change.error} />
    </li>
  )
}
