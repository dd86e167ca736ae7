/**
 * Where an outbox keeps its entries: one value for each key, so that two tabs never overwrite each other's. Every call resolves once it
 * is durable and rejects where it is not: nothing is ever dropped to make room.
 */
export interface OutboxStore {
  /** The keys that begin with `prefix`, in ascending order. */
  keys(prefix: string): Promise<string[]>
  get(key: string): Promise<string | undefined>
  set(key: string, value: string): Promise<void>
  remove(key: string): Promise<void>
}

/** Lets one tab or process at a time do `work` under a name; the others wait for their turn. */
export interface OutboxLock {
  run<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** A store in memory: for tests, and for programs that may lose what they have not sent. */
export function memoryStore(entries: Map<string, string> = new Map()): OutboxStore {
  return {
    keys: async (prefix) => [...entries.keys()].filter((key) => key.startsWith(prefix)).sort(),
    get: async (key) => entries.get(key),
    set: async (key, value) => void entries.set(key, value),
    remove: async (key) => void entries.delete(key),
  }
}

/** A store in localStorage: durable at once, also when the tab closes in the next instant; some five million characters in all. */
export function webStorageStore(storage: Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>): OutboxStore {
  return {
    async keys(prefix) {
      const found: string[] = []
      for (let i = 0, length = storage.length; i < length; i++) {
        const key = storage.key(i)
        if (key?.startsWith(prefix)) found.push(key)
      }
      return found.sort()
    },
    get: async (key) => storage.getItem(key) ?? undefined,
    set: async (key, value) => storage.setItem(key, value),
    remove: async (key) => storage.removeItem(key),
  }
}

/** One at a time within this process. */
export function memoryLock(): OutboxLock {
  const last = new Map<string, Promise<unknown>>()
  return {
    run(name, work) {
      const turn = (last.get(name) ?? Promise.resolve()).then(work, work)
      last.set(name, turn)
      return turn
    },
  }
}

/** The part of the Web Locks API that is needed. */
export interface WebLocks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** One tab of a browser at a time; a closed or crashed tab's turn ends by itself. */
export const webLock = (locks: WebLocks): OutboxLock => ({ run: (name, work) => locks.request(name, work) })
