import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { Page, usePageTitle } from './PageHead.tsx'

/** An address that leads nowhere. */
export function NotFound() {
  usePageTitle('Nothing here')
  return (
    <Page>
      <EmptyState
        order={1}
        icon={IconMapOff}
        title="Nothing is at this address"
        action={
          <Button component={RouteLink} to={paths.home()}>
            To my courses
          </Button>
        }
      >
        The link may be mistyped, or what it led to was removed. Ctrl K finds courses, steps and questions by name.
      </EmptyState>
    </Page>
  )
}
