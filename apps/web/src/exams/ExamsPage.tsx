import { type Exam, listExams } from '@gradus/contract/exams'
import { Anchor, Badge, Button, Group, Progress, Stack, Table, Text } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { useSearchWords } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { Availability } from '../courses/Availability.tsx'
import { paths } from '../paths.ts'
import { SearchField } from '../teach/SearchField.tsx'
import teach from '../teach/Teach.module.css'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { shortSize } from '../ui/size.ts'
import { ExamState } from './ExamState.tsx'

const LOOK_AGAIN_MS = 10_000
/** Below this nobody needs to search. */
const MANY = 10

/** The exams one may watch: state, totals, time left. */
export function ExamsPage() {
  const [words, change] = useSearchWords()
  const list = useCall(listExams, {}, { refetch_ms: LOOK_AGAIN_MS })
  const all = list.data?.exams ?? []
  const search = (words.search ?? '').toLowerCase()
  const exams = all.filter((exam) => `${exam.title}\n${exam.course_title}`.toLowerCase().includes(search))
  const make = (
    <Button component={RouteLink} to={paths.newExam()}>
      Make an exam
    </Button>
  )
  return (
    <Page width="wide">
      <PageHead title="Exams" actions={list.data?.can_create === true && all.length > 0 ? make : undefined} />
      <Stack gap="md">
        {all.length >= MANY && (
          <SearchField label="Find an exam" placeholder="Title or course" value={words.search ?? ''} onChange={(text) => change({ search: text })} />
        )}
        {list.isPending && <LoadingState shape="rows" />}
        {list.isError && list.data === undefined && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
        {list.data !== undefined && all.length === 0 && (
          <EmptyState icon={IconFileUpload} title="No exams yet" action={list.data.can_create ? make : undefined}>
            An exam takes one file from each candidate. Candidates have a code on paper and no account; you watch live who has handed in, and fetch
            the files.
            {!list.data.can_create && ' Your role may watch exams and not make them; ask the owner of the course.'}
          </EmptyState>
        )}
        {all.length > 0 && exams.length === 0 && <Text c="dimmed">No exam has these words in its title.</Text>}
        {exams.length > 0 && <ExamTable exams={exams} />}
      </Stack>
    </Page>
  )
}

function ExamTable({ exams }: { exams: readonly Exam[] }) {
  return (
    <Table className={teach.rows} striped>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Exam</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>Time</Table.Th>
          <Table.Th>Handed in</Table.Th>
          <Table.Th className={teach.number}>Kept</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {exams.map((exam) => (
          <Table.Tr key={exam.id}>
            <Table.Td>
              <div>
                <Anchor component={RouteLink} to={paths.exam(exam.id)} size="sm" fw={600}>
                  <bdi>{exam.title}</bdi>
                </Anchor>
                {exam.course_title !== exam.title && (
                  <Text size="xs" c="dimmed">
                    <bdi>{exam.course_title}</bdi>
                  </Text>
                )}
              </div>
            </Table.Td>
            <Table.Td data-short>
              <Group gap={6}>
                <ExamState state={exam.availability} />
                {exam.is_default && (
                  <Badge variant="outline" color="gray" tt="none" radius="sm" title="Serves the plain routes of the original depository">
                    Default
                  </Badge>
                )}
                {exam.legal_hold_reason !== null && (
                  <Badge variant="light" color="orange" tt="none" radius="sm" title={exam.legal_hold_reason}>
                    Held
                  </Badge>
                )}
              </Group>
            </Table.Td>
            <Table.Td>{exam.availability === 'closed' ? <ClosedAt exam={exam} /> : <Availability times={exam} zone={exam.time_zone} />}</Table.Td>
            <Table.Td data-label="Handed in">
              <HandedIn exam={exam} />
            </Table.Td>
            <Table.Td data-label="Kept" className={teach.number}>
              {shortSize(exam.totals.kept_bytes)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

const ClosedAt = ({ exam }: { exam: Exam }) => (
  <Text span size="sm" c="dimmed">
    {exam.deletion === null
      ? ''
      : `${exam.deletion.file_count_within_a_day} ${exam.deletion.file_count_within_a_day === 1 ? 'file is' : 'files are'} deleted within a day`}
  </Text>
)

function HandedIn({ exam: { totals } }: { exam: Exam }) {
  const { handed_in_count, candidate_count } = totals
  const ratio = candidate_count === 0 ? 0 : handed_in_count / candidate_count
  return (
    <div style={{ minWidth: 120 }}>
      <span className="tabular">
        {handed_in_count} of {candidate_count}
      </span>
      <Progress value={ratio * 100} size="sm" color="green" aria-hidden />
    </div>
  )
}
