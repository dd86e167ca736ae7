import { getCourse, listCourses, listOpenCourses } from '@gradus/contract/courses'
import { enrolMyself } from '@gradus/contract/progress'
import { Button, Group, Paper, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useChange } from '../api/calls.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import type { CourseOutline } from './use-course.ts'

/** Offers a user who looks into an open course to enrol in it (R53). */
export function EnrolCard({ course }: { course: Pick<CourseOutline, 'id' | 'title'> }) {
  const enrol = useChange(enrolMyself, [getCourse, listCourses, listOpenCourses])
  const start = async () => {
    await enrol.mutateAsync({ params: { course_id: course.id } })
    notifications.show({ color: 'green', message: `You are enrolled in ${course.title}. It stands among your courses now.` })
  }
  return (
    <Paper p="md">
      <Group justify="space-between" gap="sm">
        <Text style={{ flex: '1 1 280px' }}>
          This course is open to everybody. Enrol, and it stands among your courses and your teacher sees your progress.
        </Text>
        <Button onClick={() => void start().catch(() => undefined)} loading={enrol.isPending}>
          Enrol in this course
        </Button>
      </Group>
      <ErrorLine error={enrol.error} />
    </Paper>
  )
}
