import { IconTools } from '@tabler/icons-react'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** Writes a material or an assignment. */
export function StepPage() {
  usePageTitle('Step')
  return (
    <Page>
      <EmptyState icon={IconTools} title="Step">
        This page is not built yet. The API at /docs can do what it will do.
      </EmptyState>
    </Page>
  )
}
