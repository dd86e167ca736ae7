import { IconTools } from '@tabler/icons-react'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** Hand-ins of the course. */
export function SubmissionsPage() {
  usePageTitle('Submissions')
  return (
    <Page>
      <EmptyState icon={IconTools} title="Submissions">
        This page is not built yet. The API at /docs can do what it will do.
      </EmptyState>
    </Page>
  )
}
