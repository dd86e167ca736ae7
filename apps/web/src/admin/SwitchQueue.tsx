import { listExternalQueues, listQueues, type QueueDepth, updateQueue } from '@gradus/contract/queues'
import { useChange } from '../api/calls.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'

/** Switches a queue off or on, and says before what that means for what waits and for what is held. */
export function SwitchQueue({ queue: { name, is_enabled, pulled } }: { queue: QueueDepth }) {
  const update = useChange(updateQueue, [listQueues, listExternalQueues])
  const held = pulled === 1 ? 'The job that is pulled now' : `The ${pulled} jobs that are pulled now`
  return (
    <ConfirmButton
      size="compact-sm"
      miw="max-content"
      variant={is_enabled ? 'default' : 'light'}
      aria-label={is_enabled ? `Switch off: ${name}` : `Switch on: ${name}`}
      title={is_enabled ? `Switch ${name} off?` : `Switch ${name} on?`}
      consequence={
        is_enabled
          ? `Hand-ins still come in and wait; nothing is handed out. ${pulled > 0 ? `${held} may still be answered. ` : ''}Nothing is lost: switch it on again and the work goes on.`
          : 'What waits is handed out again, the oldest first.'
      }
      verb={is_enabled ? 'Switch it off' : 'Switch it on'}
      onConfirm={() => update.mutateAsync({ params: { queue_name: name }, body: { is_enabled: !is_enabled } })}
    >
      {is_enabled ? 'Switch off' : 'Switch on'}
    </ConfirmButton>
  )
}
