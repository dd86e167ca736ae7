import { getHandIn, type HandIn, promiseFile, type Receipt, uploadFile } from '@gradus/contract/exams'
import { Alert, Anchor, Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconCircleCheck, IconClock, IconHash, IconLock, IconPrinter } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { renew } from '../api/calls.ts'
import { client } from '../api/client.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { Markdown } from '../ui/Markdown.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { exactTime } from '../ui/time.ts'
import { useServerNow } from '../ui/use-server-now.ts'
import { LookBadge } from '../ui/Verdict.tsx'
import { TimeLeft, UploadsLeft, ZonedTime } from './ClockFacts.tsx'
import { grouped } from './codes.ts'
import { goesHashFirst, standingAt } from './deadline.ts'
import classes from './HandIn.module.css'
import { ReceiptSheet } from './ReceiptSheet.tsx'
import { receiptLooks } from './receipt-words.ts'
import { UploadPanel } from './UploadPanel.tsx'
import { useUpload } from './use-upload.ts'

interface Props {
  code: string
  hand_in: HandIn
  received_at_ms: number
  onLook: () => void
  children: ReactNode
}

const isOpenPromise = (receipt: Receipt, now: Date): boolean =>
  receipt.state === 'promised' && receipt.bytes_until !== null && Date.parse(receipt.bytes_until) > now.getTime()

/** The page of one code: the exam, its clock, the file, the receipts. */
export function HandInDesk({ code, hand_in, received_at_ms, onLook, children }: Props) {
  const { exam, uploads_left, receipts } = hand_in
  const now = useServerNow(hand_in.now, received_at_ms)
  const standing = standingAt(exam, now)
  const [done, setDone] = useState<{ receipt: Receipt; is_same: boolean } | null>(null)
  const [isAgain, setIsAgain] = useState(false)
  const receipt_place = useRef<HTMLDivElement>(null)

  // The clock has passed a mark: the server says what holds from here on.
  const told = exam.availability
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each change, not for each answer
  useEffect(() => {
    if (standing !== told) onLook()
  }, [standing])

  const uploader = useUpload({
    name: `exam.${code}`,
    url: uploadFile.path.replace(':code', encodeURIComponent(code)),
    reply: uploadFile.reply,
    promise: (facts, is_retry) => {
      const server_now = new Date(Date.now() + Date.parse(hand_in.now) - received_at_ms)
      if (!goesHashFirst(exam, exam.hash_first_grace_seconds, server_now, is_retry)) return null
      const { sha256, size_bytes, filename } = facts
      return client.call(promiseFile, { params: { code }, body: { sha256, size_bytes, filename: filename.slice(-255) } }).then((receipt) => {
        void renew(getHandIn)
        return { until: receipt.bytes_until }
      })
    },
    onDone: (receipt, { sha256 }) => {
      setDone({ receipt, is_same: receipt.sha256 === sha256 })
      setIsAgain(false)
      void renew(getHandIn)
    },
    onRefused: onLook,
  })
  useEffect(() => {
    if (done !== null) receipt_place.current?.focus()
  }, [done])

  const promises = receipts.filter((receipt) => isOpenPromise(receipt, now))
  // What is on its way just now is not missing.
  const { upload } = uploader
  const sending_sha256 = upload.phase === 'sending' || upload.phase === 'waiting' ? upload.sha256 : null
  const missing = promises.filter((receipt) => receipt.sha256 !== sending_sha256)
  const counting = receipts.find((receipt) => receipt.state === 'kept' || receipt.state === 'deleted')
  const mayUpload = uploads_left !== 0 && (standing === 'open' || standing === 'late' || (standing === 'closed' && promises.length > 0))
  // Whatever the clock says meanwhile: a file that is on its way, or was refused, stays in sight.
  const isPanelOpen = upload.phase !== 'idle' || (mayUpload && (counting === undefined || isAgain || promises.length > 0))
  const isPromised = promises.length > 0 || ((upload.phase === 'sending' || upload.phase === 'waiting') && upload.promised !== null)
  return (
    <Page width="narrow">
      <PageHead
        title={exam.title}
        aside={
          <Text size="sm" c="dimmed">
            Code <span className="mono">{grouped(code)}</span>{' '}
            <Anchor component={RouteLink} to={paths.handIn()} size="sm" underline="always">
              Not yours?
            </Anchor>
          </Text>
        }
      />
      <Stack gap="lg">
        {children}
        <div className={classes.facts}>
          <TimeLeft window={exam} zone={exam.time_zone} now={now} />
          <UploadsLeft hand_in={hand_in} />
        </div>
        {exam.instructions_markdown.trim() !== '' && <Markdown>{exam.instructions_markdown}</Markdown>}
        <Standing hand_in={hand_in} standing={standing} now={now} has_promise={isPromised} has_file={counting !== undefined} />
        {done !== null && (
          <div ref={receipt_place} tabIndex={-1} style={{ outline: 'none' }}>
            <Alert color="green" icon={<IconCircleCheck size={18} aria-hidden />} title="Handed in" role="status">
              The server has your file safely.{' '}
              {done.is_same
                ? 'Its SHA-256 there equals the one computed on this device.'
                : 'Its SHA-256 there differs from the one computed here: the file changed while it was sent. Compare it with the receipt, and hand in again if it is not what you meant.'}{' '}
              Photograph, print or save the receipt: its code is your proof.
            </Alert>
          </div>
        )}
        {counting !== undefined && (
          <ReceiptSheet receipt={counting}>
            <Group className={classes.noPrint}>
              <Button
                component={RouteLink}
                to={paths.receipt(counting.verification_code)}
                variant="default"
                leftSection={<IconPrinter size={16} aria-hidden />}
              >
                Print or check the receipt
              </Button>
              {mayUpload && !isPanelOpen && (
                <Button variant="default" onClick={() => setIsAgain(true)}>
                  Hand in a later version
                </Button>
              )}
            </Group>
          </ReceiptSheet>
        )}
        {missing.map((receipt) => (
          <OpenPromise key={receipt.verification_code} receipt={receipt} now={now} zone={exam.time_zone} />
        ))}
        {isPanelOpen && (
          <section aria-labelledby="hand-in">
            <Title order={2} size="h3" id="hand-in" mb={8}>
              {counting === undefined ? 'Hand in your file' : 'Hand in a later version'}
            </Title>
            <UploadPanel
              uploader={uploader}
              limits={exam}
              zone={exam.time_zone}
              consequence={consequenceOf(hand_in, standing === 'late')}
              objection={({ sha256, size_bytes }) =>
                standing === 'closed' && !promises.some((each) => each.sha256 === sha256 && each.size_bytes === size_bytes)
                  ? 'This is not the file whose hash was recorded in time, and nothing else is taken any more. Choose that file again.'
                  : null
              }
            />
          </section>
        )}
        <Earlier receipts={receipts.filter((receipt) => receipt !== counting && !isOpenPromise(receipt, now))} zone={exam.time_zone} />
      </Stack>
    </Page>
  )
}

