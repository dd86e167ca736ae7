import { setTimeout as sleep } from 'node:timers/promises'
import { crashPoint } from '../db/crash-point.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import type { CallbackPolicy } from './destination.ts'
import { NotDelivered, postForm } from './post-form.ts'
import { type DueCallback, endCallbacks, failCallback, takeDueCallbacks } from './queries.ts'

/** Deliveries under way in this process, and of those to one host and port. */
const AT_ONCE = 64
const PER_HOST = 8
/** One account's answers, whatever the hosts it names, leave places for the others'. */
const PER_SENDER = 24
/** An LMS that does not answer within this is asked again later. */
const TIMEOUT_MS = 15_000
/** What a process that died had taken is due again after this. */
const LEASE_SECONDS = 20
const LOOK_EVERY_MS = 500
/** Deliveries that went well are noted together: a burst of answers must not pay a commit for each. */
const NOTE_EVERY_MS = 20

/**
 * How long after the n-th failed try the next one comes: 1 s, 2 s, 4 s … one hour. With 30 tries an LMS may be away for 19 hours.
 */
const TRIES = 30
export const pauseAfter = (tries: number): number | null => (tries >= TRIES ? null : Math.min(2 ** (tries - 1), 3_600))

export interface CallbackLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface Callbacks {
  /** Says that something is due now; without it, it is found within half a second. */
  wake(): void
  /** Takes no more; deliveries under way end, or come again elsewhere. */
  stop(): Promise<void>
}

/**
 * Brings answers to where they were asked for, at least once, until `stop`. Every server does it; each delivery is done by one of
 * them. A host that is slow keeps only its own answers waiting. `onGivenUp` hears of an answer that could not be delivered, in
 * the transaction in which it failed.
 */
export function startCallbacks(
  { db, policy, basic, log }: { db: Db; policy: CallbackPolicy; basic: string | null; log: CallbackLog },
  onGivenUp: (tx: Tx, callback: DueCallback, error: string) => Promise<void>,
): Callbacks {
  const running = new Map<Promise<void>, DueCallback>()
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let isLooking = false
  let isAskedAgain = false
  let hasFailed = false

  /** Who has how many under way; who has enough; and how many everybody else may have more. */
  const loadOf = (what: 'host' | 'sent_for', limit: number): { busy: string[]; free: number } => {
    const counts = new Map<string, number>()
    for (const callback of running.values()) counts.set(callback[what], (counts.get(callback[what]) ?? 0) + 1)
    const others = [...counts.values()].filter((count) => count < limit)
    return { busy: [...counts].filter(([, count]) => count >= limit).map(([name]) => name), free: limit - Math.max(0, ...others) }
  }

  async function look(): Promise<void> {
    if (stopping.signal.aborted) return
    if (isLooking) {
      isAskedAgain = true
      return
    }
    isLooking = true
    clearTimeout(timer)
    try {
      const free = AT_ONCE - running.size
      if (free > 0) {
        const [hosts, senders] = [loadOf('host', PER_HOST), loadOf('sent_for', PER_SENDER)]
        const due = await takeDueCallbacks(db, {
          ...{ most: free, per_host: hosts.free, per_sender: senders.free, busy_hosts: hosts.busy, busy_senders: senders.busy },
          lease_seconds: LEASE_SECONDS,
        })
        for (const callback of due) start(callback)
        if (due.length > 0) isAskedAgain = true
      }
      hasFailed = false
    } catch (error) {
      if (!hasFailed) log.warn({ err: error }, 'callbacks cannot be read')
      hasFailed = true
      isAskedAgain = false
    } finally {
      isLooking = false
      const again = isAskedAgain && running.size < AT_ONCE
      isAskedAgain = false
      if (!stopping.signal.aborted) {
        if (again) setImmediate(() => void look())
        else timer = setTimeout(() => void look(), LOOK_EVERY_MS)
      }
    }
  }

  function start(callback: DueCallback): void {
    const work: Promise<void> = deliver(callback)
      .catch((error: unknown) => log.warn({ err: error, callback_id: callback.id }, 'a delivery could not be noted; it will be repeated'))
      .finally(() => {
        running.delete(work)
        void look()
      })
    running.set(work, callback)
  }

  let well: string[] = []
  let noting: Promise<void> | undefined
  const note = (id: string): Promise<void> => {
    well.push(id)
    noting ??= sleep(NOTE_EVERY_MS).then(() => {
      const ids = well
      well = []
      noting = undefined
      return endCallbacks(db, ids)
    })
    return noting
  }

  async function deliver(callback: DueCallback): Promise<void> {
    const { id, url, header, body, tries } = callback
    const about = { callback_id: id, host: callback.host, tries, is_notice: callback.is_notice }
    let failure: { status: number | null; error: string }
    try {
      const fields = [['xqueue_header', header] as const, ['xqueue_body', body] as const]
      const status = await postForm({ url, fields, basic, timeout_ms: TIMEOUT_MS, signal: stopping.signal }, policy)
      if (status === 200) {
        crashPoint('x4_called_back')
        return note(id)
      }
      failure = { status, error: `Answered ${status}.` }
    } catch (error) {
      if (!(error instanceof NotDelivered)) throw error
      // A process that stops has not been refused: the lease runs out and another one tries.
      if (stopping.signal.aborted) return
      failure = { status: null, error: error.message }
    }
    const is_over = await transact(db, async (tx) => {
      const isOver = await failCallback(tx, { id, ...failure, pause_seconds: pauseAfter(tries) })
      if (isOver) await onGivenUp(tx, callback, failure.error)
      return isOver
    })
    log.warn({ ...about, ...failure, is_over }, 'an answer could not be delivered')
  }

  timer = setTimeout(() => void look(), 0)
  return {
    wake: () => void look(),
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      await Promise.all(running.keys())
    },
  }
}
