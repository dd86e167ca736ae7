import { Alert, Button, Stack } from '@mantine/core'
import { IconClockPause } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { asProblem } from '../api/problem.ts'
import { countdown } from '../ui/time.ts'
import { useServerNow } from '../ui/use-server-now.ts'

/** Too many wrong codes came from this network: how long to wait, and then a button. */
export function RateLimited({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const wait_ms = asProblem(error)?.retry_after_ms ?? 60_000
  const [until_ms, setUntil] = useState(() => Date.now() + wait_ms)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new refusal starts the wait anew, also for the same time
  useEffect(() => setUntil(Date.now() + wait_ms), [error, wait_ms])
  const now = useServerNow(new Date(0).toISOString(), 0)
  const left_ms = until_ms - now.getTime()
  return (
    <Alert color="orange" icon={<IconClockPause size={18} aria-hidden />} title="Too many wrong codes from this network" role="alert">
      <Stack gap="sm" align="flex-start">
        <span>
          A right code always works, whoever mistyped before. Compare yours with your slip letter by letter; codes have no 0, O, 1 or I unless your
          slip shows one. After that try again, or ask your examiner.
        </span>
        <Button size="sm" variant="default" disabled={left_ms > 0} onClick={onRetry}>
          {left_ms > 0 ? `Try again in ${countdown(left_ms)}` : 'Try again'}
        </Button>
      </Stack>
    </Alert>
  )
}
