import { listCourses } from '@gradus/contract/courses'
import { listQuestions } from '@gradus/contract/questions'
import { Anchor, Badge, Button, Group, Stack, Table, Text } from '@mantine/core'
import { IconPuzzle } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { useUser } from '../api/session.ts'
import { useSearchWords } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { SearchField } from './SearchField.tsx'
import classes from './Teach.module.css'

const kindNames = { io: 'Input and output', function: 'Function', unit: 'Unit tests', external: 'External grader', file: 'File' } as const

/** As many as the server gives at once. */
const LIMIT = 200

/** The questions a teacher owns or may use, from every course. */
export function QuestionsPage() {
  const user = useUser()
  const [words, change] = useSearchWords()
  const search = words.search ?? ''
  const questions = useCall(listQuestions, { query: { limit: LIMIT, ...(search === '' ? {} : { search }) } }, { keep_previous: true })
  // A question's page stands inside a course, for its breadcrumb and what it is placed in; any course one teaches in will do.
  const courses = useCall(listCourses, {})
  const home =
    courses.data?.courses.find((course) => course.my_role === 'owner' || course.my_role === 'teacher') ??
    courses.data?.courses.find((course) => course.my_role === 'ta' || user.is_admin)
  const found = questions.data?.questions ?? []
  return (
    <Page width="wide">
      <PageHead
        title="Questions"
        crumbs={[{ label: 'Courses', to: paths.home() }, { label: 'Questions' }]}
        actions={
          home === undefined || !user.is_creator ? undefined : (
            <Button component={RouteLink} to={paths.teachNewQuestion(home.slug)}>
              Write a question
            </Button>
          )
        }
      />
      <Stack gap="md">
        <SearchField label="Find a question" placeholder="Title or short name" value={search} onChange={(text) => change({ search: text })} />
        {courses.data !== undefined && home === undefined && (
          <Text size="sm">
            To open or write one you need a course of your own:{' '}
            <Anchor component={RouteLink} to={paths.newCourse()} size="sm" underline="always">
              make a course
            </Anchor>
            . It may stay a draft that nobody sees.
          </Text>
        )}
        {questions.isPending && <LoadingState shape="rows" />}
        {questions.isError && <ErrorState error={questions.error} onRetry={() => void questions.refetch()} />}
        {questions.data !== undefined && found.length === 0 && (
          <EmptyState icon={IconPuzzle} title={search === '' ? 'No questions yet' : 'No question has these words'}>
            {search === ''
              ? 'A question you write stands here and can be asked in any course, each time with its own points. Colleagues’ questions stand here once they share them.'
              : 'Try fewer letters.'}
          </EmptyState>
        )}
        {found.length > 0 && (
          <Table className={classes.rows} striped>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Question</Table.Th>
                <Table.Th>Kind</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Owner</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.map((question) => (
                <Table.Tr key={question.id}>
                  <Table.Td>
                    <div>
                      {home === undefined ? (
                        <bdi>{question.title}</bdi>
                      ) : (
                        <Anchor component={RouteLink} to={paths.teachQuestion(home.slug, question.id)} size="sm">
                          <bdi>{question.title}</bdi>
                        </Anchor>
                      )}
                      <Text size="xs" c="dimmed" className="mono">
                        {question.slug}
                      </Text>
                    </div>
                  </Table.Td>
                  <Table.Td data-label="Kind">{kindNames[question.kind]}</Table.Td>
                  <Table.Td data-label="State">
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
                  <Table.Td data-label="Owner">
                    <bdi>{question.is_mine ? 'You' : question.owner_name}</bdi>
                  </Table.Td>
                </Table.Tr>
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
