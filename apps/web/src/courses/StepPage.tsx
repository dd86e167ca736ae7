import { getStep } from '@gradus/contract/courses'
import type { ReplyOf } from '@gradus/contract/endpoint'
import { Badge, Button, Paper, Stack, Text, Title } from '@mantine/core'
import { IconArrowLeft, IconArrowRight, IconListCheck } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { useRouteParams } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { Markdown } from '../ui/Markdown.tsx'
import { Points } from '../ui/Points.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { Availability } from './Availability.tsx'
import classes from './Courses.module.css'
import { MarkDone } from './MarkDone.tsx'
import { neighbours } from './next-step.ts'
import { StepDot } from './StepDot.tsx'
import { stepAddress } from './step-address.ts'
import { type CourseOutline, mayIn, useCourse } from './use-course.ts'

type Assignment = NonNullable<ReplyOf<typeof getStep>['assignment']>
type Placed = Assignment['questions'][number]

const dotOf = (question: Placed) => {
  if (question.is_waiting) return 'waiting' as const
  if (question.my_points === null) return 'not_started' as const
  return question.my_points >= question.points_possible ? ('full' as const) : ('partial' as const)
}

const countedWords = { best: 'your best attempt counts', latest: 'your latest attempt counts', first: 'your first attempt counts' } as const

function AssignmentBody({ course, assignment }: { course: CourseOutline; assignment: Assignment }) {
  const questions = [...assignment.questions].sort((a, b) => a.position - b.position)
  const attempts =
    assignment.max_attempts === null
      ? 'As many attempts as you like'
      : `${assignment.max_attempts} ${assignment.max_attempts === 1 ? 'attempt' : 'attempts'} at each question`
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed" component="div">
        <Availability times={assignment} zone={course.time_zone} /> {attempts}; {countedWords[assignment.graded_attempt]}.
      </Text>
      {assignment.instructions_markdown.trim() !== '' && <Markdown>{assignment.instructions_markdown}</Markdown>}
      {questions.length === 0 ? (
        <EmptyState icon={IconListCheck} title="No questions yet">
          The questions of this assignment will stand here.
        </EmptyState>
      ) : (
        <section aria-label="Questions">
          <Paper>
            <ol className={classes.rows}>
              {questions.map((question, index) => (
                <li key={question.id} className={classes.row}>
                  <StepDot kind="assignment" my_state={dotOf(question)} />
                  <div className={classes.stepText}>
                    <RouteLink to={paths.question(course.slug, assignment.id, index + 1)} className={classes.rowLink} dir="auto">
                      {index + 1}. {question.title}
                    </RouteLink>
                  </div>
                  <span className={classes.facts}>
                    {question.my_attempts > 0 && `${question.my_attempts} ${question.my_attempts === 1 ? 'attempt' : 'attempts'}`}
                  </span>
                  <Text size="sm" className={classes.number}>
                    <Points got={question.my_points} of={question.points_possible} />
                  </Text>
                </li>
              ))}
            </ol>
          </Paper>
        </section>
      )}
    </Stack>
  )
}

/** The way to the steps before and after, in the course's order. */
function StepNav({ course, step_id }: { course: CourseOutline; step_id: string }) {
  const { before, after } = neighbours(course, step_id)
  if (before === null && after === null) return null
  return (
    <nav aria-label="Steps" className={classes.stepNav}>
      {before !== null ? (
        <Button
          component={RouteLink}
          to={stepAddress(course.slug, before)}
          variant="default"
          leftSection={<IconArrowLeft size={16} aria-hidden />}
          maw="100%"
        >
          {before.title}
        </Button>
      ) : (
        <span />
      )}
      {after !== null && (
        <Button
          component={RouteLink}
          to={stepAddress(course.slug, after)}
          variant="default"
          rightSection={<IconArrowRight size={16} aria-hidden />}
          maw="100%"
        >
          {after.title}
        </Button>
      )}
    </nav>
  )
}

/** A step: a material to read, or an assignment with its questions. */
export function StepPage() {
  const course = useCourse()
  const { step: step_id } = useRouteParams('step')
  const step = useCall(getStep, { params: { step_id } })
  if (step.data === undefined) {
    return (
      <Page>
        {step.error !== null ? (
          <ErrorState order={1} error={step.error} title="This step could not be shown" onRetry={() => void step.refetch()} />
        ) : (
          <LoadingState />
        )}
      </Page>
    )
  }
  const { data } = step
  const module = course.modules.find((each) => each.id === data.module_id)
  return (
    <Page>
      <PageHead
        title={data.title}
        crumbs={[
          { label: 'Courses', to: paths.home() },
          { label: course.title, to: paths.course(course.slug) },
          ...(module === undefined ? [] : [{ label: module.title }]),
        ]}
        aside={
          data.state === 'draft' ? (
            <Badge color="gray" variant="light" tt="none" radius="sm">
              Draft: students do not see it
            </Badge>
          ) : undefined
        }
        actions={
          mayIn(course, 'course.edit') ? (
            <Button component={RouteLink} to={paths.teachStep(course.slug, data.id)} variant="default">
              Edit
            </Button>
          ) : undefined
        }
      />
      {data.kind === 'material' &&
        (data.body_markdown === null || data.body_markdown.trim() === '' ? (
          <Title order={2} size="h4" c="dimmed" fw={400}>
            This material has no text yet.
          </Title>
        ) : (
          <Markdown>{data.body_markdown}</Markdown>
        ))}
      {data.assignment !== null && <AssignmentBody course={course} assignment={data.assignment} />}
      {data.state === 'published' && <MarkDone course_id={course.id} step={data} />}
      <StepNav course={course} step_id={data.id} />
    </Page>
  )
}
