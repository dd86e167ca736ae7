import type { Receipt } from '@gradus/contract/exams'
import { Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { paths } from '../paths.ts'
import { CopyText } from '../ui/CopyText.tsx'
import { QrCode } from '../ui/QrCode.tsx'
import { sizeText } from '../ui/size.ts'
import { exactTime } from '../ui/time.ts'
import { useNow } from '../ui/use-now.ts'
import { LookBadge } from '../ui/Verdict.tsx'
import { grouped } from './codes.ts'
import classes from './HandIn.module.css'
import { receiptLooks, receiptSentence } from './receipt-words.ts'

/** "9 of the log: 3f2a …" */
const logText = ({ seq, entry_sha256 }: Receipt['log']): string => `No. ${seq}, ${entry_sha256}`

/** A receipt: what a person photographs, saves or prints on one A5. */
export function ReceiptSheet({ receipt, children }: { receipt: Receipt; children?: ReactNode }) {
  const now = useNow()
  const { verification_code: code, filename, size_bytes, sha256, md5, handed_in_at, attempt_number, is_late, exam_title, time_zone, log } = receipt
  const at = new Date(handed_in_at)
  return (
    <Paper p="lg" className={classes.sheet} component="section" aria-label={`Receipt ${grouped(code)}`}>
      <div className={classes.receipt}>
        <div className={classes.receiptHead}>
          <div style={{ minWidth: 0 }}>
            <LookBadge look={receiptLooks[receipt.state]} size="lg" />
            <Text size="sm" c="dimmed" mt={10}>
              Verification code
            </Text>
            <div>
              <span className={classes.receiptCode} data-long={code.length > 10}>
                {grouped(code)}
              </span>
              <span className={classes.noPrint}>
                <CopyText value={code} what="the verification code" />
              </span>
            </div>
          </div>
          <QrCode text={window.location.origin + paths.receipt(code)} label="The address of this receipt as a QR code" className={classes.qr} />
        </div>
        <Text size="sm">{receiptSentence(receipt, now)}</Text>
        <dl className={classes.lines}>
          <dt>Exam</dt>
          <dd>
            <bdi>{exam_title}</bdi>
          </dd>
          <dt>Handed in</dt>
          <dd>
            <time dateTime={at.toISOString()}>{exactTime(at, time_zone)}</time>
            {is_late && <strong>, late</strong>}
            <Text span size="xs" c="dimmed" display="block">
              {at.toISOString()}
            </Text>
          </dd>
          <dt>Upload</dt>
          <dd>{attempt_number === null ? 'Not there yet' : `No. ${attempt_number}`}</dd>
          <dt>File</dt>
          <dd>
            <bdi>{filename}</bdi>
          </dd>
          <dt>Size</dt>
          <dd>{sizeText(size_bytes)}</dd>
          <dt>SHA-256</dt>
          <dd className={classes.hash}>{sha256}</dd>
          {md5 !== null && (
            <>
              <dt>MD5</dt>
              <dd className={classes.hash}>{md5}</dd>
            </>
          )}
          <dt>Entry in the log</dt>
          <dd className={classes.hash}>{logText(log)}</dd>
        </dl>
        {children}
      </div>
    </Paper>
  )
}
