import type { Job } from '@gradus/contract/queues'
import { Anchor, Checkbox, Table } from '@mantine/core'
import { type ChangeEvent, useRef } from 'react'
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
  const choose = (job: Job, event: ChangeEvent<HTMLInputElement>): void => {
    const is_chosen = event.currentTarget.checked
    const from = jobs.findIndex((each) => each.id === anchor.current)
    const to = jobs.indexOf(job)
    const isStretch = (event.nativeEvent as MouseEvent).shiftKey === true && from >= 0
    onChoose(isStretch ? jobs.slice(Math.min(from, to), Math.max(from, to) + 1) : [job], is_chosen)
    anchor.current = job.id
  }
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
          <JobRow key={job.id} job={job} is_chosen={chosen.has(job.id)} onChoose={(event) => choose(job, event)} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

function JobRow({ job, is_chosen, onChoose }: { job: Job; is_chosen: boolean; onChoose: (event: ChangeEvent<HTMLInputElement>) => void }) {
  const name = jobName(job)
  return (
    <Table.Tr className={classes.row} data-chosen={is_chosen}>
      <Table.Td data-short>
        <Checkbox size="xs" aria-label={`Choose job ${name}`} checked={is_chosen} onChange={onChoose} />
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
        <bdi>{job.student}</bdi>
      </Table.Td>
      <Table.Td data-label="Item, course">
        <div className={classes.two}>
          <bdi>{job.item}</bdi>
          <bdi className={classes.second}>{job.course}</bdi>
        </div>
      </Table.Td>
      <Table.Td data-label="Queue, file">
        <div className={`mono ${classes.two}`}>
          <bdi>{job.queue}</bdi>
          <bdi className={classes.second}>{job.grader_file}</bdi>
        </div>
      </Table.Td>
      <Table.Td data-short data-label="Deliveries" className={teach.number}>
        {job.deliveries} / {job.max_deliveries}
      </Table.Td>
      <Table.Td data-short data-label="Since" className={teach.fit}>
        <TimeText at={job.state_changed_at} show="relative" />
      </Table.Td>
      <Table.Td data-short data-label="Holder">
        <span className="mono" style={{ fontSize: 12 }}>
          {job.leased_by ?? '–'}
        </span>
      </Table.Td>
    </Table.Tr>
  )
}
