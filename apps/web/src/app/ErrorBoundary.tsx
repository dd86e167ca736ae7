import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { Component, type ReactNode } from 'react'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'

/** A page's part could not be fetched: after an update of the server its old name is gone. */
const isMissingPart = (error: unknown): boolean =>
  error instanceof Error && /dynamically imported module|importing a module script|preload CSS/i.test(error.message)

/** What a page shows in place of itself when it failed. */
export function PageFailure({ error, reset }: { error: unknown; reset?: () => void }) {
  if (isMissingPart(error)) {
    return (
      <EmptyState
        order={1}
        icon={IconRefresh}
        title="Gradus was updated"
        action={<Button onClick={() => window.location.reload()}>Load the new version</Button>}
      >
        This page belongs to the version before. What you wrote is kept on this device.
      </EmptyState>
    )
  }
  return <ErrorState order={1} error={error} onRetry={reset ?? (() => window.location.reload())} />
}

/** The last net, around everything: without it a fault of ours would leave a white page. A class because React offers no other way. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null }
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override render() {
    return this.state.error === null ? this.props.children : <PageFailure error={this.state.error} />
  }
}
