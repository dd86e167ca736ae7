import { useSyncExternalStore } from 'react'

/** One clock for the page, so that a table of a hundred times starts one timer and not a hundred. */
const listeners = new Set<() => void>()
let now = new Date()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = new Date()
    for (const each of listeners) each()
  }, 15_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && timer !== undefined) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** The present time, renewed every 15 seconds. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now)
}
