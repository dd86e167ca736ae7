import type { Endpoint, ReplyOf } from '@gradus/contract/endpoint'
import { type Call, type Client, newIdempotencyKey } from './client.ts'
import type { OutboxLock, OutboxStore } from './outbox-store.ts'
import { ApiProblem } from './problem.ts'
import { backoff, sleep as realSleep } from './retry.ts'

/** What the names of entries that wait begin with in the store, before their owner's (R28). */
export const PROGRESS_PENDING_KEY = 'gradus.outbox.waiting'
const SET_ASIDE_KEY = 'gradus.outbox.aside'

/**
 * The durable client: what a learner does is written down before it is sent, stays until the server has acknowledged it, and is sent
 * again under the same key for as long as it takes, over closed tabs, crashes and days without a network (R27 to R29). Entries of one
 * owner go out one after the other, in the order in which they were made, from one tab at a time. What the server refuses for good is set
 * aside, readable, and holds nothing up (D1). There is no cap: where the device keeps no more, `add` says so.
 */
export interface Outbox<Calls extends Record<string, Endpoint>> {
  /**
   * Resolves once the entry is durable on this device; it is sent from then on. `label` is what people call it, such as a step's title.
   * @throws what the store throws, with nothing kept
   */
  add<N extends keyof Calls & string>(name: N, sent: Omit<Call<Calls[N]>, 'idempotency_key' | 'signal'>, label?: string): Promise<Entry>
  /** Sends what waits, unless another tab is at it; resolves when nothing waits, somebody must sign in, or the outbox is stopped. */
  drain(): Promise<void>
  /** Cuts a wait short: the network is back. */
  wake(): void
  waiting(): Promise<Entry[]>
  setAside(): Promise<SetAside[]>
  /** Forgets an entry that was set aside, once somebody has seen it. */
  forget(id: string): Promise<void>
  /** Sends an entry that was set aside once more, as the last in the line and under its own key. */
  again(id: string): Promise<void>
  /** Makes the entries of another owner this one's: of a guest who signed in. Their keys stay, so that none is done twice. */
  takeFrom(owner: string): Promise<number>
  /** Calls `listen` with everything that happens in this tab until the returned function is called. */
  subscribe(listen: (event: OutboxEvent<Calls>) => void): () => void
  /** Stops sending; what waits stays written down. */
  stop(): void
}

export interface Entry {
  /** Its place in the line; sorts by time. */
  id: string
  name: string
  label: string
  sent: { params?: unknown; query?: unknown; body?: unknown }
  idempotency_key: string
  /** When it was made, in UTC. */
  made_at: string
}

export interface SetAside extends Entry {
  refusal: { code: string; status: number; message: string; details: Record<string, unknown>; request_id: string }
}

export type OutboxEvent<Calls extends Record<string, Endpoint> = Record<string, Endpoint>> =
  | { kind: 'added'; entry: Entry }
  | { [N in keyof Calls & string]: { kind: 'sent'; name: N; entry: Entry; reply: ReplyOf<Calls[N]> } }[keyof Calls & string]
  | { kind: 'set_aside'; entry: SetAside }
  /** Tried in vain; tried again after `ms`. */
  | { kind: 'waiting'; entry: Entry; problem: ApiProblem; ms: number }
  /** Nobody is signed in any more; `drain` again after signing in. */
  | { kind: 'signed_out'; entry: Entry }

export interface OutboxOptions<Calls extends Record<string, Endpoint>> {
  client: Pick<Client, 'call'>
  /** Whose entries these are: a user's id or a guest's. */
  owner: string
  /** What may be put in, by name. The names are kept with the entries: do not give one to another endpoint. */
  calls: Calls
  store: OutboxStore
  lock: OutboxLock
  retry?: { base_ms: number; max_ms: number }
  /** Replaced in tests. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

export function createOutbox<Calls extends Record<string, Endpoint>>(options: OutboxOptions<Calls>): Outbox<Calls> {
  const { client, owner, calls, store, lock, retry = { base_ms: 1_000, max_ms: 60_000 }, sleep = realSleep } = options
  const listeners = new Set<(event: OutboxEvent<Calls>) => void>()
  const stopped = new AbortController()
  let waiter = new AbortController()
  let last_ms = 0
  let count = 0
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  const place = (kind: 'waiting' | 'aside', of = owner): string => `${kind === 'waiting' ? PROGRESS_PENDING_KEY : SET_ASIDE_KEY}.${of}.`
  const tell = (event: OutboxEvent<Calls>): void => {
    for (const listen of listeners) listen(event)
  }
  /** Ascending within a tab whatever the clock does; two tabs of one instant keep apart by chance. */
  const nextId = (): string => {
    const now = Math.max(Date.now(), last_ms)
    count = now === last_ms ? count + 1 : 0
    last_ms = now
    return `${String(now).padStart(15, '0')}-${String(count).padStart(6, '0')}-${newIdempotencyKey().slice(0, 8)}`
  }
  const read = async <T extends Entry>(key: string): Promise<T | undefined> => {
    const text = await store.get(key)
    return text === undefined ? undefined : (entryOf(key, text) as T)
  }
  const readAll = async <T extends Entry>(prefix: string): Promise<T[]> => {
    const found: T[] = []
    for (const key of await store.keys(prefix)) {
      const entry = await read<T>(key)
      if (entry !== undefined) found.push(entry)
    }
    return found
  }

