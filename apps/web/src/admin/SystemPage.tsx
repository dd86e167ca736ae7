import { IconTools } from '@tabler/icons-react'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** Queues, grading machines and recent errors. */
export function SystemPage() {
  usePageTitle('System')
  return (
    <Page>
      <EmptyState icon={IconTools} title="System">
        This page is not built yet. The API at /docs can do what it will do.
      </EmptyState>
    </Page>
  )
}
