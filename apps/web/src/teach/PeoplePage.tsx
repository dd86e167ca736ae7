import { addPerson, listPeople, type Role, removePerson, roles, updatePerson } from '@gradus/contract/roster'
import { Badge, Button, Group, NativeSelect, Stack, Table, Text, TextInput, Title, VisuallyHidden } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { useUser } from '../api/session.ts'
import { usePageTitle } from '../app/PageHead.tsx'
import { type CourseOutline, mayIn, useCourse } from '../courses/use-course.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import { useFocusLater } from './focus.ts'
import { JoinCodes } from './JoinCodes.tsx'
import classes from './Teach.module.css'

const roleNames: Record<Role, string> = { owner: 'Owner', teacher: 'Teacher', ta: 'Teaching assistant', student: 'Student' }
const roleMeaning: Record<Role, string> = {
  owner: 'may do everything here, and say who else owns the course',
  teacher: 'may change the course and its people, and sees all work',
  ta: 'sees all work and drafts, but changes nothing of the course',
  student: 'sees what is published, and hands in',
}

/** Roles that this person may give: an owner is made by an owner only. */
const choicesFor = (course: CourseOutline, present?: Role) =>
  roles
    .filter((role) => role === present || role !== 'owner' || mayIn(course, 'roster.edit_owners'))
    .map((role) => ({ value: role, label: roleNames[role] }))

/** Rows shown at first and with each "more": a class fits, and a thousand people do not slow the page down. */
const PAGE = 200

type Person = { id: string; user_id: string; display_name: string; email: string; role: Role; last_active_at: string | null }

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

function People({ course, is_editor }: { course: CourseOutline; is_editor: boolean }) {
  const people = useCall(listPeople, { params: { course_id: course.id } })
  const [search, setSearch] = useState('')
  const [limit, setLimit] = useState(PAGE)
  const wanted = search.trim().toLowerCase()
  const all: Person[] = people.data?.people ?? []
  const found = all.filter((person) => `${person.display_name} ${person.email} ${roleNames[person.role]}`.toLowerCase().includes(wanted))
  return (
    <section aria-labelledby="people">
      <Title order={2} size="h3" id="people" mb={8}>
        People {people.data !== undefined && `(${all.length})`}
      </Title>
      {is_editor && <AddPerson course={course} />}
      {people.isPending && <LoadingState shape="rows" />}
      {people.isError && <ErrorState error={people.error} onRetry={() => void people.refetch()} />}
      {people.data !== undefined && all.length === 0 && (
        <EmptyState icon={IconUsers} title="Nobody is here yet">
          Everyone who joins with the code above will stand here with name, role and last activity.
        </EmptyState>
      )}
      {all.length > 0 && (
        <Stack gap="sm">
          {all.length > 10 && (
            <TextInput
              label="Find a person"
              placeholder="Name, e-mail address or role"
              value={search}
              onChange={(e) => {
                setSearch(e.currentTarget.value)
                setLimit(PAGE)
              }}
              maw={360}
            />
          )}
          {found.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nobody here has this name, address or role.
            </Text>
          ) : (
            <Table className={classes.rows} striped>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th>E-mail</Table.Th>
                  <Table.Th>Role</Table.Th>
                  <Table.Th>Last active</Table.Th>
                  {is_editor && (
                    <Table.Th>
                      <VisuallyHidden>Actions</VisuallyHidden>
                    </Table.Th>
                  )}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {found.slice(0, limit).map((person) => (
                  <PersonRow key={person.id} course={course} person={person} is_editor={is_editor} />
                ))}
              </Table.Tbody>
            </Table>
          )}
          {found.length > limit && (
            <Group>
              <Button variant="default" onClick={() => setLimit(limit + PAGE)}>
                Show {Math.min(PAGE, found.length - limit)} more of {found.length}
              </Button>
            </Group>
          )}
        </Stack>
      )}
    </section>
  )
}

