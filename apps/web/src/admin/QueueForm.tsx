import { createQueue, listExternalQueues, listQueues } from '@gradus/contract/queues'
import { Button, Group, Paper, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { NumberField } from '../teach/NumberField.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'

/** What a queue is opened with unless somebody knows better: the contract's own. */
const LEASE_SECONDS = 60
const MAX_DELIVERIES = 5

/** Opens a queue. */
export function QueueForm() {
  const make = useChange(createQueue, [listQueues, listExternalQueues])
  const [name, setName] = useState('')
  const [lease_seconds, setLease] = useState(LEASE_SECONDS)
  const [max_deliveries, setMax] = useState(MAX_DELIVERIES)
  const fields = fieldProblems(make.error)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const made = await make.mutateAsync({ body: { name: name.trim(), lease_seconds, max_deliveries } })
    setName('')
    notifications.show({ color: 'green', message: `The queue ${made.name} is open. Now name it in a grader account.` })
  }
  return (
    <Paper p="sm" mt="sm">
      <form onSubmit={(event) => void submit(event).catch(() => undefined)} aria-label="Open a queue">
        <Group gap="sm" align="flex-end">
          <TextInput
            label="Open a queue"
            description="As graders and learning management systems call it"
            placeholder="sorting-lab"
            required
            maxLength={128}
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            error={fields.name}
            classNames={{ input: 'mono' }}
            style={{ flex: '1 1 240px', maxWidth: 360 }}
          />
          <LeaseFields lease_seconds={lease_seconds} max_deliveries={max_deliveries} onLease={setLease} onMax={setMax} />
          <Button type="submit" loading={make.isPending} disabled={name.trim() === ''}>
            Open the queue
          </Button>
        </Group>
        <ErrorLine error={make.error} />
      </form>
    </Paper>
  )
}

interface LeaseProps {
  lease_seconds: number
  max_deliveries: number
  onLease: (seconds: number) => void
  onMax: (count: number) => void
}

/** How long a job is held and how often it is handed out, in the bounds of the contract. */
export function LeaseFields({ lease_seconds, max_deliveries, onLease, onMax }: LeaseProps) {
  return (
    <>
      <NumberField
        label="Lease in seconds"
        description="Longer than the slowest grading"
        value={lease_seconds}
        min={1}
        max={86_400}
        allowDecimal={false}
        w={190}
        onChange={onLease}
      />
      <NumberField
        label="Deliveries"
        description="Then it has failed"
        value={max_deliveries}
        min={1}
        max={100}
        allowDecimal={false}
        w={150}
        onChange={onMax}
      />
    </>
  )
}
