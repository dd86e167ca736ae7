import { createToken, listSessions } from '@gradus/contract/identity'
import { Button, NumberInput, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { Secret } from './Secret.tsx'

/** Makes a bearer token from the present session. */
export function TokenForm() {
  const make = useChange(createToken, [listSessions])
  const [label, setLabel] = useState('')
  const [days, setDays] = useState<number | string>(90)
  const fields = fieldProblems(make.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate({ body: { label: label.trim(), ttl_days: Number(days) } }, { onSuccess: () => setLabel('') })
  }
  return (
    <Stack gap="sm">
      <form onSubmit={submit} style={{ display: 'flex', flexWrap: 'wrap', gap: 8, alignItems: 'flex-end' }}>
        <TextInput
          label="Name"
          placeholder="My laptop"
          required
          maxLength={100}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          error={fields.label}
        />
        <NumberInput label="Days" min={1} max={365} allowDecimal={false} required w={96} value={days} onChange={setDays} error={fields.ttl_days} />
        <Button type="submit" variant="default" loading={make.isPending}>
          Make a token
        </Button>
      </form>
      <ErrorLine error={make.error} />
      {make.data !== undefined && <Secret what="token" value={make.data.token} onDone={make.reset} />}
    </Stack>
  )
}
