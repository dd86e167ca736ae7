import { useCallback, useEffect, useRef, useState } from 'react'
import { useUser } from '../api/session.ts'
import { type Kept, keep, keptKey, readKept } from './kept-text.ts'

const DELAY_MS = 500

/** What this device kept of a text when the page opened, and a way to forget it. */
export function useFound<T>(name: string, isValue: (value: unknown) => value is T): [found: Kept<T> | null, drop: () => void] {
  const key = keptKey(useUser().id, name)
  const [found, setFound] = useState(() => readKept(localStorage, key, isValue))
  const drop = useCallback(() => {
    keep(localStorage, key, null)
    setFound(null)
  }, [key])
  return [found, drop]
}

/**
 * Keeps an unsaved text on this device within half a second of the last change, and at once when the page goes away: a closed
 * window, an ended session or a crash loses nothing. `unsaved` is null while everything is saved, which forgets the copy. Returns
 * true where this browser refuses to keep anything.
 */
export function useKeep<T>(name: string, unsaved: { value: T; base: string | null } | null): boolean {
  const key = keptKey(useUser().id, name)
  const [isRefused, setIsRefused] = useState(false)
  const latest = useRef(unsaved)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  latest.current = unsaved
  const value = unsaved?.value
  const base = unsaved?.base

  const flush = useCallback(() => {
    if (timer.current === undefined) return
    clearTimeout(timer.current)
    timer.current = undefined
    const present = latest.current
    setIsRefused(!keep(localStorage, key, present === null ? null : { ...present, kept_at: new Date().toISOString() }))
  }, [key])
  const before = useRef({ value, base })
  useEffect(() => {
    // The page as it opened has nothing new to keep, and must not forget what was found.
    if (before.current.value === value && before.current.base === base) return
    before.current = { value, base }
    clearTimeout(timer.current)
    timer.current = setTimeout(flush, DELAY_MS)
    if (latest.current === null) flush()
  }, [value, base, flush])
  useEffect(() => {
    const onHide = () => document.visibilityState === 'hidden' && flush()
    window.addEventListener('pagehide', flush)
    document.addEventListener('visibilitychange', onHide)
    return () => {
      window.removeEventListener('pagehide', flush)
      document.removeEventListener('visibilitychange', onHide)
      flush()
    }
  }, [flush])
  return isRefused
}
