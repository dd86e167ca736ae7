import { getAssignment, getAssignmentQuestion } from '@gradus/contract/courses'
import { listMySubmissions } from '@gradus/contract/submissions'
import { IconListCheck } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { useRouteParams } from '../app/address.ts'
import { Page } from '../app/PageHead.tsx'
import { useCourse } from '../courses/use-course.ts'
import { preloadEditor } from '../ui/CodeEditor.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { FileDesk } from './FileDesk.tsx'
import { QuestionDesk } from './QuestionDesk.tsx'
import classes from './Submissions.module.css'

// The editor travels while the question is being read.
preloadEditor()

/** Finds the question an address names (the n-th of its assignment) and brings everything its page needs. */
export function QuestionPage() {
  const course = useCourse()
  const { assignment: assignment_id, n } = useRouteParams('assignment', 'n')
  const assignment = useCall(getAssignment, { params: { assignment_id } })
  const placed = assignment.data?.questions.toSorted((a, b) => a.position - b.position)[Number(n) - 1]
  const params = { assignment_question_id: placed?.id ?? '' }
  const question = useCall(getAssignmentQuestion, { params }, { is_enabled: placed !== undefined })
  const attempts = useCall(listMySubmissions, { params }, { is_enabled: placed !== undefined })

  const failed = [assignment, question].find((call) => call.error !== null && call.data === undefined)
  if (failed !== undefined) {
    return (
      <Page>
        <ErrorState order={1} error={failed.error} title="This question could not be shown" onRetry={() => void failed.refetch()} />
      </Page>
    )
  }
  if (assignment.data !== undefined && placed === undefined) {
    return (
      <Page>
        <EmptyState order={1} icon={IconListCheck} title={`There is no question ${n}`}>
          This assignment has {assignment.data.questions.length} {assignment.data.questions.length === 1 ? 'question' : 'questions'}. It may have been
          taken out.
        </EmptyState>
      </Page>
    )
  }
  if (question.data?.file === null && question.data.languages.length === 0) {
    return (
      <Page>
        <EmptyState order={1} icon={IconListCheck} title="No language is offered here">
          This assignment allows no language that the question has. Tell your teacher: it is set where the question is placed.
        </EmptyState>
      </Page>
    )
  }
  // The editor starts from the newest attempt where this device keeps nothing: attempts come first, or their failure.
  if (assignment.data === undefined || question.data === undefined || attempts.isPending) {
    return (
      <div className={classes.desk} data-fills>
        <LoadingState shape="panes" />
      </div>
    )
  }
  if (question.data.file !== null)
    return (
      <FileDesk
        key={question.data.id}
        course={course}
        question={question.data}
        instructions={assignment.data.instructions_markdown}
        number={Number(n)}
        attempts={attempts.data?.submissions ?? []}
      />
    )
  return (
    <QuestionDesk
      key={question.data.id}
      course={course}
      question={question.data}
      instructions={assignment.data.instructions_markdown}
      number={Number(n)}
      attempts={attempts.data?.submissions ?? []}
      attempts_error={attempts.error}
    />
  )
}
