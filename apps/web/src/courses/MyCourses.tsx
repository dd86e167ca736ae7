import { listCourses } from '@gradus/contract/courses'
import type { ReplyOf } from '@gradus/contract/endpoint'
import { Badge, Button, Group, Paper, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconBook2, IconPlus } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { useUser } from '../api/session.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { JoinField } from '../roster/JoinField.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { Points } from '../ui/Points.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import classes from './Courses.module.css'
import { OpenCourses } from './OpenCourses.tsx'

type MyCourse = ReplyOf<typeof listCourses>['courses'][number]

const roleWords = { owner: 'You own this', teacher: 'You teach here', ta: 'You assist here', student: null } as const

const openToAll = { title: 'Open to everybody', text: 'You may look into these, and enrol if you like.' }

function CourseCard({ course }: { course: MyCourse }) {
  const isStudent = course.my_role === 'student'
  const role = course.my_role === null ? 'Administrator' : roleWords[course.my_role]
  const percent = course.points_possible > 0 ? (100 * course.points) / course.points_possible : 0
  return (
    <Paper p="md" className={classes.card}>
      <Stack gap={8} h="100%">
        <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
          <Title order={2} size="h3" dir="auto" style={{ overflowWrap: 'anywhere' }}>
            <RouteLink to={paths.course(course.slug)} className={classes.cover}>
              {course.title}
            </RouteLink>
          </Title>
          {course.state !== 'published' && (
            <Badge color="gray" variant="light" tt="none" radius="sm" style={{ flexShrink: 0 }}>
              {course.state === 'draft' ? 'Draft' : 'Archived'}
            </Badge>
          )}
        </Group>
        {course.summary !== '' && (
          <Text size="sm" c="dimmed" lineClamp={2} dir="auto">
            {course.summary}
          </Text>
        )}
        <span style={{ flex: 1 }} />
        {isStudent && course.points_possible === 0 ? null : isStudent ? (
          <>
            <Group justify="space-between" gap="xs">
              <Text size="sm">
                <Points got={course.points} of={course.points_possible} />
              </Text>
              {course.due_next?.due_at != null && (
                <Text size="sm" c="dimmed">
                  Next due <TimeText at={course.due_next.due_at} zone={course.time_zone} show="relative" />
                </Text>
              )}
            </Group>
            <Progress value={percent} size="sm" aria-label={`${Math.round(percent)} % of the points`} />
          </>
        ) : (
          <Group justify="space-between" gap="xs">
            <Text size="sm" c="dimmed" className="tabular">
              {role}
              {course.student_count !== null && ` · ${course.student_count} ${course.student_count === 1 ? 'student' : 'students'}`}
            </Text>
            <Button
              component={RouteLink}
              to={paths.teach(course.slug)}
              size="xs"
              variant="default"
              className={classes.above}
              aria-label={`Teach ${course.title}`}
            >
              Teach
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  )
}

/** What is due next over all courses, soonest first. */
function DueNext({ courses }: { courses: MyCourse[] }) {
  const due = courses
    .filter((course) => course.my_role === 'student' && course.due_next?.due_at != null)
    .sort((a, b) => (a.due_next!.due_at! < b.due_next!.due_at! ? -1 : 1))
    .slice(0, 5)
  if (due.length === 0) return null
  return (
    <section aria-labelledby="due-next">
      <Title order={2} size="h3" id="due-next" mb="xs">
        Due next
      </Title>
      <Paper>
        <ul className={classes.rows}>
          {due.map((course) => (
            <li key={course.id} className={classes.row}>
              <div style={{ flex: '1 1 200px', minWidth: 0 }}>
                <RouteLink to={paths.question(course.slug, course.due_next!.assignment_id, 1)} className={classes.rowLink}>
                  {course.due_next!.title}
                </RouteLink>
                <Text size="sm" c="dimmed" dir="auto">
                  {course.title}
                </Text>
              </div>
              <Text size="sm">
                due <TimeText at={course.due_next!.due_at!} zone={course.time_zone} />
              </Text>
              <Text size="sm" className={classes.number}>
                <Points got={course.due_next!.points} of={course.due_next!.points_possible} />
              </Text>
            </li>
          ))}
        </ul>
      </Paper>
    </section>
  )
}

/** My courses: what is due, where I stand, and a way into a new one. */
export function MyCourses() {
  const user = useUser()
  const courses = useCall(listCourses, {})
  const make = user.is_creator ? (
    <Button component={RouteLink} to={paths.newCourse()} leftSection={<IconPlus size={16} aria-hidden />}>
      New course
    </Button>
  ) : undefined
  return (
    <Page>
      <PageHead title="My courses" actions={make} />
      {courses.data === undefined ? (
        courses.error !== null ? (
          <ErrorState error={courses.error} title="Your courses could not be shown" onRetry={() => void courses.refetch()} />
        ) : (
          <LoadingState shape="cards" rows={3} />
        )
      ) : courses.data.courses.length === 0 ? (
        <>
          <EmptyState icon={IconBook2} title="You are in no course yet" action={<JoinField label="Join code" />}>
            Your teacher gives you a code of a few letters and digits. {user.is_creator && 'Or make a course of your own.'}
          </EmptyState>
          <OpenCourses {...openToAll} />
        </>
      ) : (
        <Stack gap="xl">
          <DueNext courses={courses.data.courses} />
          <section aria-label="All my courses">
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
              {courses.data.courses.map((course) => (
                <CourseCard key={course.id} course={course} />
              ))}
            </SimpleGrid>
          </section>
          <JoinField />
          <OpenCourses {...openToAll} without={courses.data.courses.map((course) => course.id)} />
        </Stack>
      )}
    </Page>
  )
}
