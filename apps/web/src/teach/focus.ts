import { useCallback, useEffect, useRef } from 'react'

/** As a `ref`: the field takes the keyboard when it appears, because the person has just asked for it. */
export const takeFocus = (element: HTMLElement | null): void => element?.focus()

/** Gives the keyboard to the element with this id once it is there, where a change has put it somewhere else. */
export function useFocusLater(): (id: string) => void {
  const wanted = useRef<string | null>(null)
  useEffect(() => {
    if (wanted.current === null) return
    const element = document.getElementById(wanted.current)
    if (element === null) return
    wanted.current = null
    element.focus()
  })
  return useCallback((id) => {
    wanted.current = id
  }, [])
}
