import type { User } from '@gradus/contract/identity'
import type { GuestWork } from '@gradus/contract/progress'
import { Button, Group, List, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { decide } from './enter.ts'
import { amount } from './guest-work-words.ts'

interface Props {
  user: Pick<User, 'id' | 'display_name'>
  work: GuestWork
  onDecided: () => void
}

/** Asked on a computer that others may use too, where both the guest and the account have progress in a course (G22). */
export function GuestWorkQuestion({ user, work, onDecided }: Props) {
  const [busy, setBusy] = useState<'merge' | 'leave' | null>(null)
  const [error, setError] = useState<unknown>(null)
  const answer = async (decision: 'merge' | 'leave') => {
    setBusy(decision)
    setError(null)
    try {
      await decide(user, decision)
      onDecided()
    } catch (caught) {
      setError(caught)
    } finally {
      setBusy(null)
    }
  }
  return (
    <Stack gap="md">
      <Text>Somebody worked in this browser without signing in:</Text>
      <List size="sm" spacing={4}>
        {work.courses.map((course) => (
          <List.Item key={course.course_id}>
            <bdi>{course.title}</bdi>: {amount([course]) ?? 'opened'}
          </List.Item>
        ))}
      </List>
      <Text size="sm">
        If it was you, {user.display_name}, it can be added to what you have: done stays done, the better score counts, and attempts add up. If
        somebody else uses this computer too, leave it to them.
      </Text>
      <ErrorLine error={error} />
      <Group>
        <Button onClick={() => void answer('merge')} loading={busy === 'merge'} disabled={busy === 'leave'}>
          It was me: add it
        </Button>
        <Button variant="default" onClick={() => void answer('leave')} loading={busy === 'leave'} disabled={busy === 'merge'}>
          Leave it
        </Button>
      </Group>
    </Stack>
  )
}
