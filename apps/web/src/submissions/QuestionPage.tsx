import { IconTools } from '@tabler/icons-react'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** Page. */
export function QuestionPage() {
  usePageTitle('Question')
  return (
    <Page>
      <EmptyState icon={IconTools} title="Question">
        This page is not built yet. The API at /docs can do what it will do.
      </EmptyState>
    </Page>
  )
}
