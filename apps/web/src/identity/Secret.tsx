import { Alert, Button, CopyButton, Group, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

/** A secret at the one time it is shown. */
export function Secret({ what, value, onDone }: { what: string; value: string; onDone: () => void }) {
  return (
    <Alert color="green" title={`Copy the ${what} now: it is not shown again`} role="status">
      <Group gap="sm">
        <Text className="mono" size="sm" style={{ overflowWrap: 'anywhere', userSelect: 'all' }}>
          {value}
        </Text>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button
              size="compact-sm"
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button size="compact-sm" variant="default" onClick={onDone}>
          I have it
        </Button>
      </Group>
    </Alert>
  )
}
