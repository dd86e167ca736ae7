import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconArrowRight, IconBooks, IconConfetti } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useGo, useRouteParams } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Points } from '../ui/Points.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { useNow } from '../ui/use-now.ts'
import { Availability } from './Availability.tsx'
import classes from './Courses.module.css'
import { nextStep } from './next-step.ts'
import { StepDot } from './StepDot.tsx'
import { stepAddress } from './step-address.ts'
import { type CourseOutline, mayIn, type OutlineStep, useCourse } from './use-course.ts'

function StepRow({ course, step }: { course: CourseOutline; step: OutlineStep }) {
  return (
    <li className={classes.row}>
      <StepDot kind={step.kind} my_state={step.my_state} />
      <div className={classes.stepText}>
        <RouteLink to={stepAddress(course.slug, step)} className={classes.rowLink} dir="auto">
          {step.title}
        </RouteLink>{' '}
        {step.state === 'draft' && (
          <Badge color="gray" variant="light" tt="none" radius="sm" size="sm">
            Draft
          </Badge>
        )}
      </div>
      {step.kind === 'assignment' && (
        <>
          <span className={classes.facts}>
            {!(step.my_state === 'full' && step.availability === 'late') && <Availability times={step} zone={course.time_zone} />}
          </span>
          <Text size="sm" className={classes.number}>
            <Points got={step.points} of={step.points_possible} />
          </Text>
        </>
      )}
    </li>
  )
}

function NextThing({ course }: { course: CourseOutline }) {
  const steps = course.modules.flatMap((module) => module.steps)
  const next = nextStep(course, useNow())
  if (next !== null) {
    const isBegun = next.my_state === 'partial'
    return (
      <Paper p="md" className={classes.next}>
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
            {isBegun ? 'Go on' : 'Start'}
          </Button>
        </Group>
      </Paper>
    )
  }
  const hasWork = steps.some((step) => step.kind === 'assignment')
  if (!hasWork) return null
  const isWaiting = steps.some((step) => step.my_state === 'waiting')
  return (
    <Paper p="md" className={classes.next}>
      <Group gap="sm" wrap="nowrap">
        <IconConfetti size={22} stroke={1.6} aria-hidden />
        <Text>
          {isWaiting ? 'You have handed in everything that is open; some of it is still being graded.' : 'Nothing is left to do here right now.'}
        </Text>
      </Group>
    </Paper>
  )
}

/** A course: its modules and steps, where I stand with each, and the next thing to do. */
export function CoursePage() {
  const course = useCourse()
  const { course: asked } = useRouteParams('course')
  const go = useGo()
  // A join or an old link may name the course by its id; the address people copy should have its words.
  useEffect(() => {
    if (asked !== course.slug) go(paths.course(course.slug), { replace: true })
  }, [asked, course.slug, go])
  const steps = course.modules.flatMap((module) => module.steps)
  const got = steps.reduce((sum, step) => sum + (step.points ?? 0), 0)
  const possible = steps.reduce((sum, step) => sum + step.points_possible, 0)
  const isStaff = mayIn(course, 'submissions.read_all')
  return (
    <Page>
      <PageHead
        title={course.title}
        crumbs={[{ label: 'Courses', to: paths.home() }, { label: course.title }]}
        aside={
          course.state === 'published' ? undefined : (
            <Badge color="gray" variant="light" tt="none" radius="sm">
              {course.state === 'draft' ? 'Draft: students do not see it' : 'Archived'}
            </Badge>
          )
        }
        actions={
          isStaff ? (
            <Button component={RouteLink} to={paths.teach(course.slug)} variant="default">
              Teach
            </Button>
          ) : (
            possible > 0 && (
              <Text fw={600}>
                <Points got={got} of={possible} />
              </Text>
            )
          )
        }
      />
      <Stack gap="lg">
        {course.summary !== '' && (
          <Text c="dimmed" maw="72ch" dir="auto">
            {course.summary}
          </Text>
        )}
        {steps.length === 0 ? (
          <EmptyState
            icon={IconBooks}
            title="Nothing is published here yet"
            action={
              mayIn(course, 'course.edit') ? (
                <Button component={RouteLink} to={paths.teach(course.slug)}>
                  Write the first module
                </Button>
              ) : undefined
            }
          >
            Modules with their materials and assignments will stand here, with what is due and your points.
          </EmptyState>
        ) : (
          <>
            {!isStaff && <NextThing course={course} />}
            {course.modules.map((module) => (
              <section key={module.id} aria-labelledby={`module-${module.id}`}>
                <Title order={2} size="h3" id={`module-${module.id}`} mb={8} dir="auto" style={{ overflowWrap: 'anywhere' }}>
                  {module.title}
                </Title>
                <Paper>
                  {module.steps.length === 0 ? (
                    <Text size="sm" c="dimmed" p="sm">
                      Nothing in this module yet.
                    </Text>
                  ) : (
                    <ul className={classes.rows}>
                      {module.steps.map((step) => (
                        <StepRow key={step.id} course={course} step={step} />
                      ))}
                    </ul>
                  )}
                </Paper>
              </section>
            ))}
          </>
        )}
      </Stack>
    </Page>
  )
}
