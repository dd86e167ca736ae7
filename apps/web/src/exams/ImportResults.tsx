import type { Exam } from '@gradus/contract/exams'
import { Alert, Button, Group, Stack, Table, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconDownload, IconPrinter } from '@tabler/icons-react'
import { grouped } from '../hand-in/codes.ts'
import { paths } from '../paths.ts'
import teach from '../teach/Teach.module.css'
import { RouteLink } from '../ui/RouteLink.tsx'
import classes from './Exams.module.css'
import type { ImportReply } from './ImportPage.tsx'

/** What is shown at once; the whole list is in the download. */
const SHOWN = 100

/** The wrong rows, one a line: nothing is added while there is one. */
export function ImportErrors({ reply }: { reply: ImportReply }) {
  const { errors, error_count, row_count } = reply
  return (
    <Stack gap="sm">
      <Alert
        color="red"
        icon={<IconAlertTriangle size={18} aria-hidden />}
        role="alert"
        title={error_count === 1 ? '1 mistake' : `${error_count} mistakes`}
      >
        Nothing is imported. Put these right and check again; {row_count} {row_count === 1 ? 'row was' : 'rows were'} read.
      </Alert>
      <Table className={teach.rows} striped aria-label="Mistakes">
        <Table.Thead>
          <Table.Tr>
            <Table.Th className={teach.number}>Row</Table.Th>
            <Table.Th>Column</Table.Th>
            <Table.Th>Value</Table.Th>
            <Table.Th>What is wrong</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {errors.map((error, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is never reordered
            <Table.Tr key={index}>
              <Table.Td data-short data-label="Row" className={teach.number}>
                {error.row === 0 ? 'head' : error.row}
              </Table.Td>
              <Table.Td data-short className="mono">
                {error.column ?? ''}
              </Table.Td>
              <Table.Td data-label="Value">
                <bdi>{error.value}</bdi>
              </Table.Td>
              <Table.Td>{error.message}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {error_count > errors.length && <Text size="sm">and {error_count - errors.length} more.</Text>}
    </Stack>
  )
}

/** The rows as they would be added. */
export function WouldAdd({ reply }: { reply: ImportReply }) {
  return (
    <Stack gap="sm">
      <Text role="status">
        {reply.row_count === 1 ? 'One row, and it is right.' : `All ${reply.row_count} rows are right.`} Nothing is imported yet. See whether the
        names look as they should:
      </Text>
      <Candidates reply={reply} has_codes={false} />
    </Stack>
  )
}

/** What was added, with the codes. */
export function Imported({ exam, reply, onMore }: { exam: Exam; reply: ImportReply; onMore: () => void }) {
  return (
    <Stack gap="md" maw={960}>
      <Alert
        color="green"
        icon={<IconCircleCheck size={18} aria-hidden />}
        role="status"
        title={reply.row_count === 1 ? '1 candidate is imported' : `${reply.row_count} candidates are imported`}
      >
        Each has a code. Print the slips and hand them out, or send the list.
      </Alert>
      <Group>
        <Button
          component="a"
          href={`/api/exams/${exam.id}/slips.pdf`}
          target="_blank"
          rel="noreferrer"
          leftSection={<IconPrinter size={16} aria-hidden />}
        >
          Slips of all candidates (PDF)
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
        <Button component={RouteLink} to={paths.exam(exam.id)} variant="default">
          To the board
        </Button>
        <Button variant="subtle" onClick={onMore}>
          Import more
        </Button>
      </Group>
      <Candidates reply={reply} has_codes />
    </Stack>
  )
}

function Candidates({ reply, has_codes }: { reply: ImportReply; has_codes: boolean }) {
  return (
    <>
      <Table className={teach.rows} striped aria-label={has_codes ? 'Imported candidates' : 'Candidates to import'}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Nickname</Table.Th>
            <Table.Th>First name</Table.Th>
            <Table.Th>Last name</Table.Th>
            <Table.Th>E-mail</Table.Th>
            {has_codes && <Table.Th>Code</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {reply.candidates.slice(0, SHOWN).map((candidate) => (
            <Table.Tr key={candidate.row}>
              <Table.Td data-label="Nickname">
                <bdi>{candidate.nickname}</bdi>
              </Table.Td>
              <Table.Td data-label="First name">
                <bdi>{candidate.first_name}</bdi>
              </Table.Td>
              <Table.Td data-label="Last name">
                <bdi>{candidate.last_name}</bdi>
              </Table.Td>
              <Table.Td data-label="E-mail">{candidate.email ?? ''}</Table.Td>
              {has_codes && (
                <Table.Td data-label="Code">
                  <span className={classes.codeCell}>{candidate.upload_code === null ? '' : grouped(candidate.upload_code)}</span>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {reply.candidates.length > SHOWN && (
        <Text size="sm" c="dimmed">
          and {reply.candidates.length - SHOWN} more.
        </Text>
      )}
    </>
  )
}
