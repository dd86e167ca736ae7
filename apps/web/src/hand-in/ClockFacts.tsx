import type { HandIn } from '@gradus/contract/exams'
import { VisuallyHidden } from '@mantine/core'
import { countdown, duration, shortTime } from '../ui/time.ts'
import { nextMark, standingAt, type Window } from './deadline.ts'
import classes from './HandIn.module.css'

const DAY_MS = 86_400_000
const HURRY_MS = 5 * 60_000
/** Told aloud when so many minutes are left, and not every second. */
const told_minutes = [30, 15, 10, 5, 2, 1]

const words = { opens: 'Opens in', due: 'Time left', closes: 'Time left' } as const

/** A time on the exam's clocks, and on the reader's own where they differ. */
export function ZonedTime({ at, zone, now }: { at: Date; zone: string; now: Date }) {
  const there = shortTime(at, now, zone)
  const here = shortTime(at, now)
  return (
    <time dateTime={at.toISOString()}>
      {there}
      {here !== there && `, on your clock ${here}`}
    </time>
  )
}

/** What is left until the next mark, by the server's clock. */
export function TimeLeft({ window, zone, now }: { window: Window; zone: string; now: Date }) {
  const standing = standingAt(window, now)
  const mark = nextMark(window, now)
  const left = mark === null ? 0 : mark.at.getTime() - now.getTime()
  const minutes = Math.ceil(left / 60_000)
  const isHurry = mark !== null && mark.word !== 'opens' && left <= HURRY_MS
  return (
    <div className={classes.fact} data-tone={isHurry || standing === 'closed' ? 'red' : undefined}>
      <div className={classes.factName}>{mark === null ? 'Time' : standing === 'late' ? 'Late; closes in' : words[mark.word]}</div>
      <div className={classes.factValue} role="timer" aria-live="off">
        {mark === null ? (standing === 'closed' ? 'Closed' : 'No deadline') : left > DAY_MS ? duration(left) : countdown(left)}
      </div>
      <div className={classes.factNote}>
        {mark !== null ? (
          <>
            {mark.word === 'opens' ? '' : mark.word === 'due' ? 'due ' : 'closes '}
            <ZonedTime at={mark.at} zone={zone} now={now} />
          </>
        ) : standing === 'closed' && window.closes_at !== null ? (
          <>
            since <ZonedTime at={new Date(window.closes_at)} zone={zone} now={now} />
          </>
        ) : standing === 'late' ? (
          'The due time has passed: what comes now is marked late.'
        ) : (
          ''
        )}
      </div>
      <VisuallyHidden role="status">{mark !== null && told_minutes.includes(minutes) ? `${minutes} min left` : ''}</VisuallyHidden>
    </div>
  )
}

/** How many uploads are left of how many. */
export function UploadsLeft({ hand_in }: { hand_in: HandIn }) {
  const { uploads_left, uploads_used, exam } = hand_in
  return (
    <div className={classes.fact} data-tone={uploads_left === 0 ? 'red' : undefined}>
      <div className={classes.factName}>Uploads</div>
      <div className={classes.factValue}>
        {uploads_left === null ? 'Any number' : `${uploads_left} ${uploads_left === 1 ? 'upload' : 'uploads'} left`}
      </div>
      <div className={classes.factNote}>
        {exam.max_uploads === null ? `${uploads_used} used so far` : `${uploads_used} of ${exam.max_uploads} used; the last one counts`}
      </div>
    </div>
  )
}
