import { IconTools } from '@tabler/icons-react'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** Title, time zone and state of the course. */
export function SettingsPage() {
  usePageTitle('Settings')
  return (
    <Page>
      <EmptyState icon={IconTools} title="Settings">
        This page is not built yet. The API at /docs can do what it will do.
      </EmptyState>
    </Page>
  )
}
