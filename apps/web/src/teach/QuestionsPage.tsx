import { listCourses } from '@gradus/contract/courses'
import { listQuestions } from '@gradus/contract/questions'
import { Anchor, Badge, Group, Stack, Table, Text, TextInput } from '@mantine/core'
import { IconPuzzle } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { useSearchWords } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'

const kindNames = { io: 'Input and output', function: 'Function', unit: 'Unit tests' } as const

/** The questions a teacher owns or may use, from every course. */
export function QuestionsPage() {
  const [words, change] = useSearchWords()
  const search = words.search ?? ''
  const questions = useCall(listQuestions, { query: search === '' ? {} : { search } }, { keep_previous: true })
  // A question is written inside a course, where it will be placed first; any course one teaches in will do.
  const courses = useCall(listCourses, {})
  const home = courses.data?.courses.find((course) => course.my_role === 'owner' || course.my_role === 'teacher')
  return (
    <Page width="wide">
      <PageHead title="Questions" crumbs={[{ label: 'Courses', to: paths.home() }, { label: 'Questions' }]} />
      <Stack gap="md">
        <TextInput
          aria-label="Find a question"
          placeholder="Title or short name"
          value={search}
          onChange={(e) => change({ search: e.currentTarget.value })}
          maw={360}
        />
        {questions.isPending && <LoadingState shape="rows" />}
        {questions.isError && <ErrorState error={questions.error} onRetry={() => void questions.refetch()} />}
        {questions.data?.questions.length === 0 && (
          <EmptyState icon={IconPuzzle} title={search === '' ? 'No questions yet' : 'No question has these words'}>
            {search === ''
              ? 'Open an assignment under Teach and choose “Write a new question”. It will stand here and can be placed in any course.'
              : 'Try fewer letters.'}
          </EmptyState>
        )}
        {questions.data !== undefined && questions.data.questions.length > 0 && (
          <Table.ScrollContainer minWidth={640}>
            <Table striped>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Question</Table.Th>
                  <Table.Th>Kind</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th>Owner</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {questions.data.questions.map((question) => (
                  <Table.Tr key={question.id}>
                    <Table.Td>
                      {home === undefined ? (
                        <Text size="sm" dir="auto">
                          {question.title}
                        </Text>
                      ) : (
                        <Anchor component={RouteLink} to={paths.teachQuestion(home.slug, question.id)} dir="auto">
                          {question.title}
                        </Anchor>
                      )}
                      <Text size="xs" c="dimmed" className="mono">
                        {question.slug}
                      </Text>
                    </Table.Td>
                    <Table.Td>{kindNames[question.kind]}</Table.Td>
                    <Table.Td>
                      <Group gap={6}>
                        {question.latest_published !== null && (
                          <Badge variant="light" color="green" tt="none" radius="sm">
                            Version {question.latest_published}
                          </Badge>
                        )}
                        {question.has_draft && (
                          <Badge variant="light" color="gray" tt="none" radius="sm">
                            Draft
                          </Badge>
                        )}
                        {question.is_shared && (
                          <Badge variant="outline" color="gray" tt="none" radius="sm">
                            Shared
                          </Badge>
                        )}
                      </Group>
                    </Table.Td>
                    <Table.Td dir="auto">{question.is_mine ? 'You' : question.owner_name}</Table.Td>
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
