import { listGraders } from '@gradus/contract/queues'
import { Stack, Text, Title } from '@mantine/core'
import { IconRobot, IconStack2 } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { useUser } from '../api/session.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { GraderForm } from './GraderForm.tsx'
import { GraderTable } from './GraderTable.tsx'
import { QueueForm } from './QueueForm.tsx'
import { QueueSettingsTable } from './QueueSettingsTable.tsx'
import { QueuesFrame } from './QueuesFrame.tsx'
import { useQueues } from './use-queues.ts'

/** Which queues external graders serve, and the accounts they log in with. Administrators change them, operators read. */
export function QueueSettingsPage() {
  const user = useUser()
  const { queues } = useQueues()
  const graders = useCall(listGraders, {}, { refetch_ms: 10_000 })
  const external = queues.data?.queues.filter((queue) => queue.is_external) ?? []
  const failed = queues.data === undefined ? queues : graders.data === undefined ? graders : null
  return (
    <QueuesFrame tab="settings">
      {failed !== null ? (
        failed.isError ? (
          <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
        ) : (
          <LoadingState shape="rows" rows={8} />
        )
      ) : (
        <Stack gap="xl">
          {!user.is_admin && (
            <Text size="sm" c="dimmed">
              Administrators of this server change what stands here; operators read it.
            </Text>
          )}
          <section aria-labelledby="queues">
            <Title order={2} size="h3" id="queues" mb={4}>
              Queues of external graders
            </Title>
            <Text size="sm" c="dimmed" mb="sm" maw="80ch">
              A grader takes a job and holds it for a lease. Without an answer in that time the job goes to the next who asks; handed out as often as
              the queue allows, it has failed and needs an operator.
            </Text>
            {external.length === 0 ? (
              <EmptyState icon={IconStack2} title="No queue is open yet">
                Questions name a queue, and graders of your own serve it. The first one needs a name, the same that the grader is configured with.
              </EmptyState>
            ) : (
              <QueueSettingsTable queues={external} />
            )}
            {user.is_admin && <QueueForm />}
          </section>
          <section aria-labelledby="graders">
            <Title order={2} size="h3" id="graders" mb={4}>
              Grader accounts
            </Title>
            <Text size="sm" c="dimmed" mb="sm" maw="80ch">
              External graders and learning management systems log in with a name and a secret, and reach the queues named here and nothing else.
            </Text>
            {graders.data!.graders.length === 0 ? (
              <EmptyState icon={IconRobot} title="No grader account yet">
                {external.length === 0
                  ? 'Open a queue first, then make an account that serves it.'
                  : 'Make one, and put its name and secret into the grader’s settings.'}
              </EmptyState>
            ) : (
              <GraderTable graders={graders.data!.graders} queues={external} />
            )}
            {user.is_admin && external.length > 0 && <GraderForm queues={external} />}
          </section>
        </Stack>
      )}
    </QueuesFrame>
  )
}
