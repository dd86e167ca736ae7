import { useEffect } from 'react'
import { renewStanding } from './renew-standing.ts'

/** The first wait, which doubles up to the longest: most gradings take seconds, and what waits for staff takes days. */
const FIRST_MS = 1_500
const LONGEST_MS = 60_000

/** Reads the learner's standing anew, again and again, while something of it is being graded: as after a hand-in from another page or visit. */
export function useRenewal(is_waiting: boolean): void {
  useEffect(() => {
    if (!is_waiting) return
    let timer: ReturnType<typeof setTimeout>
    const wait = (ms: number) => {
      timer = setTimeout(() => {
        if (document.visibilityState === 'visible') void renewStanding()
        wait(Math.min(2 * ms, LONGEST_MS))
      }, ms)
    }
    wait(FIRST_MS)
    return () => clearTimeout(timer)
  }, [is_waiting])
}
