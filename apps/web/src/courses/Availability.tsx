import { Badge, Text } from '@mantine/core'
import { TimeText } from '../ui/TimeText.tsx'
import type { OutlineStep } from './use-course.ts'

type Times = Pick<OutlineStep, 'availability' | 'opens_at' | 'due_at' | 'closes_at'>

/** When an assignment opens, is due or closes: the one time that matters now, and a word where it is late or over. */
export function Availability({ times, zone }: { times: Times; zone: string }) {
  const { availability, opens_at, due_at, closes_at } = times
  if (availability === 'not_open_yet')
    return (
      <Text span size="sm">
        {opens_at === null ? (
          'not open yet'
        ) : (
          <>
            opens <TimeText at={opens_at} zone={zone} />
          </>
        )}
      </Text>
    )
  if (availability === 'closed')
    return (
      <Badge color="gray" variant="light" tt="none" radius="sm">
        Closed
      </Badge>
    )
  if (availability === 'late')
    return (
      <Text span size="sm">
        <Badge color="yellow" variant="light" tt="none" radius="sm" mr={6}>
          Late
        </Badge>
        {closes_at === null ? (
          due_at !== null && (
            <>
              was due <TimeText at={due_at} zone={zone} />
            </>
          )
        ) : (
          <>
            closes <TimeText at={closes_at} zone={zone} />
          </>
        )}
      </Text>
    )
  if (due_at !== null)
    return (
      <Text span size="sm">
        due <TimeText at={due_at} zone={zone} />
      </Text>
    )
  if (closes_at !== null)
    return (
      <Text span size="sm">
        closes <TimeText at={closes_at} zone={zone} />
      </Text>
    )
  return null
}
