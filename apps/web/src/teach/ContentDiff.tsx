import { Text } from '@mantine/core'
import { CodeDiff } from '../ui/CodeDiff.tsx'

/** Two versions of a question as texts against each other, or that they are the same. */
export function ContentDiff({
  before,
  after,
  before_label,
  after_label,
}: {
  before: string
  after: string
  before_label: string
  after_label: string
}) {
  if (before === after) {
    return (
      <Text size="sm" c="dimmed">
        Nothing differs.
      </Text>
    )
  }
  return <CodeDiff before={before} after={after} before_label={before_label} after_label={after_label} language="text" is_unified />
}
