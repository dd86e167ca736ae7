import { getJob } from '@gradus/contract/queues'
import { Alert, Anchor, Stack, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { read, useCall } from '../api/calls.ts'
import { queryClient } from '../api/client.ts'
import { useRouteParams } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { JobState } from '../ui/JobState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import classes from './Admin.module.css'
import { Fact, Section } from './Facts.tsx'
import { JobActions } from './JobActions.tsx'
import { type JobDetail, jobName, kindNames } from './job-words.ts'
import { LmsSections } from './LmsSections.tsx'
import { RawText } from './RawText.tsx'

const LOOK_AGAIN_MS = 3_000

/** True while the page may still change by itself. */
const isMoving = (job: JobDetail | undefined): boolean =>
  job === undefined || ['pending', 'pulled', 'retry'].includes(job.state) || job.lms?.callbacks.some((each) => each.state === 'waiting') === true

/** One job, whole, to read (R97): what it is, who holds it, what came of it. */
export function JobPage() {
  const { job: grading_job_id } = useRouteParams('job')
  const params = { grading_job_id }
  const known = queryClient.getQueryData(read(getJob, { params }).queryKey)
  const job = useCall(getJob, { params }, { refetch_ms: isMoving(known) ? LOOK_AGAIN_MS : false })
  if (job.data !== undefined) return <LoadedJob job={job.data} error={job.error} />
  return (
    <Page>
      {job.isError ? (
        <ErrorState order={1} error={job.error} title="This job could not be shown" onRetry={() => void job.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Page>
  )
}

function LoadedJob({ job, error }: { job: JobDetail; error: unknown }) {
  return (
    <Page>
      <PageHead
        title={`Job ${jobName(job)}`}
        crumbs={[
          { label: 'Queues', to: paths.adminQueues() },
          { label: job.queue, to: paths.adminQueues({ state: 'all', queue: job.queue }) },
          { label: jobName(job) },
        ]}
        aside={<JobState state={job.state} size="lg" />}
        actions={<JobActions job={job} />}
      />
      <ErrorLine error={error} />
      <Stack gap="xl">
        {job.failure !== null && (
          <Alert
            color={job.state === 'failed' ? 'red' : 'orange'}
            icon={<IconX size={18} aria-hidden />}
            title={job.state === 'failed' ? 'Why it failed' : 'Why it came back'}
          >
            <Text size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
              {job.failure}
            </Text>
            {job.state === 'failed' && (
              <Text size="sm" mt={4}>
                {job.kind === 'run'
                  ? 'A trial run ends when it fails: whoever started it starts another.'
                  : 'Mend the cause at the grader first; then put the job back, and it is handed out anew.'}
              </Text>
            )}
          </Alert>
        )}
        <What job={job} />
        <Lease job={job} />
        <Answer job={job} />
        {job.lms !== null && <LmsSections lms={job.lms} />}
      </Stack>
    </Page>
  )
}

const Time = ({ at, none }: { at: string | null; none: string }) => (at === null ? none : <TimeText at={at} />)

function What({ job }: { job: JobDetail }) {
  const { place } = job
  return (
    <Section id="what" title="What">
      <dl className={classes.facts}>
        <Fact name="Kind">{kindNames[job.kind]}</Fact>
        {place !== null && (
          <Fact name="Hand-in">
            <Anchor component={RouteLink} to={paths.teachSubmission(place.course_slug, place.submission_id)} size="sm" underline="always">
              Attempt {place.attempt_number} of <bdi>{place.learner_name}</bdi>
            </Anchor>{' '}
            <Text span size="xs" c="dimmed">
              (opens for staff of the course)
            </Text>
          </Fact>
        )}
        <Fact name="Student">
          <bdi>{job.student}</bdi>
        </Fact>
        <Fact name="Course">
          <bdi>{job.course}</bdi>
        </Fact>
        <Fact name="Item">
          <bdi>{job.item}</bdi>
        </Fact>
        <Fact name="Queue">
          <Anchor component={RouteLink} to={paths.adminQueues({ state: 'all', queue: job.queue })} size="sm" underline="always" className="mono">
            {job.queue}
          </Anchor>
        </Fact>
        {job.grader_file !== '' && (
          <Fact name="Grader file">
            <bdi className="mono">{job.grader_file}</bdi>
          </Fact>
        )}
        <Fact name="Put in">
          <TimeText at={job.created_at} />
        </Fact>
        <Fact name="Grading">{job.generation === 1 ? 'the first' : `number ${job.generation}`}</Fact>
        {job.xqueue_id !== null && (
          <Fact name="Number for graders">
            <span className="mono">{job.xqueue_id}</span>
          </Fact>
        )}
        <Fact name="Job id">
          <span className="mono">{job.id}</span>
        </Fact>
        <Fact name={job.kind === 'run' ? 'Run id' : 'Hand-in id'}>
          <span className="mono">{job.subject_id}</span>
        </Fact>
      </dl>
    </Section>
  )
}

function Lease({ job }: { job: JobDetail }) {
  const isHeld = job.state === 'pulled'
  return (
    <Section id="lease" title="Lease">
      <dl className={classes.facts}>
        <Fact name="State since">
          <TimeText at={job.state_changed_at} />
        </Fact>
        <Fact name="Deliveries">
          {job.deliveries} of {job.max_deliveries}
        </Fact>
        <Fact name={isHeld ? 'Held by' : 'Last held by'}>{job.leased_by === null ? 'nobody yet' : <bdi className="mono">{job.leased_by}</bdi>}</Fact>
        <Fact name="Handed out">
          <Time at={job.leased_at} none="never" />
        </Fact>
        {isHeld && (
          <Fact name="Lease ends">
            <Time at={job.lease_expires_at} none="–" />
          </Fact>
        )}
        {(job.state === 'pending' || job.state === 'retry') && (
          <Fact name="May be handed out">
            <TimeText at={job.available_at} />
          </Fact>
        )}
        {job.pull_key_hint !== null && (
          <Fact name="Pull key’s mark">
            <span className="mono">{job.pull_key_hint}…</span>{' '}
            <Text span size="xs" c="dimmed">
              (the beginning of its hash; the key itself is not kept)
            </Text>
          </Fact>
        )}
      </dl>
    </Section>
  )
}

function Answer({ job }: { job: JobDetail }) {
  return (
    <Section id="answer" title="Answer">
      <dl className={classes.facts} style={{ marginBottom: 12 }}>
        <Fact name="Retired">
          <Time at={job.retired_at} none="not yet" />
        </Fact>
        {job.refusal !== null && <Fact name="Refused last time">{job.refusal}</Fact>}
      </dl>
      <RawText
        title="What the grader said"
        text={job.reply ?? ''}
        empty={job.xqueue_id === null ? 'Our own workers’ results stand with the hand-in.' : 'Nothing has come yet.'}
      />
    </Section>
  )
}
