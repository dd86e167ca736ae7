import type { Exam } from '@gradus/contract/exams'
import { Alert, Anchor, Group, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { paths } from '../paths.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import { TimeText } from '../ui/TimeText.tsx'

/** A day before retention removes files: how many, when, and what can be done. */
export function DeletionNotice({ exam }: { exam: Exam }) {
  const count = exam.deletion?.file_count_within_a_day ?? 0
  if (exam.deletion === null || count === 0) return null
  return (
    <Alert
      color="orange"
      mb="md"
      icon={<IconTrash size={18} aria-hidden />}
      title={count === 1 ? 'One file is deleted within a day' : `${count} files are deleted within a day`}
    >
      <Text size="sm">
        The first one goes <TimeText at={exam.deletion.next_at} zone={exam.time_zone} />. Names, hashes and receipts stay.
      </Text>
      <Group gap="md" mt={6}>
        <Anchor href={`/api/exams/${exam.id}/files.zip`} download size="sm" c="inherit" underline="always">
          Download all files
        </Anchor>
        {exam.can_edit && (
          <Anchor component={RouteLink} to={paths.exam(exam.id, 'settings')} size="sm" c="inherit" underline="always">
            Keep them longer, or hold them
          </Anchor>
        )}
      </Group>
    </Alert>
  )
}
