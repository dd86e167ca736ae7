/** What this device keeps of a text that is not saved on the server yet. */
export interface Kept<T> {
  value: T
  /** What the server had when the writing began, as the writer's page names it; tells whether someone saved since. */
  base: string | null
  /** ISO 8601. */
  kept_at: string
}

/** The part of Storage that is needed; tests bring their own. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** One text of one person: `question.<id>` or `step.<id>`. */
export const keptKey = (user_id: string, name: string): string => `gradus.writing.${user_id}.${name}`

/** Reads what is kept; null where nothing is, or nothing that `isValue` knows. Never throws: storage may be blocked. */
export function readKept<T>(store: Store, key: string, isValue: (value: unknown) => value is T): Kept<T> | null {
  try {
    const found: unknown = JSON.parse(store.getItem(key) ?? 'null')
    if (typeof found !== 'object' || found === null) return null
    const { value, base, kept_at } = found as Partial<Kept<unknown>>
    if (typeof kept_at !== 'string' || Number.isNaN(Date.parse(kept_at)) || !isValue(value)) return null
    return { value, base: typeof base === 'string' ? base : null, kept_at }
  } catch {
    return null
  }
}

/** Keeps a text, or forgets it (null); false where this browser refuses, because storage is full or switched off. */
export function keep<T>(store: Store, key: string, kept: Kept<T> | null): boolean {
  try {
    if (kept === null) store.removeItem(key)
    else store.setItem(key, JSON.stringify(kept))
    return true
  } catch {
    return false
  }
}
