import type { QueueDepth } from '@gradus/contract/queues'
import { Anchor, Badge, Stack } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconPlugConnected, IconPlugConnectedX, IconX } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useSearchWords } from '../app/address.ts'
import { paths } from '../paths.ts'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import classes from './Admin.module.css'
import { JobsSection } from './JobsSection.tsx'
import { saysNothing } from './job-filters.ts'
import { QueuesFrame } from './QueuesFrame.tsx'
import { QueueTable } from './QueueTable.tsx'
import { summaryOf } from './queue-state.ts'
import { useQueues } from './use-queues.ts'

/** The monitor: how every queue stands, live, and below it the jobs, failed ones first. */
export function QueuesPage() {
  const { queues, is_live } = useQueues()
  const known = queues.data?.queues
  useFailedFirst(known)
  return (
    <QueuesFrame tab="monitor" aside={known !== undefined && <LiveBadge is_live={is_live} />}>
      {known === undefined ? (
        queues.isError ? (
          <ErrorState error={queues.error} title="The queues could not be shown" onRetry={() => void queues.refetch()} />
        ) : (
          <LoadingState shape="rows" rows={8} />
        )
      ) : (
        <Stack gap="lg">
          <div>
            <Summary queues={known} />
            <ErrorLine error={queues.error} />
            <QueueTable queues={known} />
          </div>
          <JobsSection queues={known} />
        </Stack>
      )}
    </QueuesFrame>
  )
}

/**
 * Where the address says nothing, failed jobs are shown if there are any. Decided once for each visit: a list that changed its filter
 * under the reader, because the last failed job went or the first one came, would be worse than either.
 */
function useFailedFirst(queues: readonly QueueDepth[] | undefined): void {
  const [words, change] = useSearchWords()
  const isDecided = useRef(false)
  const isOpen = saysNothing(words)
  useEffect(() => {
    if (!isOpen) isDecided.current = false
    else if (queues !== undefined && !isDecided.current) {
      isDecided.current = true
      if (queues.some((queue) => queue.failed > 0)) change({ state: 'failed' })
    }
  }, [isOpen, queues, change])
}

function LiveBadge({ is_live }: { is_live: boolean }) {
  const Icon = is_live ? IconPlugConnected : IconPlugConnectedX
  return (
    <Badge color={is_live ? 'green' : 'gray'} variant="light" tt="none" radius="sm" leftSection={<Icon size={14} aria-hidden />} role="status">
      {is_live ? 'Live' : 'Connecting; looks again every few seconds'}
    </Badge>
  )
}

const signs = { red: IconX, orange: IconAlertTriangle, gray: IconCircleCheck } as const

function Summary({ queues }: { queues: readonly QueueDepth[] }) {
  const { tone, sentence } = summaryOf(queues)
  const Icon = signs[tone]
  const color = `var(--gradus-tone-${tone === 'gray' ? 'green' : tone})`
  return (
    <p className={classes.summary} role="status" style={{ margin: '0 0 8px' }}>
      <Icon size={18} aria-hidden color={color} style={{ flexShrink: 0 }} />
      {sentence}
      {tone === 'red' && (
        <Anchor
          component={RouteLink}
          to={paths.adminQueues(queues.some((queue) => queue.failed > 0) ? { state: 'failed' } : { state: 'all', undelivered: 'yes' })}
          size="sm"
          underline="always"
        >
          Show them
        </Anchor>
      )}
    </p>
  )
}
