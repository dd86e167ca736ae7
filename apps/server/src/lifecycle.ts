import { ConfigError } from './config.ts'

/** npm passes a terminal's Ctrl-C on, so one key press arrives twice: only a later signal means "now". */
const SAME_PRESS_MS = 1_000

/**
 * Ends the process in order on SIGTERM or SIGINT: exit code 0 after `stop`, 1 when it fails. A second signal ends the
 * process at once; what it was doing is as after a crash, which nothing acknowledged fears.
 */
export function stopOnSignal(stop: () => Promise<void>): void {
  let asked_at: number | undefined
  const onSignal = (): void => {
    if (asked_at !== undefined) {
      if (Date.now() - asked_at > SAME_PRESS_MS) process.exit(1)
      return
    }
    asked_at = Date.now()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}

/** Ends a process that could not start: one sentence and exit code 2 for what the operator can mend, else the error and 1. */
export function failStart(error: unknown): never {
  if (error instanceof ConfigError) {
    process.stderr.write(`gradus: ${error.message}\n`)
    process.exit(2)
  }
  console.error(error)
  process.exit(1)
}
