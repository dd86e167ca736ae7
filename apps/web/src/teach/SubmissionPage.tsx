import { IconTools } from '@tabler/icons-react'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** One hand-in, for staff. */
export function SubmissionPage() {
  usePageTitle('Submission')
  return (
    <Page>
      <EmptyState icon={IconTools} title="Submission">
        This page is not built yet. The API at /docs can do what it will do.
      </EmptyState>
    </Page>
  )
}
