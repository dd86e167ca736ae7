import { getLogHead, listLog, verifyLog } from '@gradus/contract/exams'
import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { usePageTitle } from '../app/PageHead.tsx'
import { CopyText } from '../ui/CopyText.tsx'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import classes from './Exams.module.css'
import { useExam } from './use-exam.ts'

const PAGE = 50
const LOOK_AGAIN_MS = 10_000

/** The exam's log: every receipt is an entry, each entry names the one before, and its head can be published. */
export function LogPage() {
  const exam = useExam()
  usePageTitle(`Log · ${exam.title}`)
  const params = { exam_id: exam.id }
  const head = useCall(getLogHead, { params }, { refetch_ms: LOOK_AGAIN_MS })
  return (
    <Stack gap="lg" maw={960}>
      <Text size="sm" c="dimmed" maw="72ch">
        Every file, promise and change of a code is an entry that carries the SHA-256 of the entry before. Publish the head, on a board or in a mail
        to the candidates: whoever has it can prove later that nothing before it was changed, taken out or put in.
      </Text>
      {head.isError && head.data === undefined && <ErrorState error={head.error} onRetry={() => void head.refetch()} />}
      {head.isPending && <LoadingState shape="text" rows={3} />}
      {head.data !== undefined && (
        <>
          <Paper p="md" component="section" aria-labelledby="head">
            <Title order={2} size="h4" id="head">
              Head of the log: entry {head.data.seq}
            </Title>
            <Group gap={6} wrap="nowrap" mt={6}>
              <span className={classes.hash}>{head.data.entry_sha256}</span>
              <CopyText value={`${exam.title}, entry ${head.data.seq}: ${head.data.entry_sha256}`} what="the head, to publish it" />
            </Group>
            <Verify exam_id={exam.id} />
          </Paper>
          <Entries key={exam.id} exam_id={exam.id} zone={exam.time_zone} head_seq={head.data.seq} />
        </>
      )}
    </Stack>
  )
}

function Verify({ exam_id }: { exam_id: string }) {
  const verify = useChange(verifyLog)
  const found = verify.data
  return (
    <Stack gap="sm" mt="sm">
      <div>
        <Button variant="default" size="sm" loading={verify.isPending} onClick={() => verify.mutate({ params: { exam_id } })}>
          Check the whole log
        </Button>
      </div>
      <ErrorLine error={verify.error} />
      {found !== undefined &&
        (found.is_intact ? (
          <Alert color="green" icon={<IconCircleCheck size={18} aria-hidden />} title="Intact" role="status">
            All {found.entry_count} entries are as they were written, and agree with what is kept.
          </Alert>
        ) : (
          <Alert color="red" icon={<IconCircleX size={18} aria-hidden />} title={`Broken at entry ${found.broken_at}`} role="alert">
            {found.complaint} Tell the operator of this server, and keep the backups of before.
          </Alert>
        ))}
    </Stack>
  )
}

/** What an entry is of, in words; a kind that is newer than this page stands as it is. */
const kindNames: Record<string, string> = {
  exam_created: 'The exam was made',
  accepted: 'A file was taken',
  promised: 'A hash was recorded',
  code_reissued: 'A code was replaced',
  swapped: 'Two candidates were exchanged',
}

interface ReadEntry {
  at?: string
  kind?: string
  body?: Record<string, unknown>
}

const readEntry = (entry: string): ReadEntry => {
  try {
    return JSON.parse(entry) as ReadEntry
  } catch {
    return {}
  }
}

/** Pages from the newest backwards: the log counts without gaps from 1. */
function Entries({ exam_id, zone, head_seq }: { exam_id: string; zone: string; head_seq: number }) {
  /** The last entry of the page that is shown; null follows the head. */
  const [until, setUntil] = useState<number | null>(null)
  const last = until ?? head_seq
  const after = Math.max(0, last - PAGE)
  const list = useCall(listLog, { params: { exam_id }, query: { after, limit: Math.max(1, last - after) } }, { keep_previous: true })
  return (
    <section aria-labelledby="entries">
      <Title order={2} size="h4" id="entries" mb={4}>
        Entries
      </Title>
      {list.isPending && <LoadingState shape="rows" />}
      <ErrorLine error={list.error} />
      {list.data?.entries.toReversed().map((each) => {
        const { at, kind, body } = readEntry(each.entry)
        return (
          <div key={each.seq} className={classes.entry}>
            <Group gap="sm">
              <Text size="sm" fw={600} className="tabular">
                {each.seq}
              </Text>
              <Text size="sm">{kindNames[kind ?? ''] ?? kind}</Text>
              <Text size="sm" c="dimmed">
                {typeof at === 'string' && <TimeText at={at} zone={zone} show="absolute" />}
              </Text>
            </Group>
            <div className={classes.hash}>{each.entry_sha256}</div>
            {body !== undefined && (
              <details>
                <summary style={{ fontSize: 13 }}>What it says, byte for byte</summary>
                <div className={classes.hash}>{each.entry}</div>
              </details>
            )}
          </div>
        )
      })}
      <Group mt="sm">
        <Button variant="default" size="sm" disabled={until === null} onClick={() => setUntil(last + PAGE >= head_seq ? null : last + PAGE)}>
          Newer
        </Button>
        <Button variant="default" size="sm" disabled={after === 0} onClick={() => setUntil(after)}>
          Older
        </Button>
      </Group>
    </section>
  )
}
