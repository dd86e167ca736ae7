import { Badge } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'

/** Whether a queue or an account is in use. */
export function OnOff({ is_on }: { is_on: boolean }) {
  const Icon = is_on ? IconPlayerPlay : IconPlayerPause
  return (
    <Badge color={is_on ? 'green' : 'gray'} variant="light" tt="none" radius="sm" leftSection={<Icon size={12} aria-hidden />} miw="max-content">
      {is_on ? 'On' : 'Off'}
    </Badge>
  )
}
