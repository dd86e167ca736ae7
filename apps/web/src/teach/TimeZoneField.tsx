import { Autocomplete } from '@mantine/core'

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')]

/** The zone in which a course's times are typed and shown. */
export function TimeZoneField({ value, onChange, error }: { value: string; onChange: (zone: string) => void; error?: string | undefined }) {
  return (
    <Autocomplete
      label="Time zone"
      description="Opening and closing times are typed and shown in this zone."
      data={zones}
      limit={30}
      value={value}
      onChange={onChange}
      error={error}
      required
    />
  )
}
