import { Alert, Button, Group, Text } from '@mantine/core'
import { IconDeviceFloppy } from '@tabler/icons-react'
import { TimeText } from '../ui/TimeText.tsx'

/** Says that the page shows what this device kept, not what the server has, and offers the other. */
export function KeptNote({ kept_at, onDrop, onLeaveIt }: { kept_at: string; onDrop: () => void; onLeaveIt: () => void }) {
  return (
    <Alert color="yellow" icon={<IconDeviceFloppy size={18} aria-hidden />} title="This is what you wrote before, and did not save">
      <Text size="sm" component="div" mb="xs">
        This device kept it <TimeText at={kept_at} show="relative" />. Save it, or go back to what is stored on the server.
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={onLeaveIt}>
          Go on with it
        </Button>
        <Button size="xs" variant="subtle" color="red" onClick={onDrop}>
          Throw it away
        </Button>
      </Group>
    </Alert>
  )
}
