import { type Job, listJobs, listQueues, type QueueDepth, resetJobs } from '@gradus/contract/queues'
import { Button, Stack, Text, Title } from '@mantine/core'
import { IconArrowBackUp, IconCircleCheck, IconInbox } from '@tabler/icons-react'
import { useState } from 'react'
import { useCall, useChange } from '../api/calls.ts'
import { useSearchWords } from '../app/address.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorLine, ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { Pager } from '../ui/Pager.tsx'
import { usePages } from '../ui/pages.ts'
import classes from './Admin.module.css'
import { JobFilters } from './JobFilters.tsx'
import { JobsTable } from './JobsTable.tsx'
import { jobQuery } from './job-filters.ts'
import { ResetReport } from './ResetReport.tsx'
import { StateChips } from './StateChips.tsx'

const LOOK_AGAIN_MS = 5_000
/** As many as the server takes in one request. */
const MAX_CHOSEN = 1_000

type Chosen = ReadonlyMap<string, Job>

/** The jobs in between: filtered, chosen, put back. */
export function JobsSection({ queues }: { queues: readonly QueueDepth[] }) {
  const [words, change] = useSearchWords()
  const pages = usePages()
  const [chosen, setChosen] = useState<Chosen>(new Map())
  const reset = useChange(resetJobs, [listJobs, listQueues])
  const query = jobQuery(words)
  const list = useCall(
    listJobs,
    { query: { ...query, ...pages.query } },
    // While somebody chooses rows the list stands still under their hands.
    { refetch_ms: pages.number === 1 && chosen.size === 0 ? LOOK_AGAIN_MS : false, keep_previous: true },
  )
  const jobs = list.data?.jobs ?? []
  const next = list.data?.next_cursor ?? null
  const filter = (values: Record<string, string>): void => {
    pages.restart()
    setChosen(new Map())
    // Said outright from here on: an empty address would let the page choose again.
    change({ state: words.state ?? 'all', ...values })
  }
  const choose = (rows: readonly Job[], is_chosen: boolean): void =>
    setChosen((before) => {
      const after = new Map(before)
      for (const job of rows) {
        if (is_chosen) after.set(job.id, job)
        else after.delete(job.id)
      }
      return after
    })
  const putBack = async (): Promise<void> => {
    await reset.mutateAsync({ body: { ids: [...chosen.keys()] } })
    setChosen(new Map())
  }
  const counted = queues.filter((queue) => words.queue === undefined || queue.name === words.queue)
  return (
    <section aria-labelledby="jobs">
      <Title order={2} size="h3" id="jobs" mb={8}>
        Jobs
      </Title>
      <Stack gap="sm">
        <StateChips queues={counted} chosen={query.state ?? null} onChoose={(state) => filter({ state })} />
        <JobFilters queues={queues} words={words} onFilter={filter} />
        {reset.data !== undefined && <ResetReport reset={reset.data} onDone={reset.reset} />}
        <ErrorLine error={reset.error} />
        {list.isPending && <LoadingState shape="rows" rows={12} />}
        {list.isError && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
        {list.data !== undefined && jobs.length === 0 && <NoJobs words={words} onAll={() => filter({ state: 'all' })} />}
        {jobs.length > 0 && (
          <>
            <ChosenBar
              chosen={chosen}
              is_busy={reset.isPending}
              onPutBack={() => void putBack().catch(() => undefined)}
              onNone={() => setChosen(new Map())}
              onAll={() => choose(jobs, true)}
            />
            <JobsTable jobs={jobs} chosen={new Set(chosen.keys())} onChoose={choose} />
          </>
        )}
        {(jobs.length > 0 || pages.number > 1) && <Pager pages={pages} next={next} count={jobs.length} noun={{ one: 'job', many: 'jobs' }} />}
      </Stack>
    </section>
  )
}

interface BarProps {
  chosen: Chosen
  is_busy: boolean
  onPutBack: () => void
  onNone: () => void
  onAll: () => void
}

function ChosenBar({ chosen, is_busy, onPutBack, onNone, onAll }: BarProps) {
  const failed = [...chosen.values()].filter((job) => job.state === 'failed').length
  const others = chosen.size - failed
  const isTooMany = chosen.size > MAX_CHOSEN
  return (
    <div className={classes.chosen}>
      <Text size="sm" role="status">
        {chosen.size === 0
          ? 'Choose failed jobs to put them back to pending, with no deliveries counted.'
          : isTooMany
            ? `${chosen.size} chosen; at most ${MAX_CHOSEN} go at once.`
            : `${chosen.size} chosen${others === 0 ? '' : `, ${failed} of them failed: the others will be skipped`}.`}
      </Text>
      <span style={{ flex: 1 }} />
      {chosen.size > 0 && (
        <Button size="compact-sm" variant="subtle" onClick={onNone}>
          Choose none
        </Button>
      )}
      <Button size="compact-sm" variant="subtle" onClick={onAll}>
        Choose this page
      </Button>
      <Button
        size="compact-md"
        leftSection={<IconArrowBackUp size={16} aria-hidden />}
        disabled={chosen.size === 0 || isTooMany}
        loading={is_busy}
        onClick={onPutBack}
      >
        Put back{chosen.size > 0 && ` ${chosen.size}`}
      </Button>
    </div>
  )
}

function NoJobs({ words, onAll }: { words: Record<string, string>; onAll: () => void }) {
  const hasOthers = Object.keys(words).some((word) => word !== 'state')
  if (words.state === 'failed' && !hasOthers)
    return (
      <EmptyState
        icon={IconCircleCheck}
        title="No job has failed"
        action={
          <Button variant="default" onClick={onAll}>
            Show jobs in every state
          </Button>
        }
      >
        A job fails when it was handed out as often as its queue allows without a usable answer. It then stands here until somebody puts it back.
      </EmptyState>
    )
  const isNarrowed = words.state !== undefined && words.state !== 'all'
  if (isNarrowed || hasOthers)
    return (
      <EmptyState
        icon={IconInbox}
        title="No job fits these filters"
        action={
          isNarrowed ? (
            <Button variant="default" onClick={onAll}>
              Look in every state
            </Button>
          ) : undefined
        }
      >
        Retired jobs of long ago are no longer kept.
      </EmptyState>
    )
  return (
    <EmptyState icon={IconInbox} title="No jobs yet">
      Every hand-in and every trial run passes through here on its way to a grader.
    </EmptyState>
  )
}
