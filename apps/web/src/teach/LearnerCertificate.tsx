import { type CourseProgress, getLearnerProgress, listEnrolledLearners, revokeCertificate, verifyCertificate } from '@gradus/contract/progress'
import { Anchor, Group, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCertificate, IconCertificateOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useChange } from '../api/calls.ts'
import type { CourseOutline } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { CopyText } from '../ui/CopyText.tsx'
import { FormButton, ReasonField } from '../ui/FormButton.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import { LookBadge } from '../ui/Verdict.tsx'

/** A learner's certificate as staff see it: none yet, standing, or revoked and why. */
export function LearnerCertificate({ course, progress: { certificate, steps } }: { course: CourseOutline; progress: CourseProgress }) {
  const done = steps.filter((step) => step.completed).length
  return (
    <section aria-labelledby="learner-certificate">
      <Title order={3} size="h4" id="learner-certificate" mb={4}>
        Certificate
      </Title>
      {certificate === null ? (
        <Text size="sm">
          None yet: {done} of {steps.length} steps done. It is issued by itself with the last one.
        </Text>
      ) : (
        <>
          <Group gap={6} mb={2}>
            <LookBadge
              look={
                certificate.revoked_at === null
                  ? { word: 'Valid', color: 'green', icon: IconCertificate }
                  : { word: 'Revoked', color: 'red', icon: IconCertificateOff }
              }
            />
            <Anchor component={RouteLink} to={paths.verify(certificate.serial)} className="mono" size="sm">
              {certificate.serial}
            </Anchor>
            <CopyText value={certificate.serial} what="the serial" />
          </Group>
          <Text size="sm">
            Issued <TimeText at={certificate.issued_at} show="absolute" /> for {certificate.step_count}{' '}
            {certificate.step_count === 1 ? 'step' : 'steps'}, score {certificate.score_percent} %.
            {done < steps.length && ` The course has ${steps.length} steps now; ${done} of them are done.`}
          </Text>
          {certificate.revoked_at !== null ? (
            <Text size="sm">
              Revoked <TimeText at={certificate.revoked_at} show="absolute" />: <bdi>{certificate.revoke_reason}</bdi>
            </Text>
          ) : (
            <Revoke course={course} serial={certificate.serial} />
          )}
        </>
      )}
    </section>
  )
}

function Revoke({ course, serial }: { course: CourseOutline; serial: string }) {
  const change = useChange(revokeCertificate, [getLearnerProgress, listEnrolledLearners, verifyCertificate])
  const [reason, setReason] = useState('')
  const send = async () => {
    await change.mutateAsync({ params: { course_id: course.id, serial }, body: { reason: reason.trim() } })
    notifications.show({ color: 'green', message: `The certificate ${serial} is revoked.` })
  }
  return (
    <Group mt={6}>
      <FormButton
        label="Revoke"
        aria-label="Revoke the certificate"
        title="Revoke the certificate?"
        verb="Revoke it"
        is_red
        is_ready={reason.trim() !== ''}
        onSend={send}
        is_busy={change.isPending}
        error={change.error}
      >
        <Text size="sm">
          It stops being valid at once and for good: it is not issued again, whatever the learner does. Everybody who verifies it sees that it was
          revoked, and your reason. The steps stay done.
        </Text>
        <ReasonField
          value={reason}
          onChange={setReason}
          placeholder="The work was someone else’s"
          description="The learner and everybody who verifies it can read this"
        />
      </FormButton>
    </Group>
  )
}
