import type { Verdict } from '@gradus/contract/words'
import { IconHourglass } from '@tabler/icons-react'
import { verdictLooks } from '../ui/Verdict.tsx'
import classes from './Submissions.module.css'

export interface ChipTest {
  key: string
  name: string
  is_hidden: boolean
  /** Null while it has not arrived. */
  verdict: Verdict | null
}

interface Props {
  tests: ChipTest[]
  /** True once there is something behind a chip to open. */
  can_open: boolean
  open_key: string | null
  onOpen: (key: string) => void
}

/** One chip per test, all there from the start, so that nothing moves when a verdict arrives. */
export function TestChips({ tests, can_open, open_key, onOpen }: Props) {
  return (
    <ol className={classes.chips} aria-label="Tests">
      {tests.map((test, index) => {
        const look = test.verdict === null ? null : verdictLooks[test.verdict]
        const Icon = look?.icon ?? IconHourglass
        const color = look === null ? 'var(--mantine-color-dimmed)' : `var(--gradus-tone-${look.color})`
        const name = `${index + 1}. ${test.name}`
        return (
          <li key={test.key}>
            <button
              type="button"
              className={classes.chip}
              disabled={!can_open}
              aria-pressed={can_open ? test.key === open_key : undefined}
              title={`${name}${test.is_hidden ? ' (hidden)' : ''}: ${look?.word ?? 'Waiting'}`}
              onClick={() => onOpen(test.key)}
            >
              <span className={classes.chipName} dir="auto">
                {name}
              </span>
              <span className={classes.chipVerdict} style={{ color }}>
                <Icon size={14} stroke={2.2} aria-hidden />
                {look?.word ?? 'Waiting'}
              </span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}
