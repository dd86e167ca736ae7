import { Tooltip } from '@mantine/core'
import { exactTime, relativeTime, shortTime } from './time.ts'
import { useNow } from './use-now.ts'

interface Props {
  /** ISO 8601. */
  at: string
  /** IANA name of the course's zone; where it is not the reader's own, the hover tells the time there too. */
  zone?: string
  /** `both`: "Fri 21 Nov, 23:59 (CET), in 3 h"; `relative`: "in 3 h"; `absolute`: the date alone. */
  show?: 'both' | 'relative' | 'absolute'
}

/** A time a person can trust: in the reader's own zone, the zone named, the distance named, exact to the second on hover or touch. */
export function TimeText({ at, zone, show = 'both' }: Props) {
  const now = useNow()
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return <span>{at}</span>
  const here = shortTime(date, now)
  const there = zone === undefined ? here : shortTime(date, now, zone)
  const text = show === 'relative' ? relativeTime(date, now) : show === 'absolute' ? here : `${here}, ${relativeTime(date, now)}`
  return (
    <Tooltip label={there === here ? exactTime(date) : `${exactTime(date)}. In the course’s time zone: ${there}`}>
      <time dateTime={date.toISOString()} className="tabular">
        {text}
      </time>
    </Tooltip>
  )
}
