import { Button, Group, Text } from '@mantine/core'
import { IconCheck, IconCircleCheckFilled } from '@tabler/icons-react'
import { useState } from 'react'
import { presentOutbox } from '../outbox/outbox.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import classes from './Courses.module.css'
import { useCourseProgress } from './use-course-progress.ts'

/** Lets the reader of a step without questions say that it is done. It is written down on this device first, so that nothing undoes it. */
export function MarkDone({ course_id, step }: { course_id: string; step: { id: string; title: string } }) {
  const { stepOf, kept_step_ids } = useCourseProgress(course_id)
  const [error, setError] = useState<unknown>(null)
  const standing = stepOf(step.id)
  if (standing === null || !standing.is_self_marked) return null
  const mark = () => {
    setError(null)
    presentOutbox()
      .add('complete', { body: { step_id: step.id } }, step.title)
      .catch(setError)
  }
  return (
    <div className={classes.markDone}>
      {standing.completed ? (
        <Group gap={8} wrap="nowrap">
          <IconCircleCheckFilled size={20} color="var(--gradus-tone-green)" aria-hidden />
          <Text role="status">
            Done{kept_step_ids.has(step.id) && <span className={classes.soon}>; kept on this device until the server has it</span>}
          </Text>
        </Group>
      ) : (
        <Button variant="light" leftSection={<IconCheck size={16} aria-hidden />} onClick={mark}>
          Mark as done
        </Button>
      )}
      <ErrorLine error={error} />
    </div>
  )
}
