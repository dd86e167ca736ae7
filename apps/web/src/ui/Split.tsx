import { useLocalStorage } from '@mantine/hooks'
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react'
import classes from './Split.module.css'

interface Props {
  /** Under which name this device remembers the size. */
  name: string
  direction: 'row' | 'column'
  /** What the line between is called for a screen reader. */
  label: string
  /** Share of the first pane in percent until somebody moves the line. */
  start_percent: number
  first: ReactNode
  second: ReactNode
}

const MIN = 15
const MAX = 85
const clamp = (percent: number): number => Math.min(MAX, Math.max(MIN, percent))

/** Two panes and a line between that moves by pointer and by arrow keys; a double click puts it back. */
export function Split({ name, direction, label, start_percent, first, second }: Props) {
  const [percent, setPercent] = useLocalStorage({ key: `gradus.split.${name}`, defaultValue: start_percent, getInitialValueInEffect: false })
  const box = useRef<HTMLDivElement>(null)
  const share = clamp(Number.isFinite(percent) ? percent : start_percent)

  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const area = box.current!.getBoundingClientRect()
    const ratio = direction === 'row' ? (event.clientX - area.left) / area.width : (event.clientY - area.top) / area.height
    setPercent(clamp(Math.round(ratio * 1000) / 10))
  }
  const press = (event: KeyboardEvent) => {
    const [less, more] = direction === 'row' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
    if (event.key === less) setPercent(clamp(share - 2))
    else if (event.key === more) setPercent(clamp(share + 2))
    else if (event.key === 'Home') setPercent(MIN)
    else if (event.key === 'End') setPercent(MAX)
    else return
    event.preventDefault()
  }
  return (
    <div ref={box} className={`${classes.split} ${classes[direction]}`}>
      <div className={classes.pane} style={{ flexBasis: `${share}%` }}>
        {first}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: an hr cannot be moved; this is the ARIA window splitter */}
      <div
        role="separator"
        tabIndex={0}
        aria-label={label}
        aria-orientation={direction === 'row' ? 'vertical' : 'horizontal'}
        aria-valuenow={Math.round(share)}
        aria-valuemin={MIN}
        aria-valuemax={MAX}
        className={classes.line}
        onPointerDown={(event) => {
          event.preventDefault()
          event.currentTarget.focus()
          event.currentTarget.setPointerCapture(event.pointerId)
        }}
        onPointerMove={drag}
        onKeyDown={press}
        onDoubleClick={() => setPercent(start_percent)}
      />
      <div className={classes.rest}>{second}</div>
    </div>
  )
}
