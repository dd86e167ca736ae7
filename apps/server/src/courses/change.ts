import { isDeepStrictEqual } from 'node:util'

/** The fields of a PATCH that were sent and differ from what is there. */
export function changed<T extends object>(before: T, sent: { [K in keyof T]?: T[K] | undefined }): Partial<T> {
  const entries = Object.entries(sent).filter(([key, value]) => value !== undefined && !isDeepStrictEqual(value, before[key as keyof T]))
  return Object.fromEntries(entries) as Partial<T>
}

/** What those fields were, for the audit log. */
export const pick = <T extends object>(from: T, like: Partial<T>): Partial<T> =>
  Object.fromEntries(Object.keys(like).map((key) => [key, from[key as keyof T]])) as Partial<T>
