import {
  addPerson,
  createJoinCode,
  disableJoinCode,
  listJoinCodes,
  listPeople,
  type Role,
  removePerson,
  roles,
  updatePerson,
} from '@gradus/contract/roster'
import { Badge, Button, CopyButton, Group, NativeSelect, Paper, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { IconCheck, IconCopy, IconUsers } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { usePageTitle } from '../app/PageHead.tsx'
import { type CourseOutline, mayIn, useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { TimeText } from '../ui/TimeText.tsx'

const roleNames: Record<Role, string> = { owner: 'Owner', teacher: 'Teacher', ta: 'Teaching assistant', student: 'Student' }
const roleChoices = roles.map((role) => ({ value: role, label: roleNames[role] }))

/** Who is in the course, and how others get in. */
export function PeoplePage() {
  const course = useCourse()
  usePageTitle(`People · ${course.title}`)
  const isEditor = mayIn(course, 'roster.edit')
  return (
    <Stack gap="xl">
      {isEditor && <JoinCodes course={course} />}
      <People course={course} is_editor={isEditor} />
    </Stack>
  )
}

function JoinCodes({ course }: { course: CourseOutline }) {
  const codes = useCall(listJoinCodes, { params: { course_id: course.id } })
  const create = useChange(createJoinCode, [listJoinCodes])
  const disable = useChange(disableJoinCode, [listJoinCodes])
  const open = codes.data?.join_codes.filter((code) => code.disabled_at === null) ?? []
  const make = (replace: boolean): void => create.mutate({ params: { course_id: course.id }, body: { replace } })
  return (
    <section aria-labelledby="join-codes">
      <Title order={2} size="h3" id="join-codes" mb={8}>
        Join codes
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        Whoever types the code joins as a student. Students find the field on their first page; the link below takes them there directly.
      </Text>
      {codes.isPending && <LoadingState shape="rows" rows={2} />}
      {codes.isError && <ErrorLine error={codes.error} />}
      <Stack gap="xs">
        {open.map((code) => (
          <Paper key={code.id} p="sm">
            <Group justify="space-between" gap="sm">
              <Group gap="md">
                <Text className="mono" fw={700} size="xl">
                  {code.code}
                </Text>
                <Text size="sm" c="dimmed">
                  {code.uses === 1 ? '1 person has' : `${code.uses} people have`} used it{code.max_uses === null ? '' : ` of ${code.max_uses}`}
                  {code.expires_at !== null && (
                    <>
                      , ends <TimeText at={code.expires_at} zone={course.time_zone} />
                    </>
                  )}
                </Text>
              </Group>
              <Group gap="xs">
                <CopyButton value={window.location.origin + paths.join(code.code)}>
                  {({ copied, copy }) => (
                    <Button
                      size="xs"
                      variant="default"
                      onClick={copy}
                      leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
                    >
                      {copied ? 'Link copied' : 'Copy the link'}
                    </Button>
                  )}
                </CopyButton>
                <Button
                  size="xs"
                  variant="subtle"
                  color="red"
                  loading={disable.isPending}
                  onClick={() => disable.mutate({ params: { join_code_id: code.id } })}
                >
                  Switch off
                </Button>
              </Group>
            </Group>
          </Paper>
        ))}
        <Group>
          <Button size="xs" variant="default" loading={create.isPending} onClick={() => make(open.length > 0)}>
            {open.length > 0 ? 'Replace by a new code' : 'Make a join code'}
          </Button>
        </Group>
        <ErrorLine error={create.error ?? disable.error} />
      </Stack>
    </section>
  )
}

function People({ course, is_editor }: { course: CourseOutline; is_editor: boolean }) {
  const people = useCall(listPeople, { params: { course_id: course.id } })
  const change = useChange(updatePerson, [listPeople])
  const remove = useChange(removePerson, [listPeople])
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const shown = people.data?.people.filter((person) => `${person.display_name} ${person.email}`.toLowerCase().includes(wanted)) ?? []
  return (
    <section aria-labelledby="people">
      <Title order={2} size="h3" id="people" mb={8}>
        People{' '}
        {people.data !== undefined && (
          <Text span c="dimmed">
            ({people.data.people.length})
          </Text>
        )}
      </Title>
      {is_editor && <AddPerson course={course} />}
      {people.isPending && <LoadingState shape="rows" />}
      {people.isError && <ErrorState error={people.error} onRetry={() => void people.refetch()} />}
      {people.data?.people.length === 0 && (
        <EmptyState icon={IconUsers} title="Nobody is here yet">
          Everyone who joins with the code above will stand here with name, role and last activity.
        </EmptyState>
      )}
      {people.data !== undefined && people.data.people.length > 0 && (
        <Stack gap="sm">
          {people.data.people.length > 10 && (
            <TextInput
              aria-label="Find a person"
              placeholder="Name or e-mail address"
              value={search}
              onChange={(e) => setSearch(e.currentTarget.value)}
              maw={320}
            />
          )}
          <ErrorLine error={change.error} />
          <Table.ScrollContainer minWidth={640}>
            <Table striped>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th>E-mail</Table.Th>
                  <Table.Th>Role</Table.Th>
                  <Table.Th>Last active</Table.Th>
                  {is_editor && <Table.Th aria-label="Actions" />}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {shown.map((person) => (
                  <Table.Tr key={person.id}>
                    <Table.Td dir="auto">{person.display_name}</Table.Td>
                    <Table.Td>{person.email}</Table.Td>
                    <Table.Td>
                      {is_editor ? (
                        <NativeSelect
                          size="xs"
                          aria-label={`Role of ${person.display_name}`}
                          data={roleChoices}
                          value={person.role}
                          onChange={(e) => change.mutate({ params: { enrolment_id: person.id }, body: { role: e.currentTarget.value as Role } })}
                        />
                      ) : (
                        <Badge variant="light" tt="none" radius="sm">
                          {roleNames[person.role]}
                        </Badge>
                      )}
                    </Table.Td>
                    <Table.Td>
                      {person.last_active_at === null ? (
                        <Text size="sm" c="dimmed">
                          never
                        </Text>
                      ) : (
                        <TimeText at={person.last_active_at} show="relative" />
                      )}
                    </Table.Td>
                    {is_editor && (
                      <Table.Td>
                        <ConfirmButton
                          size="compact-sm"
                          variant="subtle"
                          color="red"
                          aria-label={`Remove ${person.display_name}`}
                          title="Remove from the course?"
                          consequence={`${person.display_name} will not see the course any more. What was handed in stays, and adding the person again brings it back.`}
                          verb="Remove"
                          onConfirm={() => remove.mutateAsync({ params: { enrolment_id: person.id } })}
                        >
                          Remove
                        </ConfirmButton>
                      </Table.Td>
                    )}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Stack>
      )}
    </section>
  )
}

function AddPerson({ course }: { course: CourseOutline }) {
  const add = useChange(addPerson, [listPeople])
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('ta')
  const fields = fieldProblems(add.error)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await add.mutateAsync({ params: { course_id: course.id }, body: { email: email.trim(), role } })
    setEmail('')
  }
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
      <Group gap="xs" align="flex-end" mb="sm">
        <TextInput
          label="Add someone with an account"
          type="email"
          placeholder="name@example.org"
          required
          value={email}
          onChange={(e) => setEmail(e.currentTarget.value)}
          error={fields.email}
          style={{ flex: '1 1 220px', maxWidth: 340 }}
        />
        <NativeSelect label="As" data={roleChoices} value={role} onChange={(e) => setRole(e.currentTarget.value as Role)} />
        <Button type="submit" variant="default" loading={add.isPending}>
          Add
        </Button>
      </Group>
      <ErrorLine error={add.error} />
    </form>
  )
}
