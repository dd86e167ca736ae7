import { getAdminSystem } from '@gradus/contract/system'
import { Badge, Group, Paper, Stack, Table, Text, Title } from '@mantine/core'
import { useCall } from '../api/calls.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import classes from '../teach/Teach.module.css'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { languageNames } from '../ui/languages.ts'
import { TimeText } from '../ui/TimeText.tsx'
import { duration } from '../ui/time.ts'

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
            <Table className={classes.rows}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Queue</Table.Th>
                  <Table.Th className={classes.number}>Waiting</Table.Th>
                  <Table.Th className={classes.number}>Oldest</Table.Th>
                  <Table.Th className={classes.number}>Running</Table.Th>
                  <Table.Th className={classes.number}>Needs staff</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {system.data.queues.map((queue) => (
                  <Table.Tr key={queue.name}>
                    <Table.Td className="mono">{queue.name}</Table.Td>
                    <Table.Td data-label="Waiting" className={classes.number}>
                      {queue.waiting}
                    </Table.Td>
                    <Table.Td data-label="Oldest" className={classes.number}>
                      {queue.oldest_waiting_seconds === null ? '–' : duration(queue.oldest_waiting_seconds * 1000)}
                    </Table.Td>
                    <Table.Td data-label="Running" className={classes.number}>
                      {queue.pulled}
                    </Table.Td>
                    <Table.Td data-label="Needs staff" className={classes.number}>
                      {queue.failed > 0 ? <strong style={{ color: 'var(--gradus-tone-red)' }}>{queue.failed}</strong> : 0}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
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
