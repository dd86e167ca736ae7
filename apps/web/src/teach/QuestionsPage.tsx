import { IconTools } from '@tabler/icons-react'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** The questions a teacher owns or may use. */
export function QuestionsPage() {
  usePageTitle('Questions')
  return (
    <Page>
      <EmptyState icon={IconTools} title="Questions">
        This page is not built yet. The API at /docs can do what it will do.
      </EmptyState>
    </Page>
  )
}
