import { IconTools } from '@tabler/icons-react'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** Page. */
export function AccountPage() {
  usePageTitle('Account')
  return (
    <Page>
      <EmptyState icon={IconTools} title="Account">
        This page is not built yet. The API at /docs can do what it will do.
      </EmptyState>
    </Page>
  )
}
