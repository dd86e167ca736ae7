import { Button, Group, NativeSelect, Text } from '@mantine/core'
import type { Pages } from './pages.ts'

interface PagerProps {
  pages: Pages
  /** The cursor of the page after this one, null when this is the last. */
  next: string | null
  count: number
  /** What a row is, in small letters: one and many. */
  noun: { one: string; many: string }
}

/** Newer and older, where one stands, and how many rows a page holds. */
export function Pager({ pages, next, count, noun }: PagerProps) {
  const many = noun.many.charAt(0).toUpperCase() + noun.many.slice(1)
  return (
    <Group justify="space-between">
      <Group gap="xs">
        <Button variant="default" disabled={pages.number === 1} onClick={pages.newer}>
          Newer
        </Button>
        <Button variant="default" disabled={next === null} onClick={() => next !== null && pages.older(next)}>
          Older
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {pages.number === 1 ? 'The newest' : `Page ${pages.number}`}: {count} {count === 1 ? noun.one : noun.many}
        </Text>
      </Group>
      <NativeSelect
        aria-label={`${many} on a page`}
        size="xs"
        data={pages.sizes.map((size) => ({ value: size, label: `${size} on a page` }))}
        value={pages.size}
        onChange={(e) => pages.resize(e.currentTarget.value)}
      />
    </Group>
  )
}
