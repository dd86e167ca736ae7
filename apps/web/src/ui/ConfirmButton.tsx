import { Button, type ButtonProps, Group, Modal, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { sentence } from '../api/sentence.ts'

interface Props extends Omit<ButtonProps, 'onClick'> {
  children: ReactNode
  /** A question: "Sign out everywhere?" */
  title: string
  /** What will happen, in numbers where there are any. */
  consequence: ReactNode
  /** The verb on the button that does it. */
  verb: string
  /** Does it; a rejection is shown in the dialog, which then stays open. */
  onConfirm: () => Promise<unknown>
  'aria-label'?: string
}

/** A button for what cannot be undone: says what will happen before it does. */
export function ConfirmButton({ title, consequence, verb, onConfirm, children, ...rest }: Props) {
  const [isOpen, setIsOpen] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const confirm = async () => {
    setIsBusy(true)
    setError(null)
    try {
      await onConfirm()
      setIsOpen(false)
    } catch (caught) {
      setError(caught)
    } finally {
      setIsBusy(false)
    }
  }
  const open = () => {
    setError(null)
    setIsOpen(true)
  }
  return (
    <>
      <Button {...rest} onClick={open}>
        {children}
      </Button>
      <Modal opened={isOpen} onClose={() => setIsOpen(false)} title={title} centered>
        <Stack gap="md">
          <Text component="div">{consequence}</Text>
          {error !== null && (
            <Text c="var(--mantine-color-error)" role="alert">
              {sentence(error)}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setIsOpen(false)} data-autofocus>
              Cancel
            </Button>
            <Button color="red" loading={isBusy} onClick={() => void confirm()}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
