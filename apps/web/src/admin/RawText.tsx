import { Button, CopyButton, Group, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import classes from './Admin.module.css'

/** A text exactly as it came, in a frame that scrolls, to read and to copy. */
export function RawText({ title, text, empty }: { title: string; text: string; empty: string }) {
  return (
    <figure style={{ margin: 0, minWidth: 0 }}>
      <Group justify="space-between" mb={4}>
        <Text component="figcaption" size="sm" fw={600}>
          {title}
        </Text>
        {text !== '' && (
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button
                size="compact-xs"
                variant="default"
                onClick={copy}
                aria-label={`Copy ${title.toLowerCase()}`}
                leftSection={copied ? <IconCheck size={12} aria-hidden /> : <IconCopy size={12} aria-hidden />}
              >
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        )}
      </Group>
      {text === '' ? (
        <Text size="sm" c="dimmed">
          {empty}
        </Text>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <pre className={classes.raw} tabIndex={0}>
          {text}
        </pre>
      )}
    </figure>
  )
}
