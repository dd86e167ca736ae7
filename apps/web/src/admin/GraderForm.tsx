import { createGrader, listGraders, listQueues, type QueueDepth } from '@gradus/contract/queues'
import { Button, Group, MultiSelect, Paper, Stack, Switch, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { Secret } from '../identity/Secret.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'

/** Makes an account for a grader; its secret is shown this once. */
export function GraderForm({ queues }: { queues: readonly QueueDepth[] }) {
  const make = useChange(createGrader, [listGraders, listQueues])
  const [username, setUsername] = useState('')
  const [served, setServed] = useState<string[]>([])
  const [strict_status, setStrict] = useState(false)
  const fields = fieldProblems(make.error)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await make.mutateAsync({ body: { username: username.trim(), queues: served, strict_status } })
    setUsername('')
    setServed([])
    setStrict(false)
  }
  return (
    <Paper p="sm" mt="sm">
      <form onSubmit={(event) => void submit(event).catch(() => undefined)} aria-label="Make a grader account">
        <Stack gap="sm">
          <Group gap="sm" align="flex-start">
            <TextInput
              label="Make a grader account"
              description="The name it logs in with"
              placeholder="watcher-1"
              required
              maxLength={100}
              value={username}
              onChange={(e) => setUsername(e.currentTarget.value)}
              error={fields.username}
              classNames={{ input: 'mono' }}
              style={{ flex: '1 1 220px', maxWidth: 320 }}
            />
            <ServedQueues queues={queues} value={served} onChange={setServed} error={fields.queues} />
          </Group>
          <StrictSwitch checked={strict_status} onChange={setStrict} />
          <div>
            <Button type="submit" loading={make.isPending} disabled={username.trim() === '' || served.length === 0}>
              Make the account
            </Button>
          </div>
          <ErrorLine error={make.error} />
          {make.data !== undefined && <Secret what={`secret of ${make.data.username}`} value={make.data.secret} onDone={make.reset} />}
        </Stack>
      </form>
    </Paper>
  )
}

interface ServedProps {
  queues: readonly QueueDepth[]
  value: string[]
  onChange: (queues: string[]) => void
  error?: string | undefined
}

export function ServedQueues({ queues, value, onChange, error }: ServedProps) {
  return (
    <MultiSelect
      label="Queues"
      description="It pulls from these, and an LMS hands in to these"
      placeholder={value.length === 0 ? 'Choose at least one' : ''}
      data={queues.map(({ name }) => name)}
      value={value}
      onChange={onChange}
      searchable
      hidePickedOptions
      nothingFoundMessage="No queue has this name"
      error={error}
      style={{ flex: '1 1 280px', maxWidth: 480 }}
    />
  )
}

export function StrictSwitch({ checked, onChange }: { checked: boolean; onChange: (is_strict: boolean) => void }) {
  return (
    <Switch
      label="Answers in HTTP status codes"
      description="Off, as XQueue’s own graders expect: every answer is 200, and its envelope says whether it went well."
      checked={checked}
      onChange={(e) => onChange(e.currentTarget.checked)}
    />
  )
}
