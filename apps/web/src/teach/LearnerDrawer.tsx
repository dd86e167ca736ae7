import {
  getAggregateStats,
  getLearnerProgress,
  type LearnerLine,
  listEnrolledLearners,
  resetProgress,
  type StepProgress,
} from '@gradus/contract/progress'
import { Anchor, Drawer, Group, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCircle, IconCircleCheckFilled, IconCircleHalf2 } from '@tabler/icons-react'
import { useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import type { CourseOutline } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ErrorState } from '../ui/ErrorState.tsx'
import { FormButton, ReasonField } from '../ui/FormButton.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { percentText } from '../ui/percent.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import { LearnerCertificate } from './LearnerCertificate.tsx'
import classes from './Learners.module.css'

interface Props {
  course: CourseOutline
  learner: LearnerLine
  onClose: () => void
}

/** One learner: every step, the certificate, and what staff may take back. */
export function LearnerDrawer({ course, learner, onClose }: Props) {
  const call = useCall(getLearnerProgress, { params: { course_id: course.id, user_id: learner.user_id } })
  const { data } = call
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(560px, 100%)"
      title={<bdi style={{ fontWeight: 650, fontSize: 17, overflowWrap: 'anywhere' }}>{learner.display_name}</bdi>}
    >
      <Stack gap="lg">
        <div>
          <Text size="sm" c="dimmed">
            {learner.email}
          </Text>
          <Text size="sm">
            Enrolled <TimeText at={learner.enrolled_at} />.{' '}
            {learner.last_active_at === null ? (
              'Never active.'
            ) : (
              <>
                Last active <TimeText at={learner.last_active_at} show="relative" />.
              </>
            )}
          </Text>
          <Anchor component={RouteLink} to={paths.teachSubmissions(course.slug, { learner: learner.user_id })} size="sm">
            Everything handed in
          </Anchor>
        </div>
        {call.isPending && <LoadingState shape="text" rows={8} />}
        {call.isError && <ErrorState error={call.error} onRetry={() => void call.refetch()} />}
        {data !== undefined && (
          <>
            <LearnerCertificate course={course} progress={data} />
            {data.modules
              .filter((module) => module.steps_total > 0)
              .map((module) => (
                <section key={module.module_id} aria-labelledby={`learner-${module.module_id}`}>
                  <Title order={3} size="h4" id={`learner-${module.module_id}`} style={{ overflowWrap: 'anywhere' }}>
                    <bdi>{module.title}</bdi>
                  </Title>
                  <Text size="sm" c="dimmed" className="tabular">
                    {module.steps_completed} of {module.steps_total} steps done
                  </Text>
                  <ul className={classes.steps}>
                    {data.steps
                      .filter((step) => step.module_id === module.module_id)
                      .map((step) => (
                        <Step key={step.step_id} course={course} learner={learner} step={step} />
                      ))}
                  </ul>
                </section>
              ))}
          </>
        )}
      </Stack>
    </Drawer>
  )
}

function Step({ course, learner, step }: { course: CourseOutline; learner: LearnerLine; step: StepProgress }) {
  const title = course.modules.flatMap((module) => module.steps).find((each) => each.id === step.step_id)?.title ?? 'A step'
  const isTouched = step.completed || step.attempts > 0
  const Icon = step.completed ? IconCircleCheckFilled : isTouched ? IconCircleHalf2 : IconCircle
  return (
    <li className={classes.step}>
      <span className={classes.stepName}>
        <Group gap={6} wrap="nowrap" align="flex-start">
          <Icon
            size={16}
            aria-hidden
            style={{ flexShrink: 0, marginTop: 2, color: step.completed ? 'var(--gradus-tone-green)' : 'var(--mantine-color-dimmed)' }}
          />
          <span>
            <bdi>{title}</bdi>
            <Text size="xs" c="dimmed" className="tabular">
              {step.completed_at === null ? (
                isTouched ? (
                  'Not done'
                ) : (
                  'Nothing yet'
                )
              ) : (
                <>
                  Done <TimeText at={step.completed_at} show="absolute" />
                </>
              )}
              {step.score !== null && `, best score ${percentText(step.score * 100)}`}
              {step.attempts > 0 && `, ${step.attempts} ${step.attempts === 1 ? 'attempt' : 'attempts'}`}
            </Text>
          </span>
        </Group>
      </span>
      {(step.completed || step.score !== null) && <Reset course={course} learner={learner} step={step} title={title} />}
    </li>
  )
}

/** Takes a completion and its score back, with a reason: the only way progress goes down. */
function Reset({ course, learner, step, title }: { course: CourseOutline; learner: LearnerLine; step: StepProgress; title: string }) {
  const change = useChange(resetProgress, [getLearnerProgress, listEnrolledLearners, getAggregateStats])
  const [reason, setReason] = useState('')
  const send = async () => {
    await change.mutateAsync({ params: { course_id: course.id }, body: { user_id: learner.user_id, step_id: step.step_id, reason: reason.trim() } })
    setReason('')
    notifications.show({ color: 'green', message: `“${title}” is not done any more. It counts again when it is done once more.` })
  }
  return (
    <FormButton
      label="Take back"
      aria-label={`Take back: ${title}`}
      title="Take this step back?"
      verb="Take it back"
      is_red
      is_ready={reason.trim() !== ''}
      onSend={send}
      is_busy={change.isPending}
      error={change.error}
    >
      <Text size="sm">
        “<bdi>{title}</bdi>” will not be done any more for <bdi>{learner.display_name}</bdi>, and its best score is forgotten.{' '}
        {step.attempts > 0 && `The ${step.attempts === 1 ? 'attempt stays' : `${step.attempts} attempts stay`}, with everything handed in. `}
        {step.is_self_marked ? 'It is done again when the learner marks it.' : 'It is done again with its next result that suffices.'} A certificate
        stays; revoking it is a step of its own.
      </Text>
      <ReasonField value={reason} onChange={setReason} placeholder="Marked by mistake" />
    </FormButton>
  )
}
