import { IconTools } from '@tabler/icons-react'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** The outline of a course, for those who write it. */
export function OverviewPage() {
  usePageTitle('Overview')
  return (
    <Page>
      <EmptyState icon={IconTools} title="Overview">
        This page is not built yet. The API at /docs can do what it will do.
      </EmptyState>
    </Page>
  )
}
