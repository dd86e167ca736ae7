import { getProgress } from '@gradus/contract/progress'
import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core'
import { IconCertificate, IconDownload, IconPlus } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { useMe } from '../api/session.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { useCourse } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { CertificateSheet } from './CertificateSheet.tsx'

/** The learner's own certificate of a course: to show, to download, to send; or how far it is to one. */
export function CertificatePage() {
  const course = useCourse()
  const me = useMe()
  const progress = useCall(getProgress, { params: { course_id: course.id } })
  const { data } = progress
  const done = data?.steps.filter((step) => step.completed).length ?? 0
  const total = data?.steps.length ?? 0
  const certificate = data?.certificate ?? null
  return (
    <Page width="narrow">
      <PageHead
        title="Certificate"
        crumbs={[{ label: 'Courses', to: paths.home() }, { label: course.title, to: paths.course(course.slug) }, { label: 'Certificate' }]}
      />
      {progress.isPending && <LoadingState rows={5} />}
      {progress.isError && <ErrorState error={progress.error} title="The certificate could not be shown" onRetry={() => void progress.refetch()} />}
      {data !== undefined && certificate === null && (
        <EmptyState
          icon={IconCertificate}
          title={total === 0 ? 'Nothing to complete yet' : `Not yet: ${done} of ${total} steps done`}
          action={
            <Button component={RouteLink} to={paths.course(course.slug)}>
              {done === 0 ? 'To the course' : 'Go on with the course'}
            </Button>
          }
        >
          {total > 0 && <Progress value={(done / total) * 100} aria-label={`${done} of ${total} steps done`} my="sm" w={260} mx="auto" />}
          {total === 0
            ? 'This course has no published steps. Once it has, a certificate comes by itself when all of them are done.'
            : 'The certificate comes by itself with the last step. It has a serial by which everybody can verify it.'}
        </EmptyState>
      )}
      {certificate !== null && (
        <Stack gap="lg">
          {done < total && (
            <Alert color="indigo" icon={<IconPlus size={18} aria-hidden />} title="The course has grown">
              <Text size="sm">
                You have done {done} of its {total} steps now.{' '}
                {certificate.revoked_at === null && `Your certificate is for the ${certificate.step_count} it had, and stays.`}
              </Text>
            </Alert>
          )}
          <CertificateSheet certificate={certificate} learner_name={me?.display_name ?? null}>
            {certificate.revoked_at === null && (
              <Group gap="xs">
                <Button component="a" href={`/api/certificates/${course.id}/pdf`} download leftSection={<IconDownload size={16} aria-hidden />}>
                  Download as PDF
                </Button>
                <Button component={RouteLink} to={paths.verify(certificate.serial)} variant="default">
                  What others see
                </Button>
              </Group>
            )}
          </CertificateSheet>
          {me === null && (
            <Text size="sm">
              A certificate without an account has no name on it. Make an account in this browser, and it becomes yours with your name.
            </Text>
          )}
        </Stack>
      )}
    </Page>
  )
}
