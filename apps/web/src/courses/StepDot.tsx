import { Tooltip, VisuallyHidden } from '@mantine/core'
import { type Icon, IconCircle, IconCircleCheckFilled, IconCircleDashed, IconCircleHalf2, IconFileText, IconHourglass } from '@tabler/icons-react'
import type { OutlineStep } from './use-course.ts'

interface Look {
  icon: Icon
  color: string
  word: string
}

const looks: Record<OutlineStep['my_state'], Look> = {
  not_started: { icon: IconCircle, color: 'var(--mantine-color-dimmed)', word: 'Not started' },
  waiting: { icon: IconHourglass, color: 'var(--mantine-color-dimmed)', word: 'Being graded' },
  partial: { icon: IconCircleHalf2, color: 'var(--gradus-tone-yellow)', word: 'Some points' },
  full: { icon: IconCircleCheckFilled, color: 'var(--gradus-tone-green)', word: 'Done, full points' },
  none: { icon: IconCircleDashed, color: 'var(--mantine-color-dimmed)', word: 'No points here' },
}
const material: Look = { icon: IconFileText, color: 'var(--mantine-color-dimmed)', word: 'To read' }

const done: Look = { icon: IconCircleCheckFilled, color: 'var(--gradus-tone-green)', word: 'Done' }
const kept: Look = { ...done, word: 'Done; kept on this device until the server has it' }

interface Props extends Pick<OutlineStep, 'kind' | 'my_state'> {
  /** Counts as done: by its results, or because its reader says so. */
  is_done?: boolean
  /** The server does not know it yet. */
  is_kept?: boolean
}

/** Where the learner stands with a step, as a sign with its word behind it. */
export function StepDot({ kind, my_state, is_done = false, is_kept = false }: Props) {
  const look = is_kept ? kept : is_done && my_state !== 'full' ? done : kind === 'material' ? material : looks[my_state]
  const Icon = look.icon
  return (
    <Tooltip label={look.word}>
      <span style={{ display: 'inline-flex', color: look.color, position: 'relative', zIndex: 1 }}>
        <Icon size={20} stroke={1.8} aria-hidden />
        <VisuallyHidden>{look.word}: </VisuallyHidden>
      </span>
    </Tooltip>
  )
}
