import { Anchor, Badge, Group, Text } from '@mantine/core'
import { mayIn, useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { pointsText } from '../ui/Points.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { MovePin } from './MovePin.tsx'
import type { Question } from './use-author.ts'

/** Where a question is asked, and in which version. Those of the present course can be moved from here. */
export function Placements({ question, can_move }: { question: Question; can_move: boolean }) {
  const course = useCourse()
  const steps = course.modules.flatMap((module) => module.steps)
  return (
    <ul style={{ margin: 0, paddingInlineStart: 18 }}>
      {question.placements.map((placement) => {
        const step = steps.find((each) => each.assignment_id === placement.assignment_id)
        const isOld = question.latest_published !== null && placement.version_number < question.latest_published
        return (
          <li key={placement.assignment_question_id} style={{ overflowWrap: 'anywhere' }}>
            <Group gap="xs">
              <Text size="sm" component="span">
                <Anchor
                  component={RouteLink}
                  to={step === undefined ? paths.course(placement.course_id) : paths.teachStep(course.slug, step.id)}
                  size="sm"
                  underline="always"
                >
                  <bdi>{placement.assignment_title}</bdi>
                </Anchor>{' '}
                in <bdi>{placement.course_title}</bdi>
                {placement.points_override !== null &&
                  `, ${pointsText(placement.points_override)} ${placement.points_override === 1 ? 'point' : 'points'}`}
              </Text>
              <Badge variant="light" color={isOld ? 'orange' : 'gray'} tt="none" radius="sm">
                Version {placement.version_number}
              </Badge>
              {can_move && isOld && step !== undefined && mayIn(course, 'course.edit') && (
                <MovePin
                  question_id={question.id}
                  assignment_question_id={placement.assignment_question_id}
                  from={placement.version_number}
                  to={question.latest_published!}
                />
              )}
            </Group>
          </li>
        )
      })}
    </ul>
  )
}
