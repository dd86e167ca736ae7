import { rateSentence } from './queue-state.ts'

const WIDTH = 120
const HEIGHT = 24

/** A bar for each minute, the present one at the right; scaled to the tallest, and said in words for those who do not see it. */
export function Sparkline({ per_minute }: { per_minute: readonly number[] }) {
  const words = rateSentence(per_minute)
  const most = Math.max(1, ...per_minute)
  const step = WIDTH / Math.max(1, per_minute.length)
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words} style={{ display: 'block', flexShrink: 0 }}>
      <title>{words}</title>
      {per_minute.map((count, minute) => {
        const height = count === 0 ? 1 : Math.max(3, Math.round((count / most) * HEIGHT))
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its minute
            key={minute}
            x={minute * step}
            y={HEIGHT - height}
            width={Math.max(1, step - 1)}
            height={height}
            fill={count === 0 ? 'var(--mantine-color-default-border)' : 'var(--mantine-primary-color-filled)'}
          />
        )
      })}
    </svg>
  )
}
