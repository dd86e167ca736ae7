import type { Db } from '../db/database.ts'
import type { Listener } from '../db/listen.ts'
import { WORK_CHANNEL } from './channels.ts'
import { notify } from './queries/jobs.ts'

/** A waiting worker's place in the line. */
export interface Place {
  /** Resolves when work may be there, when `ms` have passed, or when the line is closed. May be called again. */
  rung(ms: number): Promise<void>
  leave(): void
}

/** Wakes workers that wait for work, in this process and in others. */
export interface Bell {
  /** Tells that work which needs this language waits. Call it after the commit. */
  ring(needs: string): void
  /** Takes a place. Do so before looking for work, so that what arrives in between is not missed. */
  wait(languages: readonly string[]): Place
  /** Tells the next waiting worker to look as well: whoever found work calls it, because there may be more. */
  pass(languages: readonly string[]): void
  close(): void
}

/** Rings of one process to the others keep this distance; the first of a burst goes out at once. */
const TELL_EVERY_MS = 20
/** Retries that come due, and rings that got lost, are found within this time. */
const LOOK_EVERY_MS = 1_000

interface Waiter {
  languages: ReadonlySet<string>
  is_rung: boolean
  wake: () => void
}

/**
 * One ring wakes one worker per process, and whoever finds work wakes the next: many waiting workers do not all run
 * for one job, and a burst still wakes as many as it needs. Rings go out after the commit and not inside of it, because
 * PostgreSQL lets transactions that NOTIFY commit only one after the other. A ring lost with its process is made up for by the
 * look once a second.
 */
export function openBell(db: Db, listener: Listener): Bell {
  const line = new Set<Waiter>()
  const untold = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const ringFor = (can: (languages: ReadonlySet<string>) => boolean): void => {
    for (const waiter of line) {
      if (waiter.is_rung || !can(waiter.languages)) continue
      waiter.is_rung = true
      // To the end of the line: the next ring is another's.
      line.delete(waiter)
      line.add(waiter)
      waiter.wake()
      return
    }
  }
  const ringEachKind = (): void => {
    const kinds = new Map([...line].map(({ languages }) => [[...languages].sort().join(), languages]))
    for (const kind of kinds.values()) ringFor((languages) => languages === kind || [...kind].every((one) => languages.has(one)))
  }
  const tell = (): void => {
    timer = undefined
    if (untold.size === 0 || isClosed) return
    const payload = [...untold].join()
    untold.clear()
    timer = setTimeout(tell, TELL_EVERY_MS)
    notify(db, WORK_CHANNEL, payload).catch(() => {})
  }
  const stopListening = listener.on(WORK_CHANNEL, (payload) => {
    if (payload === '') return ringEachKind()
    for (const needs of payload.split(',')) ringFor((languages) => languages.has(needs))
  })
  const look = setInterval(ringEachKind, LOOK_EVERY_MS)
  look.unref()

  return {
    ring(needs) {
      untold.add(needs)
      if (timer === undefined) tell()
    },
    wait(languages) {
      const waiter: Waiter = { languages: new Set(languages), is_rung: false, wake: () => {} }
      line.add(waiter)
      return {
        async rung(ms) {
          if (!waiter.is_rung && !isClosed && ms > 0) {
            let limit: NodeJS.Timeout | undefined
            await new Promise<void>((resolve) => {
              waiter.wake = resolve
              limit = setTimeout(resolve, ms)
            })
            clearTimeout(limit)
          }
          waiter.is_rung = false
        },
        leave() {
          line.delete(waiter)
          waiter.wake()
          // A ring that was not answered is the next one's.
          if (waiter.is_rung) ringFor((theirs) => [...waiter.languages].some((one) => theirs.has(one)))
        },
      }
    },
    pass(languages) {
      ringFor((theirs) => languages.some((one) => theirs.has(one)))
    },
    close() {
      isClosed = true
      clearInterval(look)
      clearTimeout(timer)
      stopListening()
      for (const waiter of line) waiter.wake()
      line.clear()
    },
  }
}
