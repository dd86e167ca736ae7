import { createApiKey, listApiKeys, revokeApiKey } from '@gradus/contract/identity'
import { Badge, Button, Checkbox, Group, NumberInput, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { useUser } from '../api/session.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import { Secret } from './Secret.tsx'

type Scope = 'user' | 'grade' | 'examiner' | 'admin'
const scopeWords: Record<Scope, string> = {
  user: 'Act as me',
  grade: 'Lease and report gradings',
  examiner: 'Run exams',
  admin: 'Administer this server',
}

function KeyForm() {
  const { is_admin } = useUser()
  const make = useChange(createApiKey, [listApiKeys])
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<string[]>(['user'])
  const [days, setDays] = useState<number | string>('')
  const fields = fieldProblems(make.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const ttl_days = days === '' ? undefined : Number(days)
    make.mutate({ body: { name: name.trim(), scopes: chosen as Scope[], ttl_days } }, { onSuccess: () => setName('') })
  }
  const offered: Scope[] = is_admin ? ['user', 'examiner', 'grade', 'admin'] : ['user', 'examiner']
  return (
    <>
      <form onSubmit={submit} style={{ display: 'flex', flexWrap: 'wrap', gap: 12, alignItems: 'flex-end' }}>
        <TextInput
          label="Name"
          placeholder="Nightly import"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fields.name}
        />
        <NumberInput
          label="Days (empty: no end)"
          min={1}
          max={3650}
          allowDecimal={false}
          w={150}
          value={days}
          onChange={setDays}
          error={fields.ttl_days}
        />
        {offered.length > 1 && (
          <Checkbox.Group label="It may" value={chosen} onChange={setChosen} error={fields.scopes}>
            <Group gap="md" mih={36}>
              {offered.map((scope) => (
                <Checkbox key={scope} value={scope} label={scopeWords[scope]} />
              ))}
            </Group>
          </Checkbox.Group>
        )}
        <Button type="submit" variant="default" loading={make.isPending} disabled={chosen.length === 0}>
          Make a key
        </Button>
      </form>
      <ErrorLine error={make.error} />
      {make.data !== undefined && <Secret what="key" value={make.data.key} onDone={make.reset} />}
    </>
  )
}

/** Keys for programs: made, listed, revoked. */
export function ApiKeys() {
  const keys = useCall(listApiKeys, {})
  const revoke = useChange(revokeApiKey, [listApiKeys])
  if (keys.data === undefined) {
    return keys.error !== null ? <ErrorState error={keys.error} onRetry={() => void keys.refetch()} /> : <LoadingState shape="rows" rows={2} />
  }
  return (
    <Stack gap="md">
      {keys.data.api_keys.length === 0 ? (
        <Text size="sm" c="dimmed">
          You have no keys.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': 'API keys' } }}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>May</Table.Th>
                <Table.Th>Last used</Table.Th>
                <Table.Th>Ends</Table.Th>
                <Table.Th>
                  <VisuallyHidden>Actions</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {keys.data.api_keys.map((key) => (
                <Table.Tr key={key.id}>
                  <Table.Td>{key.name}</Table.Td>
                  <Table.Td>
                    <Group gap={4}>
                      {key.scopes.map((scope) => (
                        <Badge key={scope} color="gray" variant="light" tt="none" radius="sm">
                          {scopeWords[scope]}
                        </Badge>
                      ))}
                    </Group>
                  </Table.Td>
                  <Table.Td>{key.last_used_at === null ? 'never' : <TimeText at={key.last_used_at} show="relative" />}</Table.Td>
                  <Table.Td>{key.expires_at === null ? 'never' : <TimeText at={key.expires_at} show="relative" />}</Table.Td>
                  <Table.Td ta="end">
                    <ConfirmButton
                      size="compact-sm"
                      variant="default"
                      title={`Revoke ${key.name}?`}
                      consequence="Programs that use this key are refused from now on. It cannot be brought back."
                      verb="Revoke the key"
                      onConfirm={() => revoke.mutateAsync({ params: { api_key_id: key.id } })}
                    >
                      Revoke
                    </ConfirmButton>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <KeyForm />
    </Stack>
  )
}
