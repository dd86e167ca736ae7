import { ActionIcon, Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import classes from './Teach.module.css'

/** Which of the two buttons was pressed last; a new object for every press. */
export interface Moved {
  by: -1 | 1
}

interface Props {
  /** What moves, for the buttons' names: "Week 1". */
  name: string
  is_first: boolean
  is_last: boolean
  onMove: (by: -1 | 1) => void
  /** Set where this one has just moved: its button takes the keyboard again, which the browser loses when a row changes place. */
  moved: Moved | null
}

/** Up and down by one. At an end the button stays reachable but does nothing, so that the keyboard does not fall off. */
export function MoveButtons({ name, is_first, is_last, onMove, moved }: Props) {
  const up = useRef<HTMLButtonElement>(null)
  const down = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (moved !== null) (moved.by === -1 ? up : down).current?.focus({ preventScroll: false })
  }, [moved])
  const button = (by: -1 | 1, isOff: boolean) => {
    const Icon = by === -1 ? IconArrowUp : IconArrowDown
    return (
      <Tooltip label={by === -1 ? 'Move up' : 'Move down'}>
        <ActionIcon
          ref={by === -1 ? up : down}
          variant="subtle"
          color="gray"
          className={classes.move}
          aria-label={`Move ${name} ${by === -1 ? 'up' : 'down'}`}
          aria-disabled={isOff}
          data-disabled={isOff || undefined}
          onClick={() => {
            if (!isOff) onMove(by)
          }}
        >
          <Icon size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    )
  }
  return (
    <>
      {button(-1, is_first)}
      {button(1, is_last)}
    </>
  )
}
