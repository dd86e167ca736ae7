import { IconTools } from '@tabler/icons-react'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** Who is in the course. */
export function PeoplePage() {
  usePageTitle('People')
  return (
    <Page>
      <EmptyState icon={IconTools} title="People">
        This page is not built yet. The API at /docs can do what it will do.
      </EmptyState>
    </Page>
  )
}