/** What handing in costs, before it is done. */
function consequenceOf({ uploads_left, receipts }: HandIn, is_late: boolean): string {
  const hasFile = receipts.some((receipt) => receipt.state === 'kept')
  const left =
    uploads_left === null
      ? ''
      : uploads_left === 1
        ? 'This is your last upload: nothing can take its place afterwards.'
        : `This uses one of ${uploads_left} uploads; ${uploads_left - 1} will be left.`
  return [
    is_late ? 'The due time has passed: it is marked late.' : '',
    left,
    hasFile ? 'It takes the place of the file you handed in before, which is deleted.' : '',
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function Standing({
  hand_in,
  standing,
  now,
  has_promise,
  has_file,
}: {
  hand_in: HandIn
  standing: HandIn['exam']['availability']
  now: Date
  has_promise: boolean
  has_file: boolean
}) {
  const { exam, uploads_left } = hand_in
  if (standing === 'not_open_yet')
    return (
      <Alert color="indigo" icon={<IconClock size={18} aria-hidden />} title="Not open yet">
        Your code is right. Handing in begins{' '}
        {exam.opens_at === null ? 'later' : <ZonedTime at={new Date(exam.opens_at)} zone={exam.time_zone} now={now} />}. This page opens by itself.
      </Alert>
    )
  if (standing === 'closed')
    return (
      <Alert color={has_promise ? 'orange' : has_file ? 'gray' : 'red'} icon={<IconLock size={18} aria-hidden />} title="This exam is closed">
        {has_promise
          ? 'Nothing new is taken. The file whose hash was recorded in time still is: see below.'
          : has_file
            ? 'Nothing more is taken. What you handed in stands below.'
            : 'Nothing is taken any more, and nothing was handed in with this code. If that is wrong, talk to your examiner now.'}
      </Alert>
    )
  if (uploads_left === 0)
    return (
      <Alert color="gray" icon={<IconLock size={18} aria-hidden />} title="All uploads are used">
        What you handed in last is what counts. If you must replace it, talk to your examiner.
      </Alert>
    )
  return null
}

function OpenPromise({ receipt, now, zone }: { receipt: Receipt; now: Date; zone: string }) {
  return (
    <Alert color="orange" icon={<IconHash size={18} aria-hidden />} title="The hash is recorded, the file itself is missing" role="status">
      “<bdi>{receipt.filename}</bdi>” counts as handed in <ZonedTime at={new Date(receipt.handed_in_at)} zone={zone} now={now} /> once the same bytes
      arrive, at the latest {receipt.bytes_until !== null && <ZonedTime at={new Date(receipt.bytes_until)} zone={zone} now={now} />}. Choose the same
      file below, without opening or saving it before.
      <div className={classes.hash}>{receipt.sha256}</div>
    </Alert>
  )
}

function Earlier({ receipts, zone }: { receipts: readonly Receipt[]; zone: string }) {
  if (receipts.length === 0) return null
  return (
    <section aria-labelledby="earlier">
      <Title order={2} size="h3" id="earlier" mb={8}>
        Earlier
      </Title>
      <Stack gap={8}>
        {receipts.map((receipt) => (
          <div key={receipt.verification_code} className={classes.fact}>
            <Group gap="xs">
              <LookBadge look={receiptLooks[receipt.state]} size="sm" />
              <Anchor
                component={RouteLink}
                to={paths.receipt(receipt.verification_code)}
                size="sm"
                className="mono"
                style={{ overflowWrap: 'anywhere' }}
              >
                {grouped(receipt.verification_code)}
              </Anchor>
            </Group>
            <Text size="sm" mt={4} style={{ overflowWrap: 'anywhere' }}>
              <bdi>{receipt.filename}</bdi>, {exactTime(new Date(receipt.handed_in_at), zone)}
            </Text>
          </div>
        ))}
      </Stack>
    </section>
  )
}
