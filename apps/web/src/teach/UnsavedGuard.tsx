import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useState } from 'react'

interface Props {
  /** Asked when the page is about to go. */
  isUnsaved: () => boolean
  /** What becomes of the unsaved text: "It is kept on this device." */
  consequence: string
  /** Saves; false or a rejection keeps the page, which says why. */
  onSave: () => Promise<boolean>
}

/** Nobody leaves unsaved work by a slip: asks before another page of Gradus opens, and lets the browser ask before it closes. */
export function UnsavedGuard({ isUnsaved, consequence, onSave }: Props) {
  const [isSaving, setIsSaving] = useState(false)
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && isUnsaved(),
    enableBeforeUnload: isUnsaved,
    withResolver: true,
  })
  const isOpen = blocker.status === 'blocked'
  const stay = (): void => blocker.reset?.()
  const saveAndLeave = async (): Promise<void> => {
    setIsSaving(true)
    const isSaved = await onSave().catch(() => false)
    setIsSaving(false)
    if (isSaved) blocker.proceed?.()
    else stay()
  }
  return (
    <Modal opened={isOpen} onClose={stay} title="Leave without saving?" centered>
      <Stack gap="md">
        <Text>What you changed here is not saved. {consequence}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={stay}>
            Stay here
          </Button>
          <Button variant="default" color="red" onClick={() => blocker.proceed?.()}>
            Leave without saving
          </Button>
          <Button loading={isSaving} onClick={() => void saveAndLeave()} data-autofocus>
            Save and leave
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
