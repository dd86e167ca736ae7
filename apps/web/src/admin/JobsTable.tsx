import type { Job } from '@gradus/contract/queues'
import { Anchor, Checkbox, Table } from '@mantine/core'
import { type ChangeEvent, memo, useCallback, useRef } from 'react'
import { paths } from '../paths.ts'
import teach from '../teach/Teach.module.css'
import { JobState } from '../ui/JobState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import classes from './Admin.module.css'
import { jobName, kindNames } from './job-words.ts'

interface Props {
  jobs: readonly Job[]
  chosen: ReadonlySet<string>
  onChoose: (jobs: readonly Job[], is_chosen: boolean) => void
}

/** A page of jobs; rows are chosen by mouse or keyboard, a stretch of them with Shift. */
export function JobsTable({ jobs, chosen, onChoose }: Props) {
  const anchor = useRef<string | null>(null)
  const count = jobs.filter((job) => chosen.has(job.id)).length
  const latest = useRef({ jobs, onChoose })
  latest.current = { jobs, onChoose }
  /** One for all rows and for good, so that a press in one row leaves the other 199 as they are. */
  const choose = useCallback((job: Job, event: ChangeEvent<HTMLInputElement>): void => {
    const { jobs: shown, onChoose: tell } = latest.current
    const from = shown.findIndex((each) => each.id === anchor.current)
    const to = shown.findIndex((each) => each.id === job.id)
    const isStretch = (event.nativeEvent as MouseEvent).shiftKey === true && from >= 0
    tell(isStretch ? shown.slice(Math.min(from, to), Math.max(from, to) + 1) : [job], event.currentTarget.checked)
    anchor.current = job.id
  }, [])
  return (
    <Table className={teach.rows} aria-label="Jobs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={36}>
            <Checkbox
              size="xs"
              aria-label="Choose every job on this page"
              checked={count === jobs.length}
              indeterminate={count > 0 && count < jobs.length}
              onChange={(e) => onChoose(jobs, e.currentTarget.checked)}
            />
          </Table.Th>
          <Table.Th>Job</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>Student</Table.Th>
          <Table.Th>Item, course</Table.Th>
          <Table.Th>Queue, grader file</Table.Th>
          <Table.Th className={teach.number}>Deliveries</Table.Th>
          <Table.Th>Since</Table.Th>
          <Table.Th>Holder</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} is_chosen={chosen.has(job.id)} onChoose={choose} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** A text of two lines at most, whole on hover and on the job's own page: one long name must not push ten jobs out of sight. */
const Cut = ({ text, is_second = false }: { text: string; is_second?: boolean }) => (
  <bdi className={is_second ? `${classes.cut} ${classes.second}` : classes.cut} title={text}>
    {text}
  </bdi>
)

interface RowProps {
  job: Job
  is_chosen: boolean
  onChoose: (job: Job, event: ChangeEvent<HTMLInputElement>) => void
}

const JobRow = memo(function JobRow({ job, is_chosen, onChoose }: RowProps) {
  const name = jobName(job)
  return (
    <Table.Tr className={classes.row} data-chosen={is_chosen}>
      <Table.Td data-short>
        <Checkbox size="xs" aria-label={`Choose job ${name}`} checked={is_chosen} onChange={(event) => onChoose(job, event)} />
      </Table.Td>
      <Table.Td data-short className={teach.fit}>
        <div className={classes.two}>
          <Anchor component={RouteLink} to={paths.adminJob(job.id)} size="sm" className="mono" title={job.id}>
            {name}
          </Anchor>
          <span className={classes.second}>{kindNames[job.kind]}</span>
        </div>
      </Table.Td>
      <Table.Td style={{ maxWidth: 260 }}>
        <div className={classes.two}>
          <div>
            <JobState state={job.state} />
          </div>
          {job.failure !== null && (
            <span className={`${classes.second} ${classes.cut}`} title={job.failure} dir="auto">
              {job.failure}
            </span>
          )}
        </div>
      </Table.Td>
      <Table.Td data-label="Student">
        <Cut text={job.student} />
      </Table.Td>
      <Table.Td data-label="Item, course">
        <div className={classes.two}>
          <Cut text={job.item} />
          <Cut text={job.course} is_second />
        </div>
      </Table.Td>
      <Table.Td data-label="Queue, file">
        <div className={`mono ${classes.two}`}>
          <Cut text={job.queue} />
          <Cut text={job.grader_file} is_second />
        </div>
      </Table.Td>
      <Table.Td data-short data-label="Deliveries" className={teach.number}>
        {job.deliveries} / {job.max_deliveries}
      </Table.Td>
      <Table.Td data-short data-label="Since" className={teach.fit}>
        <TimeText at={job.state_changed_at} show="relative" />
      </Table.Td>
      <Table.Td data-short data-label="Holder" style={{ minWidth: 96 }}>
        <span className="mono" style={{ fontSize: 12 }}>
          <Cut text={job.leased_by ?? '–'} />
        </span>
      </Table.Td>
    </Table.Tr>
  )
})
