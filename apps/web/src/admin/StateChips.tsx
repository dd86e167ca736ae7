import { jobStates, type QueueDepth } from '@gradus/contract/queues'
import { jobLooks } from '../ui/JobState.tsx'
import classes from './Admin.module.css'

interface Props {
  /** Those whose jobs are counted. */
  queues: readonly QueueDepth[]
  /** Null for every state. */
  chosen: string | null
  onChoose: (state: string) => void
}

/** Which jobs are shown, by state; what an operator must see stands first. */
export function StateChips({ queues, chosen, onChoose }: Props) {
  const order = ['failed', ...jobStates.filter((state) => state !== 'failed')] as const
  const countOf = (state: string): number | null => {
    if (state === 'retired') return null
    return queues.reduce((sum, queue) => sum + queue[state as 'failed' | 'pending' | 'pulled' | 'retry'], 0)
  }
  return (
    <fieldset className={classes.chips} aria-label="State">
      <button type="button" className={classes.chip} aria-pressed={chosen === null} onClick={() => onChoose('all')}>
        All
      </button>
      {order.map((state) => {
        const { word, color, icon: Icon } = jobLooks[state as keyof typeof jobLooks]
        const count = countOf(state)
        return (
          <button key={state} type="button" className={classes.chip} aria-pressed={chosen === state} onClick={() => onChoose(state)}>
            <Icon size={15} stroke={2.2} color={`var(--gradus-tone-${color})`} aria-hidden />
            {word}
            {count !== null && <b>{count}</b>}
          </button>
        )
      })}
    </fieldset>
  )
}
