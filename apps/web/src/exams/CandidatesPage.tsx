import { type Candidate, createCandidate, getBoard, getExam, listCandidates } from '@gradus/contract/exams'
import { Anchor, Button, Group, Pagination, Paper, SimpleGrid, Stack, Table, Text, TextInput, Title, VisuallyHidden } from '@mantine/core'
import { IconDownload, IconPrinter, IconUsers } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { fieldProblems, isProblem } from '../api/problem.ts'
import { useSearchWords } from '../app/address.ts'
import { usePageTitle } from '../app/PageHead.tsx'
import { grouped } from '../hand-in/codes.ts'
import { paths } from '../paths.ts'
import { SearchField } from '../teach/SearchField.tsx'
import teach from '../teach/Teach.module.css'
import { CopyText } from '../ui/CopyText.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { nameOf } from './board-lines.ts'
import classes from './Exams.module.css'
import { RemoveCandidates } from './RemoveCandidates.tsx'
import { useExam } from './use-exam.ts'

const PAGE = 100

/** The candidates with their codes: to look one up at the door, to print, to add one who was forgotten. */
export function CandidatesPage() {
  const exam = useExam()
  usePageTitle(`Candidates · ${exam.title}`)
  const [words, change] = useSearchWords()
  const list = useCall(listCandidates, { params: { exam_id: exam.id } })
  const all = list.data?.candidates ?? []
  const asked = (words.search ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const found = all.filter((candidate) => {
    const text = `${candidate.nickname} ${nameOf(candidate)} ${candidate.email ?? ''}`.toLowerCase()
    return asked.every((word) => text.includes(word))
  })
  const pages = Math.max(1, Math.ceil(found.length / PAGE))
  const page = Math.min(pages, Math.max(1, Math.trunc(Number(words.page ?? 1)) || 1))
  return (
    <Stack gap="lg">
      <AddOne />
      {list.isPending && <LoadingState shape="rows" rows={10} />}
      {list.isError && list.data === undefined && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.data !== undefined && all.length === 0 && (
        <EmptyState
          icon={IconUsers}
          title="No candidates yet"
          action={
            <Button component={RouteLink} to={paths.exam(exam.id, 'import')}>
              Import a list
            </Button>
          }
        >
          A candidate has a name, a nickname of your choosing, and a code for uploading. Add one above, or import a whole list.
        </EmptyState>
      )}
      {all.length > 0 && (
        <Stack gap="sm">
          <Group gap="sm" align="flex-end">
            <SearchField
              label="Find a candidate"
              placeholder="Name, nickname or e-mail"
              value={words.search ?? ''}
              onChange={(search) => change({ search, page: null })}
            />
            <Button
              component="a"
              href={`/api/exams/${exam.id}/slips.pdf`}
              target="_blank"
              rel="noreferrer"
              variant="default"
              leftSection={<IconPrinter size={16} aria-hidden />}
            >
              Slips of all (PDF)
            </Button>
            <Button
              component="a"
              href={`/api/exams/${exam.id}/candidates.csv`}
              download
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
            >
              List with codes (CSV)
            </Button>
            {found.length > 0 && (
              <RemoveCandidates
                exam_id={exam.id}
                candidates={found}
                size="sm"
                label={found.length === all.length ? 'Remove candidates' : 'Remove these'}
              />
            )}
          </Group>
          <Text size="sm" c="dimmed" role="status">
            {found.length === all.length ? `${all.length} ${all.length === 1 ? 'candidate' : 'candidates'}` : `${found.length} of ${all.length}`}, by
            nickname
          </Text>
          {found.length === 0 ? (
            <Text c="dimmed">Nobody has these words in a name, a nickname or an address.</Text>
          ) : (
            <CandidateTable exam_id={exam.id} candidates={found.slice((page - 1) * PAGE, page * PAGE)} />
          )}
          {pages > 1 && (
            <Pagination
              total={pages}
              value={page}
              onChange={(next) => change({ page: next === 1 ? null : String(next) })}
              getControlProps={(control) => ({ 'aria-label': control === 'next' ? 'Next page' : 'Page before' })}
              getItemProps={(number) => ({ 'aria-label': `Page ${number}` })}
            />
          )}
        </Stack>
      )}
    </Stack>
  )
}

function CandidateTable({ exam_id, candidates }: { exam_id: string; candidates: readonly Candidate[] }) {
  return (
    <Table className={teach.rows} striped aria-label="Candidates">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Nickname</Table.Th>
          <Table.Th>Name</Table.Th>
          <Table.Th>Code</Table.Th>
          <Table.Th className={teach.number}>Uploads used</Table.Th>
          <Table.Th>
            <VisuallyHidden>Slip</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {candidates.map((candidate) => (
          <Table.Tr key={candidate.id}>
            <Table.Td data-label="Nickname">
              <Anchor component={RouteLink} to={paths.exam(exam_id, 'board', { candidate: candidate.id })} size="sm">
                <bdi>{candidate.nickname}</bdi>
              </Anchor>
            </Table.Td>
            <Table.Td data-label="Name">
              <div>
                <bdi>{nameOf(candidate)}</bdi>
                {candidate.email !== null && (
                  <Text size="xs" c="dimmed">
                    <bdi>{candidate.email}</bdi>
                  </Text>
                )}
              </div>
            </Table.Td>
            <Table.Td data-label="Code">
              <Group gap={4} wrap="nowrap">
                <span className={classes.codeCell}>{grouped(candidate.upload_code)}</span>
                <CopyText value={candidate.upload_code} what={`the code of ${candidate.nickname}`} />
              </Group>
            </Table.Td>
            <Table.Td data-label="Uploads used" className={teach.number}>
              {candidate.uploads_used}
            </Table.Td>
            <Table.Td>
              <Anchor
                href={`/api/exams/${exam_id}/slips.pdf?candidate_id=${candidate.id}`}
                target="_blank"
                rel="noreferrer"
                size="sm"
                aria-label={`Slip of ${candidate.nickname}`}
              >
                Slip
              </Anchor>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

const empty = { nickname: '', first_name: '', last_name: '', email: '' }

/** One candidate by hand; the code is said at once. */
function AddOne() {
  const exam = useExam()
  const add = useChange(createCandidate, [listCandidates, getBoard, getExam])
  const [typed, setTyped] = useState(empty)
  const fields = fieldProblems(add.error)
  const put = (part: Partial<typeof empty>): void => setTyped((before) => ({ ...before, ...part }))
  const isReady = [typed.nickname, typed.first_name, typed.last_name].every((each) => each.trim() !== '')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const { email, ...names } = typed
    await add.mutateAsync({ params: { exam_id: exam.id }, body: { ...names, email: email.trim() === '' ? null : email.trim() } })
    setTyped(empty)
  }
  const isTaken = isProblem(add.error, 'nickname_taken')
  return (
    <Paper p="md" component="section" aria-labelledby="add-one">
      <Title order={2} size="h4" id="add-one" mb={8}>
        Add a candidate
      </Title>
      <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
          <TextInput
            label="Nickname"
            description="Short and unique: a student number"
            required
            maxLength={64}
            value={typed.nickname}
            onChange={(event) => put({ nickname: event.currentTarget.value })}
            error={isTaken ? 'Somebody here has this nickname.' : fields.nickname}
          />
          <TextInput
            label="First name"
            description="As it is spelled"
            required
            maxLength={254}
            dir="auto"
            value={typed.first_name}
            onChange={(event) => put({ first_name: event.currentTarget.value })}
            error={fields.first_name}
          />
          <TextInput
            label="Last name"
            description="As it is spelled"
            required
            maxLength={254}
            dir="auto"
            value={typed.last_name}
            onChange={(event) => put({ last_name: event.currentTarget.value })}
            error={fields.last_name}
          />
          <TextInput
            label="E-mail address"
            description="Need not be given"
            type="email"
            maxLength={254}
            value={typed.email}
            onChange={(event) => put({ email: event.currentTarget.value })}
            error={fields.email}
          />
        </SimpleGrid>
        <Group mt="sm">
          <Button type="submit" loading={add.isPending} disabled={!isReady}>
            Add the candidate
          </Button>
          {!isTaken && <ErrorLine error={add.error} />}
          {add.data !== undefined && (
            <Group gap={6} role="status">
              <Text size="sm">
                <bdi>{add.data.nickname}</bdi> has the code
              </Text>
              <span className={classes.codeCell}>{grouped(add.data.upload_code)}</span>
              <CopyText value={add.data.upload_code} what="the new code" />
            </Group>
          )}
        </Group>
      </form>
    </Paper>
  )
}
