import type { ReplyOf } from '@gradus/contract/endpoint'
import { listUsers, updateUser } from '@gradus/contract/identity'
import { Stack, Switch, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { useUser } from '../api/session.ts'
import { useSearchWords } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { SearchField } from '../teach/SearchField.tsx'
import classes from '../teach/Teach.module.css'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { TimeText } from '../ui/TimeText.tsx'

type Person = ReplyOf<typeof listUsers>['users'][number]
type Change = { is_creator?: boolean; is_operator?: boolean; is_admin?: boolean; is_disabled?: boolean }

/** As many as the server gives at once. */
const LIMIT = 200

/** Accounts of the site: who may create courses, who administers, who is locked out. */
export function PeoplePage() {
  const [words, change] = useSearchWords()
  const search = words.search ?? ''
  const users = useCall(listUsers, { query: { limit: LIMIT, ...(search === '' ? {} : { search }) } }, { keep_previous: true })
  const found = users.data?.users ?? []
  return (
    <Page width="wide">
      <PageHead title="Accounts" crumbs={[{ label: 'Administration' }]} />
      <Stack gap="md">
        <Text size="sm" c="dimmed" maw="80ch">
          Whoever makes courses teaches in them. An operator may watch the queues and put failed jobs back, and changes nothing else.
        </Text>
        <SearchField label="Find a person" placeholder="Name or e-mail address" value={search} onChange={(text) => change({ search: text })} />
        {users.isPending && <LoadingState shape="rows" rows={10} />}
        {users.isError && <ErrorState error={users.error} onRetry={() => void users.refetch()} />}
        {users.data !== undefined && found.length === 0 && (
          <EmptyState icon={IconUsers} title="Nobody has this name">
            Accounts stand here, newest first. Try fewer letters.
          </EmptyState>
        )}
        {found.length > 0 && (
          <Table className={classes.rows} striped>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>E-mail</Table.Th>
                <Table.Th>Since</Table.Th>
                <Table.Th>Makes courses</Table.Th>
                <Table.Th>Operator</Table.Th>
                <Table.Th>
                  <VisuallyHidden>Actions</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.map((user) => (
                <PersonRow key={user.id} person={user} />
              ))}
            </Table.Tbody>
          </Table>
        )}
        {found.length === LIMIT && (
          <Text size="sm" c="dimmed">
            These are the newest {LIMIT}. Search to find older ones.
          </Text>
        )}
      </Stack>
    </Page>
  )
}

function PersonRow({ person }: { person: Person }) {
  const me = useUser()
  const update = useChange(updateUser, [listUsers])
  const set = (body: Change) => update.mutateAsync({ params: { user_id: person.id }, body })
  const isOut = person.disabled_at !== null
  const name = <bdi>{person.display_name}</bdi>
  return (
    <Table.Tr>
      <Table.Td>
        <div>
          {name}
          {person.is_admin && (
            <Text size="xs" c="dimmed">
              Administrator
            </Text>
          )}
          {isOut && (
            <Text size="xs" c="var(--gradus-tone-red)">
              Locked out
            </Text>
          )}
          <ErrorLine error={update.error} />
        </div>
      </Table.Td>
      <Table.Td>{person.email}</Table.Td>
      <Table.Td data-short data-label="Since" className={classes.fit}>
        <TimeText at={person.created_at} show="relative" />
      </Table.Td>
      <Table.Td data-short data-label="Makes courses">
        <Switch
          aria-label={`${person.display_name} makes courses`}
          checked={person.is_creator}
          disabled={update.isPending}
          onChange={(e) => void set({ is_creator: e.currentTarget.checked }).catch(() => undefined)}
        />
      </Table.Td>
      <Table.Td data-short data-label="Operator">
        <Switch
          aria-label={`${person.display_name} is an operator: may watch the queues`}
          title={person.is_admin ? 'Administrators watch the queues anyway' : 'May watch the queues and put failed jobs back'}
          checked={person.is_operator || person.is_admin}
          disabled={update.isPending || person.is_admin}
          onChange={(e) => void set({ is_operator: e.currentTarget.checked }).catch(() => undefined)}
        />
      </Table.Td>
      <Table.Td>
        {person.id === me.id ? (
          <Text size="sm" c="dimmed">
            This is you
          </Text>
        ) : (
          <div className={classes.actions}>
            <Confirmed
              label={person.is_admin ? 'Take administration away' : 'Make administrator'}
              person={person}
              title={person.is_admin ? 'No longer an administrator?' : 'Make an administrator?'}
              onConfirm={() => set({ is_admin: !person.is_admin })}
            >
              {person.is_admin ? (
                <>{name} keeps the account and the courses, and sees no one else’s any more.</>
              ) : (
                <>{name} will see and change every course, every hand-in and every account of this server.</>
              )}
            </Confirmed>
            <Confirmed
              label={isOut ? 'Let in again' : 'Lock out'}
              person={person}
              title={isOut ? 'Let this person in again?' : 'Lock this person out?'}
              onConfirm={() => set({ is_disabled: !isOut })}
            >
              {isOut ? (
                <>{name} can sign in again and finds everything as it was.</>
              ) : (
                <>{name} is signed out everywhere and cannot sign in any more. What was handed in stays.</>
              )}
            </Confirmed>
          </div>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

interface ConfirmedProps {
  label: string
  person: Person
  title: string
  onConfirm: () => Promise<unknown>
  children: ReactNode
}

/** What reaches far asks first. */
function Confirmed({ label, person, title, onConfirm, children }: ConfirmedProps) {
  return (
    <ConfirmButton
      size="compact-sm"
      variant="subtle"
      aria-label={`${label}: ${person.display_name}`}
      title={title}
      consequence={children}
      verb={label}
      onConfirm={onConfirm}
    >
      {label}
    </ConfirmButton>
  )
}
