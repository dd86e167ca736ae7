import type { CourseProgress } from '@gradus/contract/progress'
import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconBooks } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useMe } from '../api/session.ts'
import { useGo, useRouteParams } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Points } from '../ui/Points.tsx'
import { percentText } from '../ui/percent.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import { Availability } from './Availability.tsx'
import { CourseProgressCard } from './CourseProgressCard.tsx'
import classes from './Courses.module.css'
import { EnrolCard } from './EnrolCard.tsx'
import { StepDot } from './StepDot.tsx'
import { stepAddress } from './step-address.ts'
import { type CourseOutline, mayIn, type OutlineStep, useCourse } from './use-course.ts'
import { type Standing, useCourseProgress } from './use-course-progress.ts'
import { useRenewal } from './use-renewal.ts'

function StepRow({ course, step, standing }: { course: CourseOutline; step: OutlineStep; standing: Standing }) {
  return (
    <li className={classes.row}>
      <StepDot
        kind={step.kind}
        my_state={step.my_state}
        is_done={standing.stepOf(step.id)?.completed === true}
        is_kept={standing.kept_step_ids.has(step.id)}
      />
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

function ModuleProgress({ module }: { module: CourseProgress['modules'][number] | undefined }) {
  if (module === undefined || module.steps_total === 0) return null
  return (
    <Text size="sm" c="dimmed" className="tabular">
      {module.steps_completed} of {module.steps_total} done · {percentText(module.completion_pct)}
    </Text>
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
  useRenewal(steps.some((step) => step.my_state === 'waiting'))
  const got = steps.reduce((sum, step) => sum + (step.points ?? 0), 0)
  const possible = steps.reduce((sum, step) => sum + step.points_possible, 0)
  const isStaff = mayIn(course, 'submissions.read_all')
  const user = useMe()
  const mayEnrol = user != null && course.my_role === null && course.is_open_to_guests && !isStaff
  const standing = useCourseProgress(course.id)
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
            {mayEnrol && <EnrolCard course={course} />}
            {!isStaff && <CourseProgressCard course={course} standing={standing} />}
            {course.modules.map((module) => (
              <section key={module.id} aria-labelledby={`module-${module.id}`}>
                <Group justify="space-between" align="baseline" gap="sm" mb={8}>
                  <Title order={2} size="h3" id={`module-${module.id}`} dir="auto" style={{ overflowWrap: 'anywhere' }}>
                    {module.title}
                  </Title>
                  {!isStaff && <ModuleProgress module={standing.progress?.modules.find((each) => each.module_id === module.id)} />}
                </Group>
                <Paper>
                  {module.steps.length === 0 ? (
                    <Text size="sm" c="dimmed" p="sm">
                      Nothing in this module yet.
                    </Text>
                  ) : (
                    <ul className={classes.rows}>
                      {module.steps.map((step) => (
                        <StepRow key={step.id} course={course} step={step} standing={standing} />
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
