import { IconTools } from '@tabler/icons-react'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** Makes a course. */
export function NewCoursePage() {
  usePageTitle('New course')
  return (
    <Page>
      <EmptyState icon={IconTools} title="New course">
        This page is not built yet. The API at /docs can do what it will do.
      </EmptyState>
    </Page>
  )
}