  /** One entry, until it is out of the line or nobody is signed in. True where the line may go on. */
  async function settle(entry: Entry): Promise<boolean> {
    const key = place('waiting') + entry.id
    for (let failures = 1; !stopped.signal.aborted; failures++) {
      try {
        const endpoint = calls[entry.name]
        if (endpoint === undefined)
          throw new ApiProblem({ code: 'unknown_call', status: 400, message: `This version of Gradus does not know “${entry.name}”.` })
        const plain: (endpoint: Endpoint, sent: object) => Promise<unknown> = client.call as never
        const reply = await plain(endpoint, { ...entry.sent, idempotency_key: entry.idempotency_key, signal: stopped.signal })
        await store.remove(key)
        tell({ kind: 'sent', name: entry.name, entry, reply } as OutboxEvent<Calls>)
        return true
      } catch (error) {
        if (stopped.signal.aborted) return false
        const problem = problemOf(error)
        if (problem.code === 'sign_in_required') {
          tell({ kind: 'signed_out', entry })
          return false
        }
        if (isFinal(problem)) {
          const { code, status, message, details, request_id } = problem
          const aside: SetAside = { ...entry, refusal: { code, status, message, details, request_id } }
          // Written aside before it leaves the line: a crash in between leaves it in both, and it is refused once more.
          await store.set(place('aside') + entry.id, JSON.stringify(aside))
          await store.remove(key)
          tell({ kind: 'set_aside', entry: aside })
          return true
        }
        const ms = Math.max(problem.retry_after_ms ?? 0, backoff(failures, retry))
        tell({ kind: 'waiting', entry, problem, ms })
        waiter = new AbortController()
        await sleep(ms, AbortSignal.any([waiter.signal, stopped.signal])).catch(() => {})
      }
    }
    return false
  }

  async function drainAll(): Promise<void> {
    for (;;) {
      // A whole line at once: what is added meanwhile comes behind it.
      const keys = await store.keys(place('waiting'))
      if (keys.length === 0) return
      for (const key of keys) {
        const entry = await read(key)
        if (stopped.signal.aborted || (entry !== undefined && !(await settle(entry)))) return
      }
    }
  }

  const outbox: Outbox<Calls> = {
    async add(name, sent, label = '') {
      const { params, query, body } = sent as Entry['sent']
      const entry: Entry = {
        id: nextId(),
        name,
        label,
        sent: { params, query, body },
        idempotency_key: newIdempotencyKey(),
        made_at: new Date().toISOString(),
      }
      await store.set(place('waiting') + entry.id, JSON.stringify(entry))
      tell({ kind: 'added', entry })
      void outbox.drain().catch(() => {})
      return entry
    },
    drain() {
      if (stopped.signal.aborted) return Promise.resolve()
      if (running === undefined) {
        running = lock.run(`gradus.outbox.${owner}`, drainAll).finally(() => {
          running = undefined
        })
        return running
      }
      // One more look after the present one, for what was added behind its back.
      next ??= running
        .catch(() => {})
        .then(() => {
          next = undefined
          return outbox.drain()
        })
      return next
    },
    wake: () => waiter.abort(),
    waiting: () => readAll(place('waiting')),
    setAside: () => readAll(place('aside')),
    forget: (id) => store.remove(place('aside') + id),
    async again(id) {
      const aside = await read<SetAside>(place('aside') + id)
      if (aside === undefined) return
      const { refusal: _, ...entry } = aside
      const moved = { ...entry, id: nextId() }
      await store.set(place('waiting') + moved.id, JSON.stringify(moved))
      await store.remove(place('aside') + id)
      void outbox.drain().catch(() => {})
    },
    takeFrom(from) {
      // Under the other's lock: a tab that still sends for them is waited for.
      return lock.run(`gradus.outbox.${from}`, async () => {
        const keys = await store.keys(place('waiting', from))
        for (const key of keys) {
          const entry = await read(key)
          if (entry !== undefined) await store.set(place('waiting') + entry.id, JSON.stringify(entry))
          await store.remove(key)
        }
        for (const key of await store.keys(place('aside', from))) {
          const aside = await store.get(key)
          if (aside !== undefined) await store.set(key.replace(place('aside', from), place('aside')), aside)
          await store.remove(key)
        }
        void outbox.drain().catch(() => {})
        return keys.length
      })
    },
    subscribe(listen) {
      listeners.add(listen)
      return () => void listeners.delete(listen)
    },
    stop: () => stopped.abort(new Error('the outbox was stopped')),
  }
  return outbox
}

/**
 * What is written down under a key. A text that is no entry, which a torn file or another program may leave, becomes one that no version
 * knows how to send: it is set aside whole and readable, and holds nothing up.
 */
function entryOf(key: string, text: string): Entry {
  try {
    const entry = JSON.parse(text) as Entry | null
    if (typeof entry?.id === 'string' && typeof entry.idempotency_key === 'string') return entry
  } catch {
    // Told below.
  }
  return { id: key.slice(key.lastIndexOf('.') + 1), name: 'unreadable', label: '', sent: { body: text }, idempotency_key: '', made_at: '' }
}

const problemOf = (error: unknown): ApiProblem =>
  error instanceof ApiProblem
    ? error
    : new ApiProblem({ code: 'unreadable', status: 0, message: 'This could not be sent.', details: { reason: String(error) }, cause: error })

/**
 * True where Gradus itself said no for good: with a code of its own and a status of 4xx other than "later". A page of a proxy or of a
 * hotel's network, whatever its status, is not Gradus's word.
 */
const isFinal = ({ code, status }: ApiProblem): boolean =>
  code !== 'unreadable' && status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429
