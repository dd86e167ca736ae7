import { Button, type ButtonProps, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { ErrorLine } from './ErrorState.tsx'

interface FormProps {
  label: string
  title: string
  verb: string
  is_ready: boolean
  is_red?: boolean
  /** Does it; a rejection stays in the dialog, which then stays open. */
  onSend: () => Promise<unknown>
  is_busy: boolean
  error: unknown
  children: ReactNode
  size?: ButtonProps['size']
  'aria-label'?: string
}

/** A button that opens a small form in a dialog. */
export function FormButton({
  label,
  title,
  verb,
  is_ready,
  is_red = false,
  onSend,
  is_busy,
  error,
  children,
  size = 'compact-sm',
  ...rest
}: FormProps) {
  const [isOpen, setIsOpen] = useState(false)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    await onSend()
    setIsOpen(false)
  }
  return (
    <>
      <Button {...rest} size={size} variant="default" onClick={() => setIsOpen(true)}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={() => setIsOpen(false)} title={title} centered>
        <form onSubmit={(event) => void send(event).catch(() => undefined)}>
          <Stack gap="md">
            {children}
            <ErrorLine error={error} />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setIsOpen(false)}>
                Cancel
              </Button>
              <Button type="submit" loading={is_busy} disabled={!is_ready} {...(is_red ? { color: 'red' } : {})}>
                {verb}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}

interface ReasonProps {
  value: string
  onChange: (value: string) => void
  placeholder: string
  /** Who reads it. */
  description?: string
}

/** Why something is done, for the audit log. */
export function ReasonField({ value, onChange, placeholder, description = 'Stands in the audit log with your name' }: ReasonProps) {
  return (
    <TextInput
      label="Reason"
      description={description}
      placeholder={placeholder}
      required
      maxLength={500}
      dir="auto"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
