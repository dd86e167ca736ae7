import { endSession, listSessions, signOutEverywhere } from '@gradus/contract/identity'
import { Badge, Button, Group, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useCall, useChange } from '../api/calls.ts'
import { leaveTo } from '../api/session.ts'
import { paths } from '../paths.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import { deviceOf } from './device.ts'

/** Every session and token of this account, each of which can be ended. */
export function Sessions() {
  const sessions = useCall(listSessions, {})
  const end = useChange(endSession, [listSessions])
  const everywhere = useChange(signOutEverywhere)
  if (sessions.data === undefined) {
    return sessions.error !== null ? (
      <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
    ) : (
      <LoadingState shape="rows" rows={3} />
    )
  }
  const signOut = async () => {
    await everywhere.mutateAsync({})
    leaveTo(paths.signIn())
  }
  const count = sessions.data.sessions.length
  return (
    <Stack gap="sm">
      <Table.ScrollContainer minWidth={520} scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': 'Sessions' } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>What</Table.Th>
              <Table.Th>Last seen</Table.Th>
              <Table.Th>Ends</Table.Th>
              <Table.Th>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sessions.data.sessions.map((session) => (
              <Table.Tr key={session.id}>
                <Table.Td>
                  <Group gap="xs">
                    <span title={session.user_agent}>{session.kind === 'cli' ? session.label || 'Command line' : deviceOf(session.user_agent)}</span>
                    {session.kind === 'cli' && (
                      <Badge color="gray" variant="light" tt="none" radius="sm" size="sm">
                        Token
                      </Badge>
                    )}
                    {session.is_current && (
                      <Badge color="indigo" variant="light" tt="none" radius="sm" size="sm">
                        This one
                      </Badge>
                    )}
                  </Group>
                </Table.Td>
                <Table.Td>
                  <TimeText at={session.last_seen_at} show="relative" />
                </Table.Td>
                <Table.Td>
                  <TimeText at={session.expires_at} show="relative" />
                </Table.Td>
                <Table.Td ta="end">
                  {!session.is_current && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      loading={end.isPending && end.variables?.params.session_id === session.id}
                      onClick={() => end.mutate({ params: { session_id: session.id } })}
                    >
                      End
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <ErrorLine error={end.error} />
      <Group>
        <ConfirmButton
          variant="default"
          title="Sign out everywhere?"
          consequence={
            <Text>
              {count === 1 ? 'This session ends' : `All ${count} sessions and tokens end`}, this one too. Code you have not handed in stays on its
              device. API keys go on working.
            </Text>
          }
          verb="Sign out everywhere"
          onConfirm={signOut}
        >
          Sign out everywhere
        </ConfirmButton>
      </Group>
    </Stack>
  )
}
