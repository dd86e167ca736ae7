import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core'
import { useNetwork } from '@mantine/hooks'
import { IconAlertTriangle, IconFileCheck, IconWifiOff } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { requestId, sentence } from '../api/sentence.ts'
import { shortSize, sizeText } from '../ui/size.ts'
import { TimeText } from '../ui/TimeText.tsx'
import { DropZone } from './DropZone.tsx'
import { type FileLimits, limitsText, whyNot } from './file-limits.ts'
import classes from './HandIn.module.css'
import { leftText } from './upload-speed.ts'
import type { Promised, Upload, Uploader } from './use-upload.ts'

interface Props {
  uploader: Uploader
  limits: FileLimits
  /** What handing in costs or means, above the button that does it. */
  consequence: ReactNode
  /** Looks at a chosen file beyond the limits: a sentence where it must not be sent. */
  objection?: (facts: { sha256: string; size_bytes: number }) => string | null
  zone?: string
}

/** Leaving in the middle is asked about: the browser's own question, once a file is on its way. */
function useStay(is_busy: boolean): void {
  useEffect(() => {
    if (!is_busy) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [is_busy])
}

/** Choosing a file, looking at it once more, sending it, and what happens meanwhile. */
export function UploadPanel({ uploader, limits, consequence, objection, zone }: Props) {
  const { upload, choose, send, drop, tryNow } = uploader
  const [not_sent, setNotSent] = useState<string | null>(null)
  useStay(upload.phase === 'sending' || upload.phase === 'waiting')
  const take = (file: File): void => {
    const reason = whyNot(file, limits)
    setNotSent(reason)
    if (reason === null) choose(file)
    else drop()
  }
  const isBusy = upload.phase === 'sending' || upload.phase === 'waiting'
  return (
    <Stack gap="md">
      {not_sent !== null && (
        <Alert color="red" icon={<IconAlertTriangle size={18} aria-hidden />} title="Not sent" role="alert">
          <bdi>{not_sent}</bdi>
        </Alert>
      )}
      {upload.phase === 'refused' && <Refused upload={upload} zone={zone} />}
      {upload.phase === 'unreadable' && (
        <Alert color="red" icon={<IconAlertTriangle size={18} aria-hidden />} title="The file cannot be read" role="alert">
          “<bdi>{upload.filename}</bdi>” has changed, moved or gone since you chose it. Nothing was handed in. Close it in other programs and choose
          it again.
        </Alert>
      )}
      {upload.phase === 'left_over' && (
        <Alert color="yellow" icon={<IconAlertTriangle size={18} aria-hidden />} title="A file from before was never answered for" role="alert">
          <Stack gap="sm" align="flex-start">
            <Text size="sm">
              This device kept “<bdi>{upload.kept.file.name}</bdi>”, {sizeText(upload.kept.file.size)}, handed in{' '}
              <TimeText at={upload.kept.asked_at} />. It may have arrived or not; sending it again makes no second hand-in of it.
            </Text>
            <Group>
              <Button size="sm" onClick={send}>
                Send it again
              </Button>
              <Button size="sm" variant="default" onClick={drop}>
                Forget it
              </Button>
            </Group>
          </Stack>
        </Alert>
      )}
      {upload.phase === 'chosen' && <Chosen upload={upload} consequence={consequence} objection={objection} onSend={send} onDrop={drop} />}
      {upload.phase === 'sending' && <Sending upload={upload} zone={zone} onStop={drop} />}
      {upload.phase === 'waiting' && <Waiting upload={upload} zone={zone} onTry={tryNow} onStop={drop} />}
      {!isBusy && (
        <DropZone
          verb={upload.phase === 'chosen' ? 'Choose another file' : 'Choose a file'}
          types={limits.allowed_types}
          is_quiet={upload.phase === 'chosen'}
          onFile={take}
        >
          {limitsText(limits)}
        </DropZone>
      )}
    </Stack>
  )
}

function FileLine({ file, sha256 }: { file: File; sha256: string | null }) {
  return (
    <div>
      <Text fw={650} style={{ overflowWrap: 'anywhere' }}>
        <bdi>{file.name}</bdi>
      </Text>
      <Text size="sm">{sizeText(file.size)}</Text>
      <Text size="sm" c="dimmed">
        SHA-256, computed on this device
      </Text>
      <div className={classes.hash} style={{ minHeight: 38 }}>
        {sha256 ?? 'computing …'}
      </div>
    </div>
  )
}

function Chosen({
  upload,
  consequence,
  objection,
  onSend,
  onDrop,
}: {
  upload: Extract<Upload, { phase: 'chosen' }>
  consequence: ReactNode
  objection: Props['objection']
  onSend: () => void
  onDrop: () => void
}) {
  const { file, sha256, ratio } = upload.chosen
  const button = useRef<HTMLButtonElement>(null)
  const mayBeSent = sha256 !== null
  // Whoever chose a file wants the button next: the keyboard is there as soon as the file is read.
  useEffect(() => {
    if (mayBeSent) button.current?.focus()
  }, [mayBeSent])
  const against = sha256 === null ? null : (objection?.({ sha256, size_bytes: file.size }) ?? null)
  return (
    <section className={classes.fact} aria-label="The chosen file">
      <Stack gap="sm">
        <FileLine file={file} sha256={sha256} />
        {sha256 === null && <Progress value={ratio * 100} aria-label="Reading the file" />}
        {against === null ? (
          <Text size="sm">{consequence}</Text>
        ) : (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {against}
          </Text>
        )}
        <Group>
          <Button
            size="md"
            leftSection={<IconFileCheck size={18} aria-hidden />}
            disabled={sha256 === null || against !== null}
            onClick={onSend}
            ref={button}
          >
            Hand in this file
          </Button>
          <Button size="md" variant="default" onClick={onDrop}>
            Not this one
          </Button>
        </Group>
      </Stack>
    </section>
  )
}

/** What the server already knows, where the hash went first. */
function PromisedNote({ promised, zone }: { promised: Promised | null; zone: string | undefined }) {
  if (promised === null) return null
  return (
    <Text size="sm" fw={600}>
      The hash of this file is recorded in time. The deadline is met if the same bytes arrive
      {promised.until === null ? (
        ' soon'
      ) : (
        <>
          {' '}
          by <TimeText at={promised.until} {...(zone === undefined ? {} : { zone })} />
        </>
      )}
      .
    </Text>
  )
}

function Sending({ upload, zone, onStop }: { upload: Extract<Upload, { phase: 'sending' }>; zone: string | undefined; onStop: () => void }) {
  const { file, sha256, step, sent_ratio, bytes_per_second, promised } = upload
  const percent = Math.floor(sent_ratio * 100)
  const isSent = sent_ratio >= 1
  return (
    <section className={classes.fact} aria-label="Sending the file">
      <Stack gap="sm">
        <FileLine file={file} sha256={sha256} />
        <PromisedNote promised={promised} zone={zone} />
        <Progress value={isSent ? 100 : percent} animated={isSent} size="lg" aria-label="Sent so far" />
        <Text size="sm" className="tabular" role="status" mih={20}>
          {step === 'hash'
            ? 'Near the deadline the hash goes first, then the file …'
            : isSent
              ? 'Everything is sent. The server is writing it down …'
              : `${percent} % sent${bytes_per_second === null ? '' : `, ${shortSize(Math.round(bytes_per_second))} a second, ${leftText(file.size * (1 - sent_ratio), bytes_per_second)}`}`}
        </Text>
        <div>
          <Button size="compact-sm" variant="default" onClick={onStop}>
            Stop
          </Button>
        </div>
      </Stack>
    </section>
  )
}

function Waiting({
  upload,
  zone,
  onTry,
  onStop,
}: {
  upload: Extract<Upload, { phase: 'waiting' }>
  zone: string | undefined
  onTry: () => void
  onStop: () => void
}) {
  const { online } = useNetwork()
  const { file, sha256, error, is_kept, promised } = upload
  return (
    <Alert
      color="yellow"
      icon={<IconWifiOff size={18} aria-hidden />}
      title={online ? 'No receipt yet: trying again' : 'You are offline'}
      role="alert"
    >
      <Stack gap="sm">
        <Text size="sm">
          {online ? sentence(error) : 'The connection is gone.'}{' '}
          {is_kept
            ? 'The file is kept on this device and goes out by itself as soon as the server answers, also after a reload. Do not clear this browser’s data.'
            : 'Leave this page open: it goes out by itself as soon as the server answers.'}{' '}
          It is handed in only when a receipt stands here.
        </Text>
        <PromisedNote promised={promised} zone={zone} />
        <FileLine file={file} sha256={sha256} />
        <Group>
          <Button size="sm" onClick={onTry}>
            Try now
          </Button>
          <Button size="sm" variant="default" onClick={onStop}>
            Stop, do not hand it in
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}

function Refused({ upload, zone }: { upload: Extract<Upload, { phase: 'refused' }>; zone: string | undefined }) {
  const id = requestId(upload.error)
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} aria-hidden />} title="Not handed in" role="alert">
      <Text size="sm">
        “<bdi>{upload.filename}</bdi>”: {sentence(upload.error)}
      </Text>
      <PromisedNote promised={upload.promised} zone={zone} />
      {id !== null && (
        <Text size="xs" c="dimmed" className="mono">
          Request {id}
        </Text>
      )}
    </Alert>
  )
}
