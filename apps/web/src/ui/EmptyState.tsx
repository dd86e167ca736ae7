import { Stack, Text, ThemeIcon, Title } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface Props {
  icon: Icon
  title: string
  /** What this place will show, in a sentence. */
  children: ReactNode
  /** 1 where this is the whole page and nothing else is its heading. */
  order?: 1 | 2
  /** The one button that makes it so. */
  action?: ReactNode
}

/** An empty place that teaches: what will be here, and the one thing to do about it. */
export function EmptyState({ icon: Icon, title, children, action, order = 2 }: Props) {
  return (
    <Stack align="center" gap="sm" py={48} px="md" maw={480} mx="auto" ta="center">
      <ThemeIcon variant="light" color="gray" size={48} radius="xl" aria-hidden>
        <Icon size={26} stroke={1.5} />
      </ThemeIcon>
      <Title order={order} size="h3">
        {title}
      </Title>
      <Text c="dimmed" component="div">
        {children}
      </Text>
      {action}
    </Stack>
  )
}
