import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useGo } from '../app/address.ts'
import { paths } from '../paths.ts'

/** What people type from a slide or a mail: spaces and hyphens do not count, and neither does case. */
export const tidyCode = (typed: string): string => typed.replace(/[\s-]/g, '').toUpperCase()

/** The field for a join code; leads to the page that joins. */
export function JoinField({ label = 'Join a course with its code' }: { label?: string }) {
  const go = useGo()
  const [code, setCode] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (tidyCode(code) !== '') go(paths.join(tidyCode(code)))
  }
  return (
    <form onSubmit={submit} style={{ display: 'flex', gap: 8, alignItems: 'flex-end', flexWrap: 'wrap' }}>
      <TextInput
        label={label}
        placeholder="ABC 234"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={40}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', letterSpacing: '0.08em' } }}
        style={{ flex: '1 1 160px', maxWidth: 280 }}
      />
      <Button type="submit" variant="default" disabled={tidyCode(code) === ''}>
        Join
      </Button>
    </form>
  )
}
