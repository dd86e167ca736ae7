import { getCourse, orderCourse, updateCourse } from '@gradus/contract/courses'
import { Alert, Stack, Text, VisuallyHidden } from '@mantine/core'
import { IconEyeOff, IconListDetails } from '@tabler/icons-react'
import { useState } from 'react'
import { useChange } from '../api/calls.ts'
import { usePageTitle } from '../app/PageHead.tsx'
import { type CourseOutline, mayIn, useCourse } from '../courses/use-course.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { AddModule } from './AddToOutline.tsx'
import { ModuleCard } from './ModuleCard.tsx'
import { inOrder, moveModule, moveStep, type Order, orderOf, placeOf } from './order.ts'
import { useOrder } from './use-order.ts'

/** The outline of a course for those who write it: modules and steps, their order, what students see of them. */
export function OverviewPage() {
  const course = useCourse()
  usePageTitle(`Teach · ${course.title}`)
  const store = useChange(orderCourse, [getCourse])
  const [wanted, change] = useOrder<Order>((modules) => store.mutateAsync({ params: { course_id: course.id }, body: { modules } }))
  const [moved, setMoved] = useState<{ id: string; by: -1 | 1 } | null>(null)
  const modules = wanted === null ? course.modules : inOrder(course.modules, wanted)
  const isEditor = mayIn(course, 'course.edit')
  const order = orderOf(modules)
  const move = (id: string, by: -1 | 1, next: Order): void => {
    setMoved({ id, by })
    change(next)
  }
  return (
    <Stack gap="lg">
      {course.state === 'draft' && <NotPublished course={course} is_editor={isEditor} />}
      <ErrorLine error={store.error} />
      <VisuallyHidden role="status">{moved === null ? '' : `Now ${movedTo(modules, moved.id)}`}</VisuallyHidden>
      {modules.length === 0 && (
        <EmptyState icon={IconListDetails} title="Nothing in this course yet">
          {isEditor
            ? 'A course has modules, and a module has steps: materials to read, and assignments with questions. Begin with the first module.'
            : 'Its teachers have not added a module yet.'}
        </EmptyState>
      )}
      {modules.map((module, index) => (
        <ModuleCard
          key={module.id}
          course={course}
          module={module}
          is_editor={isEditor}
          is_first={index === 0}
          is_last={index === modules.length - 1}
          moved={moved}
          onMove={(by) => move(module.id, by, moveModule(order, module.id, by))}
          onMoveStep={(step_id, by) => move(step_id, by, moveStep(order, step_id, by))}
        />
      ))}
      {isEditor && <AddModule course={course} />}
    </Stack>
  )
}

function movedTo(modules: CourseOutline['modules'], id: string): string {
  const at = modules.findIndex((module) => module.id === id)
  return at === -1 ? placeOf(modules, id) : `module ${at + 1} of ${modules.length}`
}

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`

/** A draft course says so, and what publishing it would show. */
function NotPublished({ course, is_editor }: { course: CourseOutline; is_editor: boolean }) {
  const publish = useChange(updateCourse, [getCourse])
  const steps = course.modules.flatMap((module) => module.steps)
  const shown = steps.filter((step) => step.state === 'published').length
  return (
    <Alert color="gray" icon={<IconEyeOff size={18} aria-hidden />} title="Students see nothing of this course yet">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          {shown === 0
            ? 'It is a draft, and so is every step. Publish a step when it is ready, then the course.'
            : `It is a draft. Of ${count(steps.length, 'step', 'steps')} ${shown === 1 ? '1 is' : `${shown} are`} published and will be seen once the course is.`}
        </Text>
        {is_editor && shown > 0 && (
          <ConfirmButton
            size="xs"
            title="Publish the course?"
            consequence={`Everyone who has joined sees the course and ${count(shown, 'published step', 'published steps')} at once. Steps that are drafts stay hidden. You can take it back under Settings.`}
            verb="Publish the course"
            onConfirm={() => publish.mutateAsync({ params: { course_id: course.id }, body: { state: 'published' } })}
          >
            Publish the course
          </ConfirmButton>
        )}
      </Stack>
    </Alert>
  )
}
