import type { Board, Exam } from '@gradus/contract/exams'
import { Button, Progress } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconArrowsMaximize, IconX } from '@tabler/icons-react'
import { nextMark, standingAt } from '../hand-in/deadline.ts'
import { paths } from '../paths.ts'
import { countdown, duration, shortTime } from '../ui/time.ts'
import classes from './Exams.module.css'

const DAY_MS = 86_400_000
const words = { opens: 'Opens in', due: 'Time left', closes: 'Time left' } as const

/** For the wall of the hall: time and numbers in large type, and nobody's name. */
export function Projector({ exam, board, now, onLeave }: { exam: Exam; board: Board; now: Date; onLeave: () => void }) {
  useHotkeys([['Escape', onLeave]])
  const mark = nextMark(board, now)
  const left = mark === null ? null : mark.at.getTime() - now.getTime()
  const { handed_in_count, candidate_count } = board.totals
  return (
    <section className={classes.projector} aria-label="Projector">
      <h2 className={classes.projectorTitle}>
        <bdi>{exam.title}</bdi>
      </h2>
      <div className={classes.projectorNumbers}>
        <div>
          <div className={classes.projectorName}>{mark === null ? 'Time' : words[mark.word]}</div>
          <div className={classes.projectorValue} role="timer" aria-live="off">
            {left === null ? (standingAt(board, now) === 'closed' ? 'Over' : 'Open') : left > DAY_MS ? duration(left) : countdown(left)}
          </div>
          <div className={classes.projectorName}>{mark === null ? '' : shortTime(mark.at, now, exam.time_zone)}</div>
        </div>
        <div>
          <div className={classes.projectorName}>Handed in</div>
          <div className={classes.projectorValue}>{handed_in_count}</div>
          <div className={classes.projectorName}>of {candidate_count}</div>
        </div>
      </div>
      <Progress value={candidate_count === 0 ? 0 : (handed_in_count / candidate_count) * 100} size={24} color="green" aria-label="Handed in" />
      <div className={classes.projectorFoot}>
        <span className="mono">{window.location.host + paths.handIn()}</span>
        <span style={{ display: 'flex', gap: 8 }}>
          <Button
            variant="default"
            leftSection={<IconArrowsMaximize size={16} aria-hidden />}
            onClick={() => void (document.fullscreenElement === null ? document.documentElement.requestFullscreen() : document.exitFullscreen())}
          >
            Whole screen
          </Button>
          <Button variant="default" leftSection={<IconX size={16} aria-hidden />} onClick={onLeave} aria-keyshortcuts="Escape">
            Leave
          </Button>
        </span>
      </div>
    </section>
  )
}
