import { useRef, useState } from 'react'

/**
 * An order that changes on screen at once and is stored behind it, one change after the other, so that quick presses end in the
 * order seen last. `null` means that the screen shows what the server has; a change that fails goes back to that.
 */
export function useOrder<T>(store: (order: T) => Promise<unknown>): [wanted: T | null, change: (order: T) => void] {
  const [wanted, setWanted] = useState<T | null>(null)
  const line = useRef<Promise<unknown>>(Promise.resolve())
  const change = (order: T): void => {
    setWanted(order)
    const mine = line.current
      .then(() => store(order))
      .catch(() => undefined)
      .then(() => {
        if (line.current === mine) setWanted(null)
      })
    line.current = mine
  }
  return [wanted, change]
}
