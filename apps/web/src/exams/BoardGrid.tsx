import type { BoardLine } from '@gradus/contract/exams'
import { IconCircleCheck, IconCircleDashed, IconClock, IconHash } from '@tabler/icons-react'
import { memo } from 'react'
import { nameOf } from './board-lines.ts'
import classes from './Exams.module.css'

type TileState = 'missing' | 'handed_in' | 'late' | 'promised'

const icons = { missing: IconCircleDashed, handed_in: IconCircleCheck, late: IconClock, promised: IconHash } as const

const stateOf = ({ last, promised_at }: BoardLine): TileState =>
  promised_at !== null ? 'promised' : last === null ? 'missing' : last.is_late ? 'late' : 'handed_in'

const clocks = new Map<string, Intl.DateTimeFormat>()
/** "10:42" on the exam's clocks. */
export function clockText(at: string, zone: string): string {
  let clock = clocks.get(zone)
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    clocks.set(zone, clock)
  }
  return clock.format(new Date(at))
}

function stateText(line: BoardLine, zone: string): string {
  const { last, promised_at, uploads_used } = line
  if (promised_at !== null) return `hash ${clockText(promised_at, zone)}, file missing`
  if (last === null) return 'not yet'
  return `${clockText(last.handed_in_at, zone)}${last.is_late ? ', late' : ''}${uploads_used > 1 ? `, upload ${uploads_used}` : ''}`
}

const Tile = memo(function Tile({ line, zone, onOpen }: { line: BoardLine; zone: string; onOpen: (candidate_id: string) => void }) {
  const state = stateOf(line)
  const Icon = icons[state]
  return (
    <li className={classes.cell}>
      <button
        type="button"
        className={classes.tile}
        data-state={state}
        title={`${nameOf(line)}, ${line.nickname}`}
        onClick={() => onOpen(line.candidate_id)}
      >
        <Icon size={18} stroke={1.9} aria-hidden />
        <bdi className={classes.name}>{nameOf(line)}</bdi>
        <span className={classes.second}>
          <bdi>{line.nickname}</bdi> · {stateText(line, zone)}
        </span>
      </button>
    </li>
  )
})

/** Everybody at one look: a tile fills in the moment a file arrives. */
export function BoardGrid({ lines, zone, onOpen }: { lines: readonly BoardLine[]; zone: string; onOpen: (candidate_id: string) => void }) {
  return (
    <ul className={classes.grid} aria-label="Candidates">
      {lines.map((line) => (
        <Tile key={line.candidate_id} line={line} zone={zone} onOpen={onOpen} />
      ))}
    </ul>
  )
}
