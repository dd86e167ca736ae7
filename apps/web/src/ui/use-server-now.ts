import { useSyncExternalStore } from 'react'

const SECOND_MS = 1_000
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    for (const each of listeners) each()
  }, 250)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/**
 * The server's clock, moving once a second: what it said in its last answer, and what has passed here since. A device whose
 * clock is wrong counts down rightly.
 */
export function useServerNow(server_now: string, received_at_ms: number): Date {
  const ahead = Date.parse(server_now) - received_at_ms
  return new Date(useSyncExternalStore(subscribe, () => Math.floor((Date.now() + ahead) / SECOND_MS) * SECOND_MS))
}
