import { getAssignment, getCourse, getStep, updatePlacement } from '@gradus/contract/courses'
import { getQuestion } from '@gradus/contract/questions'
import { Anchor } from '@mantine/core'
import { useChange } from '../api/calls.ts'
import { useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'

interface Props {
  question_id: string
  assignment_question_id: string
  from: number
  to: number
  onMoved?: () => void
}

/** Moves one placement to another version, after saying what that changes and what not (R70). */
export function MovePin({ question_id, assignment_question_id, from, to, onMoved }: Props) {
  const course = useCourse()
  const update = useChange(updatePlacement, [getStep, getAssignment, getCourse, getQuestion])
  return (
    <ConfirmButton
      size="compact-sm"
      variant="light"
      title={`Ask version ${to} here?`}
      consequence={
        <>
          This assignment asks version {to} instead of {from} from now on. What has been handed in keeps its verdicts and points. You can move back at
          any time.{' '}
          <Anchor component={RouteLink} to={`${paths.teachQuestion(course.slug, question_id)}?tab=versions`} underline="always">
            See what changed
          </Anchor>
        </>
      }
      verb={`Move to version ${to}`}
      onConfirm={async () => {
        await update.mutateAsync({ params: { assignment_question_id }, body: { version_number: to } })
        onMoved?.()
      }}
    >
      Move to version {to}
    </ConfirmButton>
  )
}
