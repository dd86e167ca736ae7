import { listExternalQueues } from '@gradus/contract/queues'
import { Alert, Anchor, Input, NativeSelect, Stack, Switch, Text, Textarea } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { useUser } from '../api/session.ts'
import { paths } from '../paths.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { NumberField } from './NumberField.tsx'
import { type DraftExternal, type DraftTest, externalOf } from './question-draft.ts'
import type { TabProps } from './StatementTab.tsx'

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Who grades a question of an external grader, for how many points, and what it is told. */
export function ExternalFields({ draft, problems, setDraft }: TabProps) {
  const { queue, test } = externalOf(draft)
  const put = (part: Partial<DraftExternal>): void => setDraft((before) => ({ ...before, external: { ...externalOf(before), ...part } }))
  const putTest = (part: Partial<DraftTest>): void => put({ test: { ...test, ...part } })
  return (
    <Stack gap="lg" maw={720}>
      <QueueField queue={queue} problem={problems.queue} onChange={(next) => put({ queue: next })} />
      <NumberField
        label="Points"
        description="For an answer that is right; the grader gives that many or fewer"
        value={test.points}
        min={0}
        max={99_999}
        step={1}
        decimalScale={4}
        maw={240}
        onChange={(points) => putTest({ points })}
      />
      <Stack gap={4}>
        <Textarea
          label="Told to the grader"
          description="Sent to the grader with every hand-in; students do not see it. Most graders read JSON."
          placeholder='{"grader": "week3/sorting/grade.py"}'
          autosize
          minRows={4}
          maxRows={20}
          maxLength={100_000}
          spellCheck={false}
          value={test.input}
          onChange={(e) => putTest({ input: e.currentTarget.value })}
          error={problems['tests.0.input']}
          classNames={{ input: 'mono' }}
        />
        <Text size="xs" c="dimmed" role="status" mih={18}>
          {test.input.trim() === ''
            ? ''
            : isJson(test.input)
              ? 'Valid JSON.'
              : 'This is not JSON. It is sent as it stands; see whether your grader takes it.'}
        </Text>
      </Stack>
      <Switch
        label="Students see what the grader says"
        description="They may also try without using an attempt. Off: they see the points alone, and every try is a hand-in."
        checked={!test.is_hidden}
        onChange={(e) => putTest({ is_hidden: !e.currentTarget.checked })}
      />
    </Stack>
  )
}

function QueueField({ queue, problem, onChange }: { queue: string; problem: string | undefined; onChange: (queue: string) => void }) {
  const user = useUser()
  const queues = useCall(listExternalQueues, {})
  if (queues.isPending) return <LoadingState shape="text" rows={2} />
  const known = queues.data?.queues ?? []
  if (queues.isSuccess && known.length === 0 && queue === '') {
    return (
      <Alert
        icon={<IconInfoCircle size={18} aria-hidden />}
        color={problem === undefined ? 'indigo' : 'red'}
        title="No queue of external graders is open yet"
      >
        <Text size="sm">
          A grader of your own takes work from a queue.{' '}
          {user.is_admin ? (
            <>
              Open one under{' '}
              <Anchor component={RouteLink} to={paths.adminQueueSettings()} size="sm" underline="always">
                Queues
              </Anchor>
              , then choose it here.
            </>
          ) : (
            'An administrator of this server opens queues; ask for one, then choose it here. The draft can wait under another kind.'
          )}
        </Text>
      </Alert>
    )
  }
  // A queue that was taken away, or that a copy brought along, stays visible: choosing another is the author's.
  const isKnown = known.some((each) => each.name === queue)
  const data = [
    ...(queue === '' ? [{ value: '', label: 'Choose a queue' }] : []),
    ...(queue !== '' && !isKnown ? [{ value: queue, label: `${queue} (not on this server)` }] : []),
    ...known.map(({ name, is_enabled }) => ({ value: name, label: is_enabled ? name : `${name} (switched off)` })),
  ]
  return (
    <Input.Wrapper>
      <NativeSelect
        label="Queue"
        description="Whose graders grade this question. Hand-ins wait there until one of them takes them."
        data={data}
        value={queue}
        onChange={(e) => onChange(e.currentTarget.value)}
        error={problem}
        maw={420}
      />
      <ErrorLine error={queues.error} />
    </Input.Wrapper>
  )
}
