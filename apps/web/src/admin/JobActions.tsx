import { deleteJob, getJob, listJobs, listQueues, redeliver, resetJobs } from '@gradus/contract/queues'
import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconArrowBackUp, IconSend2, IconTrash } from '@tabler/icons-react'
import { useChange } from '../api/calls.ts'
import { useUser } from '../api/session.ts'
import { useGo } from '../app/address.ts'
import { paths } from '../paths.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { type JobDetail, jobName } from './job-words.ts'

/** What may be done about a job; a job itself is never edited (R97). */
export function JobActions({ job }: { job: JobDetail }) {
  const user = useUser()
  const reset = useChange(resetJobs, [getJob, listJobs, listQueues])
  const again = useChange(redeliver, [getJob])
  const isFailed = job.state === 'failed' && job.kind !== 'run'
  const lost = job.lms?.callbacks.filter((each) => each.state === 'failed').length ?? 0
  const putBack = async () => {
    const done = await reset.mutateAsync({ body: { ids: [job.id] } })
    const [error] = done.errors
    if (error !== undefined) notifications.show({ color: 'red', message: `Not put back: ${error.message}` })
    else
      notifications.show(
        done.reset.length === 1
          ? { color: 'green', message: 'Put back. It waits again, with no deliveries counted.' }
          : { color: 'gray', message: 'Skipped: it has not failed any more.' },
      )
  }
  const deliver = async () => {
    const { count } = await again.mutateAsync({ params: { grading_job_id: job.id } })
    notifications.show({ color: 'green', message: count === 1 ? 'One answer is on its way again.' : `${count} answers are on their way again.` })
  }
  return (
    <div>
      <Group gap="xs" justify="flex-end">
        {lost > 0 && (
          <Button
            variant="default"
            leftSection={<IconSend2 size={16} aria-hidden />}
            loading={again.isPending}
            onClick={() => void deliver().catch(() => undefined)}
          >
            Deliver again
          </Button>
        )}
        {isFailed && (
          <Button
            leftSection={<IconArrowBackUp size={16} aria-hidden />}
            loading={reset.isPending}
            onClick={() => void putBack().catch(() => undefined)}
          >
            Put back
          </Button>
        )}
        {user.is_admin && job.lms !== null && <DeleteJob job={job} lms={job.lms} />}
      </Group>
      <ErrorLine error={reset.error ?? again.error} />
    </div>
  )
}

function DeleteJob({ job, lms }: { job: JobDetail; lms: NonNullable<JobDetail['lms']> }) {
  const go = useGo()
  const remove = useChange(deleteJob, [listJobs, listQueues])
  const waiting = lms.callbacks.filter((each) => each.state === 'waiting').length
  const files = lms.files.length === 0 ? '' : lms.files.length === 1 ? ', its file' : `, its ${lms.files.length} files`
  const answers = lms.callbacks.length === 0 ? '' : ` and ${lms.callbacks.length === 1 ? 'its answer' : `its ${lms.callbacks.length} answers`}`
  return (
    <ConfirmButton
      variant="default"
      color="red"
      c="var(--gradus-tone-red)"
      leftSection={<IconTrash size={16} aria-hidden />}
      title={`Delete job ${jobName(job)}?`}
      consequence={
        <>
          <Text size="sm">
            The hand-in of <bdi>{job.student}</bdi> for <bdi>{job.item}</bdi>, the job itself{files}
            {answers} go for good.
            {waiting > 0 && ` ${waiting === 1 ? 'One answer has' : `${waiting} answers have`} not been delivered yet and never will be.`}
          </Text>
          <Text size="sm" mt="xs">
            The learning management system keeps its own copy and hears nothing of this. The audit log keeps that you deleted it.
          </Text>
        </>
      }
      verb="Delete for good"
      onConfirm={async () => {
        await remove.mutateAsync({ params: { grading_job_id: job.id } })
        notifications.show({ color: 'green', message: `Job ${jobName(job)} is deleted.` })
        go(paths.adminQueues(), { replace: true })
      }}
    >
      Delete
    </ConfirmButton>
  )
}
