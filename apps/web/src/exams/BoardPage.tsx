import type { Board } from '@gradus/contract/exams'
import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconDownload, IconPlugConnected, IconPlugConnectedX, IconPresentation, IconUsers } from '@tabler/icons-react'
import { useCallback } from 'react'
import admin from '../admin/Admin.module.css'
import { useSearchWords } from '../app/address.ts'
import { TimeLeft } from '../hand-in/ClockFacts.tsx'
import handIn from '../hand-in/HandIn.module.css'
import { paths } from '../paths.ts'
import { SearchField } from '../teach/SearchField.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { shortSize } from '../ui/size.ts'
import { useServerNow } from '../ui/use-server-now.ts'
import { BoardGrid } from './BoardGrid.tsx'
import { BoardSide } from './BoardSide.tsx'
import { type BoardFilter, boardFilters, chosenLines, countOf } from './board-lines.ts'
import { CandidateDrawer } from './CandidateDrawer.tsx'
import classes from './Exams.module.css'
import { Projector } from './Projector.tsx'
import { useBoard } from './use-board.ts'
import { useExam } from './use-exam.ts'

/** The live board: who has handed in, who is missing, how long there is. */
export function BoardPage() {
  const exam = useExam()
  const { board, is_live } = useBoard(exam.id)
  if (board.data !== undefined) return <Loaded board={board.data} received_at_ms={board.dataUpdatedAt} is_live={is_live} />
  return board.isError ? <ErrorState error={board.error} onRetry={() => void board.refetch()} /> : <LoadingState shape="cards" rows={4} />
}

function Loaded({ board, received_at_ms, is_live }: { board: Board; received_at_ms: number; is_live: boolean }) {
  const exam = useExam()
  const [words, change] = useSearchWords()
  const now = useServerNow(board.now, received_at_ms)
  const open = useCallback((candidate_id: string) => change({ candidate: candidate_id }), [change])
  const filter = boardFilters.find((each) => each === words.show) ?? 'all'
  const lines = chosenLines(board.candidates, filter, words.search ?? '')
  const opened = board.candidates.find((line) => line.candidate_id === words.candidate)
  if (words.view === 'projector') return <Projector exam={exam} board={board} now={now} onLeave={() => change({ view: null })} />
  if (board.candidates.length === 0)
    return (
      <EmptyState
        icon={IconUsers}
        title="No candidates yet"
        action={
          exam.can_manage_candidates ? (
            <Group justify="center">
              <Button component={RouteLink} to={paths.exam(exam.id, 'import')}>
                Import a list
              </Button>
              <Button component={RouteLink} to={paths.exam(exam.id, 'candidates')} variant="default">
                Add one
              </Button>
            </Group>
          ) : undefined
        }
      >
        Each candidate gets a code on a slip of paper. Here their names stand and fill in as files arrive.
      </EmptyState>
    )
  return (
    <Stack gap="lg">
      <Totals board={board} now={now} zone={exam.time_zone} />
      <Group gap="xs">
        <LiveSign is_live={is_live} />
        <span style={{ flex: 1 }} />
        <Button
          variant="default"
          leftSection={<IconPresentation size={16} aria-hidden />}
          onClick={() => change({ view: 'projector', candidate: null })}
        >
          Projector
        </Button>
        <Button
          component="a"
          href={`/api/exams/${exam.id}/files.zip`}
          download
          variant="default"
          disabled={board.totals.handed_in_count === 0}
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          Download all files
        </Button>
      </Group>
      <div className={classes.board}>
        <section aria-label="Who has handed in">
          <Stack gap="sm">
            <Group gap="sm" align="flex-end">
              <SearchField
                label="Find a candidate"
                placeholder="Name or nickname"
                value={words.search ?? ''}
                onChange={(search) => change({ search })}
              />
              <FilterChips board={board} chosen={filter} onChoose={(show) => change({ show: show === 'all' ? null : show })} />
            </Group>
            <Text size="sm" c="dimmed" role="status">
              {lines.length === board.candidates.length
                ? `All ${lines.length}, by nickname`
                : `${lines.length} of ${board.candidates.length}, by nickname`}
            </Text>
            {lines.length === 0 ? (
              <Text c="dimmed">{filter === 'missing' && words.search === undefined ? 'Nobody is missing.' : 'Nobody fits these filters.'}</Text>
            ) : (
              <BoardGrid lines={lines} zone={exam.time_zone} onOpen={open} />
            )}
          </Stack>
        </section>
        <BoardSide lines={board.candidates} zone={exam.time_zone} onOpen={open} />
      </div>
      {opened !== undefined && (
        <CandidateDrawer key={opened.candidate_id} exam={exam} line={opened} board={board} onClose={() => change({ candidate: null })} />
      )}
    </Stack>
  )
}

function Totals({ board, now, zone }: { board: Board; now: Date; zone: string }) {
  const { candidate_count, handed_in_count, upload_count, open_promise_count, kept_bytes } = board.totals
  const percent = candidate_count === 0 ? 0 : Math.floor((handed_in_count / candidate_count) * 100)
  const facts: [string, string, string][] = [
    ['Handed in', `${handed_in_count} of ${candidate_count}`, `${percent} %`],
    ['Missing', String(candidate_count - handed_in_count), open_promise_count === 0 ? '' : `${open_promise_count} sent only a hash so far`],
    ['Files taken', String(upload_count), `${shortSize(kept_bytes)} kept now`],
  ]
  return (
    <div className={classes.totals}>
      <TimeLeft window={board} zone={zone} now={now} />
      {facts.map(([name, value, note]) => (
        <div key={name} className={handIn.fact}>
          <div className={handIn.factName}>{name}</div>
          <div className={handIn.factValue}>{value}</div>
          <div className={handIn.factNote}>{note}</div>
        </div>
      ))}
    </div>
  )
}

const chipWords: Record<BoardFilter, string> = { all: 'Everybody', missing: 'Missing', handed_in: 'Handed in', late: 'Late', promised: 'Hash only' }

function FilterChips({ board, chosen, onChoose }: { board: Board; chosen: BoardFilter; onChoose: (filter: BoardFilter) => void }) {
  return (
    <fieldset className={admin.chips} aria-label="Show">
      {boardFilters.map((filter) => {
        const count = countOf(board.candidates, filter)
        // Rare ones stand here only while there are some, or while one looks at them.
        if (count === 0 && chosen !== filter && (filter === 'late' || filter === 'promised')) return null
        return (
          <button key={filter} type="button" className={admin.chip} aria-pressed={chosen === filter} onClick={() => onChoose(filter)}>
            {chipWords[filter]} <b>{count}</b>
          </button>
        )
      })}
    </fieldset>
  )
}

function LiveSign({ is_live }: { is_live: boolean }) {
  const Icon = is_live ? IconPlugConnected : IconPlugConnectedX
  return (
    <Badge color={is_live ? 'green' : 'yellow'} variant="light" tt="none" radius="sm" leftSection={<Icon size={13} aria-hidden />} role="status">
      {is_live ? 'Live' : 'Connecting; looked at every 5 s'}
    </Badge>
  )
}
