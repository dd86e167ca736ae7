import { type GraderAccount, listGraders, listQueues, type QueueDepth, renewGraderSecret, updateGrader } from '@gradus/contract/queues'
import { Button, Group, Modal, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import { useChange } from '../api/calls.ts'
import { useUser } from '../api/session.ts'
import { Secret } from '../identity/Secret.tsx'
import teach from '../teach/Teach.module.css'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import { ServedQueues, StrictSwitch } from './GraderForm.tsx'
import { OnOff } from './OnOff.tsx'

interface Props {
  graders: readonly GraderAccount[]
  queues: readonly QueueDepth[]
}

/** The accounts of graders and learning management systems. */
export function GraderTable({ graders, queues }: Props) {
  const user = useUser()
  const renew = useChange(renewGraderSecret, [listGraders])
  const [renewed, setRenewed] = useState<{ username: string; secret: string } | null>(null)
  const onRenew = async ({ id, username }: GraderAccount) =>
    setRenewed({ username, secret: (await renew.mutateAsync({ params: { grader_account_id: id } })).secret })
  return (
    <Stack gap="sm">
      {renewed !== null && <Secret what={`new secret of ${renewed.username}`} value={renewed.secret} onDone={() => setRenewed(null)} />}
      <Table className={teach.rows} aria-label="Grader accounts">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Account</Table.Th>
            <Table.Th>Queues</Table.Th>
            <Table.Th>Answers</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th className={teach.number}>Holds now</Table.Th>
            <Table.Th>Last sign-in</Table.Th>
            {user.is_admin && (
              <Table.Th>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {graders.map((grader) => (
            <Table.Tr key={grader.id}>
              <Table.Td className="mono">
                <bdi>{grader.username}</bdi>
              </Table.Td>
              <Table.Td data-label="Queues" className="mono">
                {grader.queues.join(', ')}
              </Table.Td>
              <Table.Td data-short data-label="Answers">
                {grader.strict_status ? 'Status codes' : 'Envelope'}
              </Table.Td>
              <Table.Td data-short data-label="State" className={teach.fit}>
                <OnOff is_on={!grader.is_disabled} />
              </Table.Td>
              <Table.Td data-short data-label="Holds now" className={teach.number}>
                {grader.leases}
              </Table.Td>
              <Table.Td data-label="Last sign-in">
                {grader.last_login_at === null ? 'none lately' : <TimeText at={grader.last_login_at} show="relative" />}
              </Table.Td>
              {user.is_admin && (
                <Table.Td>
                  <div className={teach.actions}>
                    <ChangeGrader grader={grader} queues={queues} />
                    <ConfirmButton
                      size="compact-sm"
                      variant="subtle"
                      aria-label={`New secret: ${grader.username}`}
                      title={`A new secret for ${grader.username}?`}
                      consequence={`The old secret and every session that used it end at once: ${grader.username} gets nothing more until it has the new one.${heldWords(grader)}`}
                      verb="Draw a new secret"
                      onConfirm={() => onRenew(grader)}
                    >
                      New secret
                    </ConfirmButton>
                    <SwitchGrader grader={grader} />
                  </div>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  )
}

const heldWords = ({ leases }: GraderAccount): string =>
  leases === 0 ? '' : ` ${leases === 1 ? 'The job it holds goes' : `The ${leases} jobs it holds go`} to another when the lease ends.`

function SwitchGrader({ grader }: { grader: GraderAccount }) {
  const update = useChange(updateGrader, [listGraders, listQueues])
  const { id, username, is_disabled } = grader
  return (
    <ConfirmButton
      size="compact-sm"
      variant="subtle"
      aria-label={is_disabled ? `Switch on: ${username}` : `Switch off: ${username}`}
      title={is_disabled ? `Let ${username} in again?` : `Switch ${username} off?`}
      consequence={
        is_disabled
          ? 'It can log in again with the secret it has.'
          : `Its sessions end at once and it is let in no more. Other accounts go on.${heldWords(grader)}`
      }
      verb={is_disabled ? 'Switch it on' : 'Switch it off'}
      onConfirm={() => update.mutateAsync({ params: { grader_account_id: id }, body: { is_disabled: !is_disabled } })}
    >
      {is_disabled ? 'Switch on' : 'Switch off'}
    </ConfirmButton>
  )
}

function ChangeGrader({ grader, queues }: { grader: GraderAccount; queues: readonly QueueDepth[] }) {
  const update = useChange(updateGrader, [listGraders, listQueues])
  const [isOpen, setIsOpen] = useState(false)
  const [served, setServed] = useState(grader.queues)
  const [strict_status, setStrict] = useState(grader.strict_status)
  const open = () => {
    setServed(grader.queues)
    setStrict(grader.strict_status)
    update.reset()
    setIsOpen(true)
  }
  const save = async () => {
    await update.mutateAsync({ params: { grader_account_id: grader.id }, body: { queues: served, strict_status } })
    setIsOpen(false)
  }
  return (
    <>
      <Button size="compact-sm" variant="subtle" aria-label={`Change: ${grader.username}`} onClick={open}>
        Change
      </Button>
      <Modal opened={isOpen} onClose={() => setIsOpen(false)} title={`Change ${grader.username}`} centered>
        <Stack gap="md">
          <ServedQueues queues={queues} value={served} onChange={setServed} />
          <StrictSwitch checked={strict_status} onChange={setStrict} />
          <Text size="sm">Counts at once; its secret stays.</Text>
          <ErrorLine error={update.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setIsOpen(false)}>
              Cancel
            </Button>
            <Button loading={update.isPending} disabled={served.length === 0} onClick={() => void save().catch(() => undefined)}>
              Save
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
