import type { ReplyOf } from '@gradus/contract/endpoint'
import { getAdminSystem } from '@gradus/contract/system'
import { Anchor, Badge, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useCall } from '../api/calls.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import classes from '../teach/Teach.module.css'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { languageNames } from '../ui/languages.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import { TimeText } from '../ui/TimeText.tsx'

type System = ReplyOf<typeof getAdminSystem>

function queuesSentence(queues: System['queues']): string {
  const total = (of: (queue: System['queues'][number]) => number): number => queues.reduce((sum, queue) => sum + of(queue), 0)
  const [waiting, pulled, failed] = [total((q) => q.waiting), total((q) => q.pulled), total((q) => q.failed)]
  return `${waiting} ${waiting === 1 ? 'job waits' : 'jobs wait'}, ${pulled} ${pulled === 1 ? 'runs' : 'run'}, ${failed === 0 ? 'none has failed' : `${failed} failed and ${failed === 1 ? 'needs' : 'need'} you`}.`
}

/** Queues, grading machines and recent faults at a glance, renewed every few seconds. */
export function SystemPage() {
  const system = useCall(getAdminSystem, {}, { refetch_ms: 5_000 })
  return (
    <Page width="wide">
      <PageHead title="System" crumbs={[{ label: 'Administration' }]} />
      {system.isPending && <LoadingState />}
      {system.isError && <ErrorState error={system.error} onRetry={() => void system.refetch()} />}
      {system.data !== undefined && (
        <Stack gap="lg">
          <section aria-labelledby="queues">
            <Title order={2} size="h3" id="queues" mb={8}>
              Queues
            </Title>
            <Text size="sm">
              {queuesSentence(system.data.queues)}{' '}
              <Anchor component={RouteLink} to={paths.adminQueues()} size="sm" underline="always">
                Open the monitor
              </Anchor>
            </Text>
          </section>
          <section aria-labelledby="machines">
            <Title order={2} size="h3" id="machines" mb={8}>
              Grading machines
            </Title>
            {system.data.graders.length === 0 ? (
              <Text c="dimmed">
                None has asked for work yet. Start one with <code>npm run worker</code>; <code>npm run doctor</code> says what it can grade.
              </Text>
            ) : (
              <Stack gap="xs">
                {system.data.graders.map((grader) => (
                  <Paper key={grader.name} p="sm">
                    <Group justify="space-between">
                      <Text className="mono" size="sm" style={{ overflowWrap: 'anywhere' }}>
                        {grader.name}
                      </Text>
                      <Text size="sm" c="dimmed">
                        {grader.slots === 1 ? '1 job' : `${grader.slots} jobs`} at once, seen <TimeText at={grader.last_seen_at} show="relative" />
                      </Text>
                    </Group>
                    <Group gap={6} mt={6}>
                      {grader.languages.map((each) => (
                        <Badge key={each.language} variant="light" tt="none" radius="sm" title={each.runtime}>
                          {languageNames[each.language]}, {each.sandbox}
                        </Badge>
                      ))}
                    </Group>
                  </Paper>
                ))}
              </Stack>
            )}
          </section>
          <section aria-labelledby="faults">
            <Title order={2} size="h3" id="faults" mb={8}>
              Recent faults
            </Title>
            {system.data.errors.length === 0 ? (
              <Text c="dimmed">None. Every unexpected error of the server stands here with its request id.</Text>
            ) : (
              <Stack gap="xs">
                {system.data.errors.map((fault) => (
                  <Paper key={fault.request_id + fault.at} p="sm">
                    <Group justify="space-between">
                      <Text size="sm" className="mono">
                        {fault.route}
                      </Text>
                      <TimeText at={fault.at} />
                    </Group>
                    <Text size="xs" c="dimmed" className="mono">
                      {fault.request_id}
                    </Text>
                    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
                    <pre className={`mono ${classes.output}`} tabIndex={0}>
                      {fault.detail}
                    </pre>
                  </Paper>
                ))}
              </Stack>
            )}
          </section>
        </Stack>
      )}
    </Page>
  )
}
