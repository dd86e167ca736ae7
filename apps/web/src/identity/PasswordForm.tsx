import { changePassword, listSessions } from '@gradus/contract/identity'
import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { fieldProblems, isProblem } from '../api/problem.ts'
import { sentence } from '../api/sentence.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'

const toggle = { 'aria-label': 'Show the password' }

/** Changes the password; every other session ends. */
export function PasswordForm() {
  const change = useChange(changePassword, [listSessions])
  const [present, setPresent] = useState('')
  const [next, setNext] = useState('')
  const fields = fieldProblems(change.error)
  const isWrong = isProblem(change.error, 'wrong_password')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await change.mutateAsync({ body: { present, next } })
    setPresent('')
    setNext('')
    notifications.show({ color: 'green', message: 'The password is changed. Every other session is ended.' })
  }
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
      <Stack gap="sm" maw={360}>
        <PasswordInput
          label="Present password"
          autoComplete="current-password"
          required
          value={present}
          onChange={(event) => setPresent(event.currentTarget.value)}
          error={isWrong ? sentence(change.error) : fields.present}
          visibilityToggleButtonProps={toggle}
        />
        <PasswordInput
          label="New password"
          description="At least 8 characters; a sentence is good"
          autoComplete="new-password"
          required
          minLength={8}
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
          error={fields.next}
          visibilityToggleButtonProps={toggle}
        />
        {!isWrong && <ErrorLine error={change.error} />}
        <Group>
          <Button type="submit" variant="default" loading={change.isPending}>
            Change the password
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
