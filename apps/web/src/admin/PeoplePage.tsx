import { listUsers, updateUser } from '@gradus/contract/identity'
import { Stack, Switch, Table, TextInput } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useCall, useChange } from '../api/calls.ts'
import { useUser } from '../api/session.ts'
import { useSearchWords } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { TimeText } from '../ui/TimeText.tsx'

/** Accounts of the site: who may create courses, who administers, who is locked out. */
export function PeoplePage() {
  const me = useUser()
  const [words, change] = useSearchWords()
  const search = words.search ?? ''
  const users = useCall(listUsers, { query: search === '' ? {} : { search } }, { keep_previous: true })
  const update = useChange(updateUser, [listUsers])
  const set = (user_id: string, body: { is_creator?: boolean; is_admin?: boolean; is_disabled?: boolean }): void =>
    update.mutate({ params: { user_id }, body })
  return (
    <Page width="wide">
      <PageHead title="People" crumbs={[{ label: 'Administration' }, { label: 'People' }]} />
      <Stack gap="md">
        <TextInput
          aria-label="Find a person"
          placeholder="Name or e-mail address"
          value={search}
          onChange={(e) => change({ search: e.currentTarget.value })}
          maw={360}
        />
        <ErrorLine error={update.error} />
        {users.isPending && <LoadingState shape="rows" rows={10} />}
        {users.isError && <ErrorState error={users.error} onRetry={() => void users.refetch()} />}
        {users.data?.users.length === 0 && (
          <EmptyState icon={IconUsers} title="Nobody has this name">
            Accounts stand here, newest first. Try fewer letters.
          </EmptyState>
        )}
        {users.data !== undefined && users.data.users.length > 0 && (
          <Table.ScrollContainer minWidth={760}>
            <Table striped>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th>E-mail</Table.Th>
                  <Table.Th>Since</Table.Th>
                  <Table.Th>Creates courses</Table.Th>
                  <Table.Th>Administrator</Table.Th>
                  <Table.Th>May sign in</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {users.data.users.map((user) => (
                  <Table.Tr key={user.id}>
                    <Table.Td dir="auto">{user.display_name}</Table.Td>
                    <Table.Td>{user.email}</Table.Td>
                    <Table.Td>
                      <TimeText at={user.created_at} show="relative" />
                    </Table.Td>
                    <Table.Td>
                      <Switch
                        aria-label={`${user.display_name} creates courses`}
                        checked={user.is_creator}
                        onChange={(e) => set(user.id, { is_creator: e.currentTarget.checked })}
                      />
                    </Table.Td>
                    <Table.Td>
                      <Switch
                        aria-label={`${user.display_name} is an administrator`}
                        checked={user.is_admin}
                        disabled={user.id === me.id}
                        onChange={(e) => set(user.id, { is_admin: e.currentTarget.checked })}
                      />
                    </Table.Td>
                    <Table.Td>
                      <Switch
                        aria-label={`${user.display_name} may sign in`}
                        checked={user.disabled_at === null}
                        disabled={user.id === me.id}
                        onChange={(e) => set(user.id, { is_disabled: !e.currentTarget.checked })}
                      />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Stack>
    </Page>
  )
}
