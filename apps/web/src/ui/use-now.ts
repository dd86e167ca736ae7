import { useSyncExternalStore } from 'react'

/** The clock moves in steps, so that every time on a page is told from the same moment. */
const GRAIN_MS = 5_000

/** One clock for the page, so that a table of a hundred times starts one timer and not a hundred. */
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    for (const each of listeners) each()
  }, GRAIN_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && timer !== undefined) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** The present time, at most five seconds old. */
export function useNow(): Date {
  return new Date(useSyncExternalStore(subscribe, () => Math.floor(Date.now() / GRAIN_MS) * GRAIN_MS))
}
