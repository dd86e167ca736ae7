import { IconTools } from '@tabler/icons-react'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** Accounts of this server. */
export function PeoplePage() {
  usePageTitle('Accounts')
  return (
    <Page>
      <EmptyState icon={IconTools} title="Accounts">
        This page is not built yet. The API at /docs can do what it will do.
      </EmptyState>
    </Page>
  )
}
