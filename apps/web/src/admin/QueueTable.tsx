import type { QueueDepth } from '@gradus/contract/queues'
import { Anchor, Group, Table, Text } from '@mantine/core'
import { useUser } from '../api/session.ts'
import { paths } from '../paths.ts'
import teach from '../teach/Teach.module.css'
import { RouteLink } from '../ui/RouteLink.tsx'
import { duration } from '../ui/time.ts'
import classes from './Admin.module.css'
import { OnOff } from './OnOff.tsx'
import { adviceFor, waitingIn } from './queue-state.ts'
import { Sparkline } from './Sparkline.tsx'
import { SwitchQueue } from './SwitchQueue.tsx'

/** One line a queue: what waits, for how long, who holds what, what failed, how fast it goes. */
export function QueueTable({ queues }: { queues: readonly QueueDepth[] }) {
  return (
    <Table className={teach.rows} aria-label="Queues">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Queue</Table.Th>
          <Table.Th className={teach.number}>Waiting</Table.Th>
          <Table.Th className={teach.number}>Oldest</Table.Th>
          <Table.Th className={teach.number}>Pulled</Table.Th>
          <Table.Th className={teach.number}>Failed</Table.Th>
          <Table.Th className={teach.number}>Retired a minute</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>Graders</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {queues.map((queue) => (
          <QueueRow key={queue.name} queue={queue} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Count({ count, to, label, is_bad = false }: { count: number; to: string; label: string; is_bad?: boolean }) {
  return count === 0 ? (
    <span>0</span>
  ) : (
    <Anchor
      component={RouteLink}
      to={to}
      size="sm"
      underline="always"
      aria-label={label}
      {...(is_bad ? { c: 'var(--gradus-tone-red)', fw: 700 } : {})}
    >
      {count}
    </Anchor>
  )
}

function QueueRow({ queue }: { queue: QueueDepth }) {
  const user = useUser()
  const { name } = queue
  const advice = adviceFor(queue)
  const waiting = waitingIn(queue)
  const per_minute = queue.retired_per_minute
  return (
    <Table.Tr>
      <Table.Td style={{ minWidth: 220 }}>
        <div className={classes.two}>
          <Anchor component={RouteLink} to={paths.adminQueues({ state: 'all', queue: name })} className="mono" size="sm" dir="auto">
            {name}
          </Anchor>
          <span className={classes.advice} style={{ color: advice === null ? undefined : `var(--gradus-tone-${advice.tone})` }}>
            {advice?.sentence ?? (
              <span className={classes.second}>
                {queue.is_external ? `${queue.lease_seconds} s a lease, ${queue.max_deliveries} deliveries` : 'Our own workers'}
              </span>
            )}
          </span>
        </div>
      </Table.Td>
      <Table.Td data-short data-label="Waiting" className={teach.number}>
        <div className={classes.two}>
          <span>{waiting}</span>
          {queue.retry > 0 && <span className={classes.second}>{queue.retry} again</span>}
        </div>
      </Table.Td>
      <Table.Td data-short data-label="Oldest" className={teach.number}>
        {queue.oldest_waiting_seconds === null ? '–' : duration(queue.oldest_waiting_seconds * 1000)}
      </Table.Td>
      <Table.Td data-short data-label="Pulled" className={teach.number}>
        <Count count={queue.pulled} to={paths.adminQueues({ state: 'pulled', queue: name })} label={`${queue.pulled} pulled in ${name}`} />
      </Table.Td>
      <Table.Td data-short data-label="Failed" className={teach.number}>
        <Count count={queue.failed} to={paths.adminQueues({ state: 'failed', queue: name })} label={`${queue.failed} failed in ${name}`} is_bad />
      </Table.Td>
      <Table.Td data-short data-label="Retired a minute" className={teach.number}>
        <div className={classes.rate}>
          <Sparkline per_minute={per_minute} />
          <span style={{ minWidth: 28, textAlign: 'end' }}>{per_minute.at(-2) ?? 0}</span>
        </div>
      </Table.Td>
      <Table.Td data-short data-label="State" className={teach.fit}>
        <Group gap={8} wrap="nowrap">
          <OnOff is_on={queue.is_enabled} />
          {user.is_admin && queue.is_external && <SwitchQueue queue={queue} />}
        </Group>
      </Table.Td>
      <Table.Td data-label="Graders">
        <Graders queue={queue} />
      </Table.Td>
    </Table.Tr>
  )
}

const SHOWN = 3

function Graders({ queue: { graders, is_external } }: { queue: QueueDepth }) {
  if (!is_external)
    return (
      <Text size="xs" c="dimmed">
        under System
      </Text>
    )
  if (graders.length === 0)
    return (
      <Anchor component={RouteLink} to={paths.adminQueueSettings()} size="sm">
        none yet
      </Anchor>
    )
  return (
    <span className="mono" style={{ fontSize: 12 }} title={graders.join(', ')}>
      {graders.slice(0, SHOWN).join(', ')}
      {graders.length > SHOWN && `, ${graders.length - SHOWN} more`}
    </span>
  )
}
