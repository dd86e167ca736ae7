import { IconTools } from '@tabler/icons-react'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** Page. */
export function HomePage() {
  usePageTitle('My courses')
  return (
    <Page>
      <EmptyState icon={IconTools} title="x">
        This page is not built yet. The API at /docs can do what it will do.
      </EmptyState>
    </Page>
  )
}
