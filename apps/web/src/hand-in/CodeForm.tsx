import { Button, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import classes from './HandIn.module.css'

interface Props {
  label: string
  description: string
  placeholder: string
  verb: string
  start?: string
  /** Receipts have small letters, slips large ones. */
  is_verbatim?: boolean
  error?: string | undefined
  onCode: (typed: string) => void
}

/** The one field of a page that begins with a code: large, monospace, and no complaint about case, spaces or hyphens. */
export function CodeForm({ label, description, placeholder, verb, start = '', is_verbatim = false, error, onCode }: Props) {
  const [typed, setTyped] = useState(start)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (typed.trim() !== '') onCode(typed)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={label}
          placeholder={placeholder}
          autoComplete="off"
          autoCapitalize={is_verbatim ? 'none' : 'characters'}
          autoCorrect="off"
          spellCheck={false}
          maxLength={80}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={error}
          classNames={{ input: classes.codeInput }}
          data-verbatim={is_verbatim}
          dir="ltr"
          data-autofocus
          autoFocus
        />
        <Text size="sm" c="dimmed">
          {description}
        </Text>
        <Button type="submit" size="md" fullWidth disabled={typed.trim() === ''}>
          {verb}
        </Button>
      </Stack>
    </form>
  )
}
