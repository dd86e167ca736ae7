import { Tooltip } from '@mantine/core'
import { exactTime, relativeTime, shortTime } from './time.ts'
import { useNow } from './use-now.ts'

interface Props {
  /** ISO 8601. */
  at: string
  /** IANA name of the course's zone; the reader's own where none is given. */
  zone?: string
  /** `both`: "Fri 21 Nov, 23:59 (CET), in 3 h"; `relative`: "in 3 h"; `absolute`: the date alone. */
  show?: 'both' | 'relative' | 'absolute'
}

/** A time a person can trust: zone named, distance named, exact to the second on hover or focus. */
export function TimeText({ at, zone, show = 'both' }: Props) {
  const now = useNow()
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return <span>{at}</span>
  const text =
    show === 'relative'
      ? relativeTime(date, now)
      : show === 'absolute'
        ? shortTime(date, now, zone)
        : `${shortTime(date, now, zone)}, ${relativeTime(date, now)}`
  return (
    <Tooltip label={exactTime(date, zone)}>
      <time dateTime={date.toISOString()} className="tabular">
        {text}
      </time>
    </Tooltip>
  )
}
