import type { GradingState } from '@gradus/contract/submissions'
import type { Verdict as VerdictName } from '@gradus/contract/words'
import { Badge } from '@mantine/core'
import {
  type Icon,
  IconArrowsHorizontal,
  IconBolt,
  IconCheck,
  IconClock,
  IconFileText,
  IconGauge,
  IconHourglass,
  IconMinus,
  IconRefresh,
  IconTool,
  IconUrgent,
  IconX,
} from '@tabler/icons-react'

export interface Look {
  word: string
  color: string
  icon: Icon
}

/** Each verdict by colour, icon and word together: none of the three is needed to understand the other two. */
export const verdictLooks: Record<VerdictName, Look> = {
  accepted: { word: 'Accepted', color: 'green', icon: IconCheck },
  wrong_answer: { word: 'Wrong answer', color: 'red', icon: IconX },
  presentation_error: { word: 'Spacing differs', color: 'yellow', icon: IconArrowsHorizontal },
  time_limit: { word: 'Too slow', color: 'yellow', icon: IconClock },
  memory_limit: { word: 'Too much memory', color: 'yellow', icon: IconGauge },
  output_limit: { word: 'Too much output', color: 'yellow', icon: IconFileText },
  runtime_error: { word: 'Crashed', color: 'red', icon: IconBolt },
  compile_error: { word: 'Does not compile', color: 'red', icon: IconTool },
  skipped: { word: 'Not run', color: 'gray', icon: IconMinus },
  internal_error: { word: 'Our fault, not counted', color: 'violet', icon: IconUrgent },
}

/** The states before a verdict; `graded` stands here only for jobs, its verdict says more. */
export const stateLooks: Record<GradingState, Look> = {
  queued: { word: 'Waiting', color: 'gray', icon: IconHourglass },
  grading: { word: 'Running', color: 'blue', icon: IconGauge },
  retrying: { word: 'Trying again', color: 'orange', icon: IconRefresh },
  graded: { word: 'Graded', color: 'gray', icon: IconCheck },
  needs_staff: { word: 'Our fault, not counted', color: 'violet', icon: IconUrgent },
  handed_in: { word: 'Handed in', color: 'gray', icon: IconFileText },
}

/** Colour, icon and word as a badge. */
export function LookBadge({ look, size = 'md' }: { look: Look; size?: 'sm' | 'md' | 'lg' }) {
  const Icon = look.icon
  return (
    <Badge
      color={look.color}
      variant="light"
      size={size}
      radius="sm"
      tt="none"
      fw={600}
      miw="max-content"
      styles={{ root: { overflow: 'visible', flexShrink: 0 } }}
      leftSection={<Icon size={14} stroke={2.25} aria-hidden />}
    >
      {look.word}
    </Badge>
  )
}

/** A verdict as a badge. */
export function Verdict({ verdict, size = 'md' }: { verdict: VerdictName; size?: 'sm' | 'md' | 'lg' }) {
  return <LookBadge look={verdictLooks[verdict]} size={size} />
}

/** Where a hand-in stands: its verdict once there is one, else its state. */
export function HandInState({ state, verdict, size = 'md' }: { state: GradingState; verdict: VerdictName | null; size?: 'sm' | 'md' | 'lg' }) {
  return <LookBadge look={state === 'graded' && verdict !== null ? verdictLooks[verdict] : stateLooks[state]} size={size} />
}
