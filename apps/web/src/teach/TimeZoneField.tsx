import { Select } from '@mantine/core'
import { useNow } from '../ui/use-now.ts'

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

/** " It is 10:14 there now."; nothing for a zone that this browser does not know. */
function clockIn(zone: string, now: Date): string {
  try {
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    return ` It is ${clock.format(now)} there now.`
  } catch {
    return ''
  }
}

/** The zone in which a course's times are typed, chosen by typing part of its name. */
export function TimeZoneField({ value, onChange, error }: { value: string; onChange: (zone: string) => void; error?: string | undefined }) {
  const now = useNow()
  // A zone that the server knows under a name this browser does not list stays choosable.
  const data = zones.includes(value) ? zones : [value, ...zones]
  return (
    <Select
      label="Time zone"
      description={`You type opening, due and closing times in this zone.${clockIn(value, now)}`}
      data={data}
      limit={50}
      searchable
      allowDeselect={false}
      nothingFoundMessage="No zone has this name. Try the largest city nearby."
      value={value}
      onChange={(zone) => {
        if (zone !== null) onChange(zone)
      }}
      error={error}
      required
    />
  )
}
