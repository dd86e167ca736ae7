import { backoff, sleep } from '@gradus/client/retry'
import { answer, type Held, type Means } from './answer.ts'
import type { Delivery } from './delivery.ts'
import { Refused, type XQueueClient } from './xqueue-client.ts'

export interface BridgeOptions extends Pick<Means, 'readExercise' | 'lacks' | 'grade' | 'log'> {
  /** Opens the client; the signal breaks off whatever it does. */
  connect: (signal: AbortSignal) => XQueueClient
  /** Submissions graded at once. */
  slots: number
  /** How long an empty queue is left alone. */
  poll_ms: number
  /** How long the server keeps a submission for us. */
  lease_ms: number
  /** How long running work may finish after `stop`. */
  grace_ms?: number
}

export interface Bridge {
  /** Resolves when nothing runs any more; rejects with Refused where the server takes neither the account nor the queue's name. */
  readonly done: Promise<void>
  /** Takes nothing new; what is in hand may be graded and put back within the grace time. */
  stop(): void
  /** Lets go of everything now. */
  abandon(): void
}

/** Waits between tries of a server that is away. */
const away = { base_ms: 250, max_ms: 5_000 }
/** The same for one that answers, but not as it should. */
const refusing = { base_ms: 1_000, max_ms: 30_000 }
/**
 * edx-submissions hands a submission that is older than five minutes to every call, under the same key, until it is
 * answered. One that we could not answer is not graded again for this long.
 */
const LEFT_ALONE_MS = 60_000
/** What is remembered, of submissions and of words for the log; far more than one queue keeps failing at once. */
const MOST_REMEMBERED = 5_000

/**
 * Takes submissions from a queue and answers them, as many at once as there are slots, until it is stopped. A server
 * that is away is asked until it is back.
 */
export function startBridge(options: BridgeOptions): Bridge {
  const { log, slots, poll_ms, lease_ms, grace_ms = 10_000 } = options
  const stopping = new AbortController()
  const breaking = new AbortController()
  const client = options.connect(breaking.signal)
  const held = new Map<string, Held>()
  const running = new Set<Promise<void>>()
  /** When a submission was last left without an answer, and under which header. */
  const left = new Map<string, { header: string; at: number }>()
  const words = new Map<string, true>()
  let grading = 0
  let onFree = () => {}
  let grace: NodeJS.Timeout | undefined

  /** A result that waits to be taken leaves its slot to the next submission, but no more results than slots may wait. */
  const isFull = () => grading >= slots || running.size >= 2 * slots

  async function pollForever(): Promise<void> {
    let failures = 0
    let has_answered = false
    while (!stopping.signal.aborted) {
      while (isFull() && !stopping.signal.aborted) {
        await new Promise<void>((resolve) => {
          onFree = resolve
        })
      }
      if (stopping.signal.aborted) return
      let wait_ms = 0
      try {
        // Not broken off by `stop`: what the server hands out at this instant would be lost to everyone for a lease.
        const delivery = await client.take()
        if (failures > 0) log.info('the queue is back')
        failures = 0
        has_answered = true
        if (delivery === null || !start(delivery)) wait_ms = poll_ms
      } catch (error) {
        if (breaking.signal.aborted) return
        const is_refused = error instanceof Refused
        if (is_refused && (error.about === 'login' || (error.about !== 'call' && !has_answered))) throw error
        failures++
        const { message, status } = error as Partial<Refused>
        // Said once, not at every try: an hour without a server is one line.
        if (failures === 1) log.warn({ reason: message, status }, 'nothing can be taken from the queue; trying again until it can')
        wait_ms = Math.max(is_refused ? poll_ms : 0, backoff(failures, is_refused ? refusing : away))
      }
      await sleep(wait_ms, stopping.signal).catch(() => undefined)
    }
  }

  /** True where this is new work, and more may be waiting behind it. */
  function start(delivery: Delivery): boolean {
    const id = delivery.submission_id
    const now = performance.now()
    const ours = held.get(id)
    if (ours !== undefined) {
      if (ours.delivery.body === delivery.body) Object.assign(ours, { delivery, lease_end: now + lease_ms })
      return false
    }
    const last = left.get(id)
    if (last?.header === delivery.header && now - last.at < LEFT_ALONE_MS) return false
    const one: Held = { delivery, lease_end: now + lease_ms }
    held.set(id, one)
    const work = workOn(id, one).finally(() => {
      running.delete(work)
      onFree()
    })
    running.add(work)
    // Handed out again sooner than a lease can end: without a pause the two of us would do nothing else.
    return last === undefined || now - last.at > lease_ms / 2
  }

  async function workOn(id: string, one: Held): Promise<void> {
    grading++
    let is_grading = true
    const onGraded = () => {
      if (is_grading) grading--
      is_grading = false
      onFree()
    }
    try {
      const is_answered = await answer(one, { ...options, client, signal: breaking.signal, onGraded, isNews })
      if (is_answered) left.delete(id)
      else remember(left, id, { header: one.delivery.header, at: performance.now() })
    } finally {
      onGraded()
      held.delete(id)
    }
  }

  function isNews(text: string): boolean {
    const is_news = !words.has(text)
    remember(words, text, true)
    return is_news
  }

  function abandon(): void {
    stopping.abort(new Error('stopping'))
    breaking.abort(new Error('stopping'))
    onFree()
  }

  async function run(): Promise<void> {
    try {
      await pollForever()
    } finally {
      while (running.size > 0) await Promise.all(running)
      clearTimeout(grace)
      client.close()
    }
  }

  return {
    done: run(),
    stop() {
      if (stopping.signal.aborted) return
      stopping.abort(new Error('stopping'))
      onFree()
      grace = setTimeout(abandon, grace_ms)
    },
    abandon,
  }
}

/** The newest entries stay. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size > MOST_REMEMBERED) map.delete(map.keys().next().value!)
}
