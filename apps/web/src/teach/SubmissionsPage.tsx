import { gradingState, listCourseSubmissions } from '@gradus/contract/submissions'
import { verdicts } from '@gradus/contract/words'
import { Anchor, Badge, Button, Group, NativeSelect, Stack, Table, Text, TextInput } from '@mantine/core'
import { IconInbox } from '@tabler/icons-react'
import { useState } from 'react'
import { useCall } from '../api/calls.ts'
import { useSearchWords } from '../app/address.ts'
import { usePageTitle } from '../app/PageHead.tsx'
import { useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { languageNames } from '../ui/languages.ts'
import { Points } from '../ui/Points.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import { HandInState, stateLooks, verdictLooks } from '../ui/Verdict.tsx'

/** Hand-ins of the course, newest first; every filter stands in the address. */
export function SubmissionsPage() {
  const course = useCourse()
  usePageTitle(`Submissions · ${course.title}`)
  const [words, change] = useSearchWords()
  const [cursors, setCursors] = useState<string[]>([])
  const cursor = cursors.at(-1)
  const query = {
    ...(words.assignment === undefined ? {} : { assignment_id: words.assignment }),
    ...(words.question === undefined ? {} : { assignment_question_id: words.question }),
    ...(words.learner === undefined ? {} : { learner_id: words.learner }),
    ...(gradingState.options.some((state) => state === words.state) ? { state: words.state as never } : {}),
    ...(verdicts.some((verdict) => verdict === words.verdict) ? { verdict: words.verdict as never } : {}),
    ...(words.search === undefined ? {} : { search: words.search }),
    ...(cursor === undefined ? {} : { cursor }),
  }
  const list = useCall(
    listCourseSubmissions,
    { params: { course_id: course.id }, query },
    { refetch_ms: cursor === undefined ? 5_000 : false, keep_previous: true },
  )
  const filter = (values: Record<string, string>): void => {
    setCursors([])
    change(values)
  }
  const assignments = course.modules
    .flatMap((module) => module.steps)
    .flatMap((step) => (step.assignment_id === null ? [] : [{ value: step.assignment_id, label: step.title }]))
  const isFiltered = Object.keys(query).length > (cursor === undefined ? 0 : 1)
  const rows = list.data?.submissions ?? []
  return (
    <Stack gap="md">
      <Group gap="sm" align="flex-end">
        <NativeSelect
          label="Assignment"
          data={[{ value: '', label: 'All' }, ...assignments]}
          value={words.assignment ?? ''}
          onChange={(e) => filter({ assignment: e.currentTarget.value })}
          maw={260}
        />
        <NativeSelect
          label="Verdict"
          data={[
            { value: '', label: 'Any' },
            ...verdicts.filter((v) => v !== 'skipped' && v !== 'internal_error').map((v) => ({ value: v, label: verdictLooks[v].word })),
          ]}
          value={words.verdict ?? ''}
          onChange={(e) => filter({ verdict: e.currentTarget.value })}
        />
        <NativeSelect
          label="State"
          data={[
            { value: '', label: 'Any' },
            ...gradingState.options.map((s) => ({ value: s, label: s === 'needs_staff' ? 'Needs you' : stateLooks[s].word })),
          ]}
          value={words.state ?? ''}
          onChange={(e) => filter({ state: e.currentTarget.value })}
        />
        <TextInput
          label="Student"
          placeholder="Name or e-mail"
          value={words.search ?? ''}
          onChange={(e) => filter({ search: e.currentTarget.value })}
        />
        {isFiltered && (
          <Button variant="subtle" onClick={() => filter({ assignment: '', verdict: '', state: '', search: '', learner: '', question: '' })}>
            Clear the filters
          </Button>
        )}
      </Group>
      {list.isPending && <LoadingState shape="rows" rows={10} />}
      {list.isError && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.data !== undefined && rows.length === 0 && (
        <EmptyState icon={IconInbox} title={isFiltered ? 'Nothing fits these filters' : 'Nobody has handed in yet'}>
          {isFiltered ? 'Clear a filter to see more.' : 'Hand-ins will stand here the moment they arrive, with their verdict and points.'}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <Table.ScrollContainer minWidth={860}>
          <Table striped highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Handed in</Table.Th>
                <Table.Th>Student</Table.Th>
                <Table.Th>Question</Table.Th>
                <Table.Th>Attempt</Table.Th>
                <Table.Th>Language</Table.Th>
                <Table.Th>Verdict</Table.Th>
                <Table.Th ta="right">Points</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={row.id}>
                  <Table.Td>
                    <Anchor component={RouteLink} to={paths.teachSubmission(course.slug, row.id)}>
                      <TimeText at={row.submitted_at} zone={course.time_zone} show="absolute" />
                    </Anchor>
                    {row.is_late && (
                      <Badge ml={6} size="xs" color="orange" variant="light" tt="none">
                        late
                      </Badge>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Anchor
                      component={RouteLink}
                      to={paths.teachSubmissions(course.slug, { learner: row.learner.id })}
                      dir="auto"
                      title={row.learner.email}
                    >
                      {row.learner.display_name}
                    </Anchor>
                  </Table.Td>
                  <Table.Td dir="auto">
                    {row.question_title}
                    <Text size="xs" c="dimmed">
                      {row.assignment_title}
                    </Text>
                  </Table.Td>
                  <Table.Td className="tabular">#{row.attempt_number}</Table.Td>
                  <Table.Td>{languageNames[row.language]}</Table.Td>
                  <Table.Td>
                    <HandInState state={row.state} verdict={row.verdict} />
                  </Table.Td>
                  <Table.Td ta="right">
                    {row.points === null || row.points_possible === null ? '' : <Points got={row.points} of={row.points_possible} />}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {(cursors.length > 0 || list.data?.next_cursor != null) && (
        <Group>
          <Button variant="default" disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
            Newer
          </Button>
          <Button
            variant="default"
            disabled={list.data?.next_cursor == null}
            onClick={() => list.data?.next_cursor != null && setCursors([...cursors, list.data.next_cursor])}
          >
            Older
          </Button>
        </Group>
      )}
    </Stack>
  )
}
