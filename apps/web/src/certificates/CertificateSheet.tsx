import type { Certificate } from '@gradus/contract/progress'
import { Alert, Paper, Text } from '@mantine/core'
import { IconCertificate, IconCertificateOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { paths } from '../paths.ts'
import { CopyText } from '../ui/CopyText.tsx'
import { QrCode } from '../ui/QrCode.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import { exactTime } from '../ui/time.ts'
import { LookBadge } from '../ui/Verdict.tsx'
import classes from './Certificates.module.css'

interface Props {
  certificate: Certificate
  /** Null while it belongs to a guest. */
  learner_name: string | null
  children?: ReactNode
}

/** What a certificate says: whether it stands, whose it is, of what, how well, when. */
export function CertificateSheet({ certificate, learner_name, children }: Props) {
  const { serial, course_title, score_percent, step_count, issued_at, revoked_at, revoke_reason } = certificate
  const address = window.location.origin + paths.verify(serial)
  return (
    <Paper p="lg" component="section" aria-label={`Certificate ${serial}`} className={classes.sheet}>
      <div className={classes.head}>
        <div style={{ minWidth: 0 }}>
          <LookBadge
            size="lg"
            look={
              revoked_at === null
                ? { word: 'This certificate is valid', color: 'green', icon: IconCertificate }
                : { word: 'This certificate was revoked', color: 'red', icon: IconCertificateOff }
            }
          />
          <p className={classes.name} dir="auto">
            {learner_name ?? 'A learner without an account'}
          </p>
          <Text>{revoked_at === null ? 'has done every step of the course' : 'had done every step of the course'}</Text>
          <p className={classes.course} dir="auto">
            {course_title}
          </p>
        </div>
        <QrCode text={address} label="The address where this certificate is verified, as a QR code" className={classes.qr} />
      </div>
      {revoked_at !== null && (
        <Alert color="red" icon={<IconCertificateOff size={18} aria-hidden />} title="It does not count any more">
          <Text size="sm" component="div">
            Revoked <TimeText at={revoked_at} show="absolute" />. Reason: <bdi>{revoke_reason}</bdi>
          </Text>
        </Alert>
      )}
      <dl className={classes.lines}>
        <dt>Score</dt>
        <dd className="tabular">{score_percent} %</dd>
        <dt>Steps</dt>
        <dd className="tabular">{step_count}</dd>
        <dt>Issued</dt>
        <dd>
          <time dateTime={issued_at}>{exactTime(new Date(issued_at))}</time>
        </dd>
        <dt>Serial</dt>
        <dd className={classes.serial}>
          {serial} <CopyText value={serial} what="the serial" />
        </dd>
        <dt>Verify at</dt>
        <dd>
          <a href={address}>{address}</a> <CopyText value={address} what="the address" />
        </dd>
      </dl>
      {children}
    </Paper>
  )
}