function PersonRow({ course, person, is_editor }: { course: CourseOutline; person: Person; is_editor: boolean }) {
  const remove = useChange(removePerson, [listPeople])
  const isOutOfReach = person.role === 'owner' && !mayIn(course, 'roster.edit_owners')
  return (
    <Table.Tr>
      <Table.Td>
        <bdi>{person.display_name}</bdi>
      </Table.Td>
      <Table.Td>{person.email}</Table.Td>
      <Table.Td data-short>
        {is_editor && !isOutOfReach ? (
          <RoleField course={course} person={person} />
        ) : (
          <Badge variant="light" tt="none" radius="sm">
            {roleNames[person.role]}
          </Badge>
        )}
      </Table.Td>
      <Table.Td data-short data-label="Last active">
        {person.last_active_at === null ? (
          <Text size="sm" c="dimmed">
            never
          </Text>
        ) : (
          <TimeText at={person.last_active_at} show="relative" />
        )}
      </Table.Td>
      {is_editor && (
        <Table.Td data-short>
          <div className={classes.actions}>
            {!isOutOfReach && (
              <ConfirmButton
                size="compact-sm"
                variant="subtle"
                color="red"
                aria-label={`Remove ${person.display_name}`}
                title="Remove from the course?"
                consequence={
                  <>
                    <bdi>{person.display_name}</bdi> will not see the course any more. What was handed in stays, and adding the person again brings it
                    back.
                  </>
                }
                verb="Remove"
                onConfirm={() => remove.mutateAsync({ params: { enrolment_id: person.id } })}
              >
                Remove
              </ConfirmButton>
            )}
          </div>
        </Table.Td>
      )}
    </Table.Tr>
  )
}

/** A role takes effect at once for the other person, so choosing one is not enough: an arrow key alone must not make an owner. */
function RoleField({ course, person }: { course: CourseOutline; person: Person }) {
  const me = useUser()
  const change = useChange(updatePerson, [listPeople])
  const [chosen, setChosen] = useState<Role>(person.role)
  const focusLater = useFocusLater()
  const field_id = `role-${person.id}`
  const done = (role: Role): void => {
    setChosen(role)
    focusLater(field_id)
  }
  const save = async () => {
    await change.mutateAsync({ params: { enrolment_id: person.id }, body: { role: chosen } })
    done(chosen)
  }
  return (
    <div>
      <Group gap={6}>
        <NativeSelect
          id={field_id}
          size="xs"
          aria-label={`Role of ${person.display_name}`}
          data={choicesFor(course, person.role)}
          value={chosen}
          onChange={(e) => setChosen(e.currentTarget.value as Role)}
        />
        {chosen !== person.role && (
          <>
            <Button size="compact-sm" loading={change.isPending} onClick={() => void save().catch(() => undefined)}>
              Change
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => done(person.role)}>
              Cancel
            </Button>
          </>
        )}
      </Group>
      {chosen !== person.role && (
        <Text size="xs" c="dimmed" mt={4} role="status">
          A {roleNames[chosen].toLowerCase()} {roleMeaning[chosen]}.{person.user_id === me.id && ' This is your own role.'}
        </Text>
      )}
      <ErrorLine error={change.error} />
    </div>
  )
}

function AddPerson({ course }: { course: CourseOutline }) {
  const add = useChange(addPerson, [listPeople])
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('ta')
  const [added, setAdded] = useState<string | null>(null)
  const focusLater = useFocusLater()
  const fields = fieldProblems(add.error)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setAdded(null)
    const person = await add.mutateAsync({ params: { course_id: course.id }, body: { email: email.trim(), role } })
    setAdded(`${person.display_name} is here now as ${roleNames[person.role].toLowerCase()}.`)
    setEmail('')
    focusLater('add-person')
  }
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
      <Group gap="xs" align="flex-end" mb={4}>
        <TextInput
          id="add-person"
          label="Add someone who has an account"
          type="email"
          placeholder="name@example.org"
          required
          value={email}
          onChange={(e) => setEmail(e.currentTarget.value)}
          error={fields.email}
          style={{ flex: '1 1 220px', maxWidth: 340 }}
        />
        <NativeSelect label="Role" data={choicesFor(course)} value={role} onChange={(e) => setRole(e.currentTarget.value as Role)} />
        <Button type="submit" variant="default" loading={add.isPending}>
          Add
        </Button>
      </Group>
      <Text size="sm" c="dimmed" role="status" mih={20} mb="xs">
        {added}
      </Text>
      <ErrorLine error={add.error} />
    </form>
  )
}
