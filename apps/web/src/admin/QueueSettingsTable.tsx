import { listQueues, type QueueDepth, updateQueue } from '@gradus/contract/queues'
import { Button, Group, Modal, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import { useChange } from '../api/calls.ts'
import { useUser } from '../api/session.ts'
import teach from '../teach/Teach.module.css'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import { duration } from '../ui/time.ts'
import { OnOff } from './OnOff.tsx'
import { LeaseFields } from './QueueForm.tsx'
import { SwitchQueue } from './SwitchQueue.tsx'

/** How each queue of external graders is set. */
export function QueueSettingsTable({ queues }: { queues: readonly QueueDepth[] }) {
  const user = useUser()
  return (
    <Table className={teach.rows} aria-label="Queues of external graders">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Queue</Table.Th>
          <Table.Th className={teach.number}>Lease</Table.Th>
          <Table.Th className={teach.number}>Deliveries</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>Graders</Table.Th>
          <Table.Th>Open since</Table.Th>
          {user.is_admin && (
            <Table.Th>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          )}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {queues.map((queue) => (
          <Table.Tr key={queue.name}>
            <Table.Td className="mono">
              <bdi>{queue.name}</bdi>
            </Table.Td>
            <Table.Td data-short data-label="Lease" className={teach.number}>
              {queue.lease_seconds < 120 ? `${queue.lease_seconds} s` : duration(queue.lease_seconds * 1000)}
            </Table.Td>
            <Table.Td data-short data-label="Deliveries" className={teach.number}>
              {queue.max_deliveries}
            </Table.Td>
            <Table.Td data-short data-label="State" className={teach.fit}>
              <OnOff is_on={queue.is_enabled} />
            </Table.Td>
            <Table.Td data-label="Graders" className="mono">
              {queue.graders.length === 0 ? 'none' : queue.graders.join(', ')}
            </Table.Td>
            <Table.Td data-label="Open since">
              <TimeText at={queue.created_at} show="absolute" />
            </Table.Td>
            {user.is_admin && (
              <Table.Td>
                <div className={teach.actions}>
                  <ChangeQueue queue={queue} />
                  <SwitchQueue queue={queue} />
                </div>
              </Table.Td>
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function ChangeQueue({ queue }: { queue: QueueDepth }) {
  const update = useChange(updateQueue, [listQueues])
  const [isOpen, setIsOpen] = useState(false)
  const [lease_seconds, setLease] = useState(queue.lease_seconds)
  const [max_deliveries, setMax] = useState(queue.max_deliveries)
  const open = () => {
    setLease(queue.lease_seconds)
    setMax(queue.max_deliveries)
    update.reset()
    setIsOpen(true)
  }
  const save = async () => {
    await update.mutateAsync({ params: { queue_name: queue.name }, body: { lease_seconds, max_deliveries } })
    setIsOpen(false)
  }
  return (
    <>
      <Button size="compact-sm" variant="subtle" aria-label={`Change: ${queue.name}`} onClick={open}>
        Change
      </Button>
      <Modal opened={isOpen} onClose={() => setIsOpen(false)} title={`Change ${queue.name}`} centered>
        <Stack gap="md">
          <Group gap="sm" align="flex-end">
            <LeaseFields lease_seconds={lease_seconds} max_deliveries={max_deliveries} onLease={setLease} onMax={setMax} />
          </Group>
          <Text size="sm">
            Counts from the next job that is handed out. {queue.pulled > 0 && `${queue.pulled} held now keep the lease they have. `}Failed jobs stay
            failed until they are put back.
          </Text>
          <ErrorLine error={update.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setIsOpen(false)}>
              Cancel
            </Button>
            <Button loading={update.isPending} onClick={() => void save().catch(() => undefined)}>
              Save
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
