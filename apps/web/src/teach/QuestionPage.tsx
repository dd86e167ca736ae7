import { getQuestion, getQuestionVersion } from '@gradus/contract/questions'
import { IconPuzzle } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { useUser } from '../api/session.ts'
import { useRouteParams } from '../app/address.ts'
import { Page } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { AuthorPage } from './AuthorPage.tsx'
import { ReaderPage } from './ReaderPage.tsx'

/** A question for its author to write, or for another teacher to read. */
export function QuestionPage() {
  const { question } = useRouteParams('question')
  return question === 'new' ? <AuthorPage key="new" question={null} version={null} /> : <ExistingQuestion key={question} question_id={question} />
}

function ExistingQuestion({ question_id }: { question_id: string }) {
  const user = useUser()
  const question = useCall(getQuestion, { params: { question_id } })
  const newest = question.data?.versions[0]?.number
  const version = useCall(
    getQuestionVersion,
    { params: { question_id, number: newest ?? 1 } },
    { is_enabled: newest !== undefined, keep_previous: true },
  )
  if (question.data !== undefined && version.data !== undefined) {
    const mayEdit = question.data.is_mine || user.is_admin
    return mayEdit ? <AuthorPage question={question.data} version={version.data} /> : <ReaderPage question={question.data} version={version.data} />
  }
  const failed = question.error ?? version.error
  return (
    <Page width="wide">
      {failed !== null ? (
        <ErrorState order={1} error={failed} title="This question could not be shown" onRetry={() => void question.refetch()} />
      ) : question.data !== undefined && newest === undefined ? (
        <EmptyState order={1} icon={IconPuzzle} title={question.data.title}>
          {question.data.owner_name} has not published this question yet.
        </EmptyState>
      ) : (
        <LoadingState />
      )}
    </Page>
  )
}
