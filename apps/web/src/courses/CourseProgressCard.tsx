import { Button, Group, Paper, Progress, Stack, Text } from '@mantine/core'
import { IconArrowRight, IconCertificate, IconCircleCheckFilled } from '@tabler/icons-react'
import { paths } from '../paths.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { percentText } from '../ui/percent.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import { useNow } from '../ui/use-now.ts'
import { Availability } from './Availability.tsx'
import classes from './Courses.module.css'
import { nextStep } from './next-step.ts'
import { stepAddress } from './step-address.ts'
import type { CourseOutline } from './use-course.ts'
import type { Standing } from './use-course-progress.ts'

function NextThing({ course, standing }: { course: CourseOutline; standing: Standing }) {
  const next = nextStep(course, standing.stepOf, useNow())
  if (next === null) {
    const isWaiting = course.modules.some((module) => module.steps.some((step) => step.my_state === 'waiting'))
    return (
      <Text>
        {isWaiting ? 'You have handed in everything that is open; some of it is still being graded.' : 'Nothing is left to do here right now.'}
      </Text>
    )
  }
  return (
    <Group justify="space-between" gap="sm">
      <div style={{ minWidth: 0 }}>
        <Text size="sm" c="dimmed">
          Next for you
        </Text>
        <Text fw={650} size="lg" dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {next.title}
        </Text>
        <Availability times={next} zone={course.time_zone} />
      </div>
      <Button component={RouteLink} to={stepAddress(course.slug, next)} rightSection={<IconArrowRight size={16} aria-hidden />}>
        {next.my_state === 'partial' ? 'Go on' : 'Start'}
      </Button>
    </Group>
  )
}

/** Every step is done: says so, and leads to the certificate. */
function CourseDone({ course, standing }: { course: CourseOutline; standing: Standing }) {
  const certificate = standing.progress?.certificate ?? null
  return (
    <Group justify="space-between" gap="sm">
      <Group gap={10} wrap="nowrap" style={{ flex: '1 1 260px' }}>
        <IconCircleCheckFilled size={24} color="var(--gradus-tone-green)" aria-hidden style={{ flexShrink: 0 }} />
        <Text fw={650} role="status">
          You have done every step of this course.
        </Text>
      </Group>
      {certificate !== null ? (
        <Button component={RouteLink} to={paths.certificate(course.slug)} leftSection={<IconCertificate size={18} aria-hidden />}>
          See your certificate
        </Button>
      ) : (
        standing.kept_step_ids.size > 0 && (
          <Text size="sm" c="dimmed">
            Your certificate is issued as soon as the server has what is kept on this device.
          </Text>
        )
      )}
    </Group>
  )
}

/** Where the learner stands in the whole course, and the next thing to do, or that it is done. */
export function CourseProgressCard({ course, standing }: { course: CourseOutline; standing: Standing }) {
  const { progress } = standing
  if (progress === null) {
    return (
      <Paper p="md" className={classes.next}>
        <Stack gap="xs">
          <ErrorLine error={standing.error} />
          <Text size="sm" c="dimmed">
            So it cannot be said here what you have done. Nothing of it is lost.
          </Text>
          <Group>
            <Button variant="default" size="compact-sm" onClick={standing.retry}>
              Read my progress again
            </Button>
          </Group>
        </Stack>
      </Paper>
    )
  }
  const total = progress.steps.length
  if (total === 0) return null
  const done = progress.steps.filter((step) => step.completed).length
  const percent = percentText(progress.course_completion_pct)
  return (
    <Paper p="md" className={classes.next}>
      <Stack gap="sm">
        <div>
          <Group justify="space-between" gap="sm" mb={6}>
            <Text fw={600} className="tabular">
              {done} of {total} {total === 1 ? 'step' : 'steps'} done
            </Text>
            <Text className="tabular">{percent}</Text>
          </Group>
          <Progress value={progress.course_completion_pct} size="md" color="green" aria-label={`${percent} of the course done`} />
        </div>
        {done === total ? <CourseDone course={course} standing={standing} /> : <NextThing course={course} standing={standing} />}
        {done < total && progress.certificate !== null && (
          <Text size="sm" c="dimmed">
            Steps were added since you finished. <RouteLink to={paths.certificate(course.slug)}>Your certificate</RouteLink> stays as it is.
          </Text>
        )}
      </Stack>
    </Paper>
  )
}
