import { type Board, type BoardLine, type Exam, getCandidate, type Receipt } from '@gradus/contract/exams'
import { Anchor, Button, Drawer, Group, Stack, Text, Title } from '@mantine/core'
import { IconDownload, IconPrinter } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { grouped } from '../hand-in/codes.ts'
import { receiptLooks } from '../hand-in/receipt-words.ts'
import { paths } from '../paths.ts'
import { CopyText } from '../ui/CopyText.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { shortSize } from '../ui/size.ts'
import { TimeText } from '../ui/TimeText.tsx'
import { LookBadge } from '../ui/Verdict.tsx'
import { nameOf } from './board-lines.ts'
import { EditCandidate, Reissue, Swap } from './CandidateActions.tsx'
import classes from './Exams.module.css'
import { RemoveCandidates } from './RemoveCandidates.tsx'

const LOOK_AGAIN_MS = 5_000

interface Props {
  exam: Exam
  line: BoardLine
  board: Board
  onClose: () => void
}

/** One candidate: code, files, and what can be put right during an exam. */
export function CandidateDrawer({ exam, line, board, onClose }: Props) {
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(560px, 100%)"
      title={<bdi style={{ fontWeight: 650, fontSize: 17, overflowWrap: 'anywhere' }}>{nameOf(line)}</bdi>}
    >
      {exam.can_manage_candidates ? <Managed exam={exam} line={line} board={board} onClose={onClose} /> : <Watched exam={exam} line={line} />}
    </Drawer>
  )
}

/** For those who may look and not manage: the file that counts. */
function Watched({ exam, line: { nickname, last } }: { exam: Exam; line: BoardLine }) {
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        <bdi>{nickname}</bdi>
      </Text>
      {last === null ? <Text>No file yet.</Text> : <File exam={exam} file={last} />}
    </Stack>
  )
}

function Managed({ exam, line, board, onClose }: Props) {
  const params = { candidate_id: line.candidate_id }
  const call = useCall(getCandidate, { params }, { refetch_ms: LOOK_AGAIN_MS })
  const candidate = call.data
  if (candidate === undefined)
    return call.isError ? <ErrorState error={call.error} onRetry={() => void call.refetch()} /> : <LoadingState shape="text" rows={5} />
  const revoked = candidate.codes.filter((each) => each.revoked_at !== null)
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">
        <bdi>{candidate.nickname}</bdi>
        {candidate.email !== null && (
          <>
            {' · '}
            <bdi>{candidate.email}</bdi>
          </>
        )}
      </Text>
      <section aria-labelledby="candidate-code">
        <Title order={3} size="h4" id="candidate-code" mb={4}>
          Upload code
        </Title>
        <Group gap={6}>
          <Text className={classes.codeCell} size="xl">
            {grouped(candidate.upload_code)}
          </Text>
          <CopyText value={candidate.upload_code} what="the upload code" />
        </Group>
        <Group gap="xs" mt={6}>
          <Reissue candidate={candidate} />
          <Button
            component="a"
            href={`/api/exams/${exam.id}/slips.pdf?candidate_id=${candidate.id}`}
            target="_blank"
            rel="noreferrer"
            size="compact-sm"
            variant="default"
            leftSection={<IconPrinter size={14} aria-hidden />}
          >
            Print the slip
          </Button>
        </Group>
        {revoked.length > 0 && (
          <ul className={classes.lines} style={{ marginTop: 8 }} aria-label="Dead codes">
            {revoked.map((each) => (
              <li key={each.code}>
                <s className="mono">{grouped(each.code)}</s> dead since{' '}
                {each.revoked_at !== null && <TimeText at={each.revoked_at} zone={exam.time_zone} />}
                {each.revoked_because !== null && (
                  <>
                    : <bdi>{each.revoked_because}</bdi>
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="candidate-files">
        <Title order={3} size="h4" id="candidate-files" mb={4}>
          Files
        </Title>
        {candidate.receipts.length === 0 && <Text size="sm">No file yet.</Text>}
        <Stack gap="md">
          {candidate.receipts.map((receipt) => (
            <File key={receipt.verification_code} exam={exam} file={receipt} />
          ))}
        </Stack>
      </section>
      <section aria-labelledby="candidate-mend">
        <Title order={3} size="h4" id="candidate-mend" mb={4}>
          Put right
        </Title>
        <Group gap="xs">
          <EditCandidate candidate={candidate} />
          <Swap exam={exam} candidate={candidate} others={board.candidates} />
          <RemoveCandidates exam_id={exam.id} candidates={[candidate]} label="Remove" onRemoved={onClose} />
        </Group>
      </section>
    </Stack>
  )
}

type ShownFile = Pick<
  Receipt,
  'state' | 'verification_code' | 'filename' | 'handed_in_at' | 'is_late' | 'size_bytes' | 'sha256' | 'attempt_number'
> & {
  submission_id: string | null
}

function File({ exam, file }: { exam: Exam; file: ShownFile }) {
  const { state, submission_id, verification_code, attempt_number, filename, handed_in_at, is_late, size_bytes, sha256 } = file
  return (
    <div>
      <Group gap="xs">
        <LookBadge look={receiptLooks[state]} size="sm" />
        {is_late && (
          <Text span size="sm" fw={600}>
            late
          </Text>
        )}
        {attempt_number !== null && (
          <Text span size="sm" c="dimmed">
            upload {attempt_number}
          </Text>
        )}
      </Group>
      <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
        <bdi>{filename}</bdi>
      </Text>
      <Text size="sm" c="dimmed">
        <TimeText at={handed_in_at} zone={exam.time_zone} />, {shortSize(size_bytes)}
      </Text>
      <div className={classes.hash}>{sha256}</div>
      <Group gap="md" mt={2}>
        <Anchor component={RouteLink} to={paths.receipt(verification_code)} size="sm" underline="always">
          Receipt
        </Anchor>
        {state === 'kept' && submission_id !== null && (
          <Anchor href={`/api/submissions/${submission_id}/file`} download size="sm" underline="always">
            <IconDownload size={14} aria-hidden style={{ verticalAlign: '-2px' }} /> Download
          </Anchor>
        )}
      </Group>
    </div>
  )
}
