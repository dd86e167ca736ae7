import { expect, test } from 'vitest'
import { keep, keptKey, readKept, type Store } from './kept-text.ts'

const storage = (): Store => {
  const held = new Map<string, string>()
  return { getItem: (k) => held.get(k) ?? null, setItem: (k, v) => void held.set(k, v), removeItem: (k) => void held.delete(k) }
}
const isText = (value: unknown): value is string => typeof value === 'string'
const key = keptKey('u1', 'question.q1')

test('what is kept is read again, for the same person and thing only', () => {
  const store = storage()
  const kept = { value: 'half a sentence', base: 'abc', kept_at: '2026-01-01T00:00:00.000Z' }
  expect(keep(store, key, kept)).toBe(true)
  expect(readKept(store, key, isText)).toEqual(kept)
  expect(readKept(store, keptKey('u2', 'question.q1'), isText)).toBeNull()
  keep(store, key, null)
  expect(readKept(store, key, isText)).toBeNull()
})

test('nothing that is not understood is taken, and a storage that refuses says so', () => {
  const store = storage()
  for (const text of ['', '{', '7', '{"value":1,"kept_at":"2026-01-01T00:00:00Z"}', '{"value":"x"}', '{"value":"x","kept_at":"soon"}']) {
    store.setItem(key, text)
    expect(readKept(store, key, isText), text).toBeNull()
  }
  const full: Store = {
    ...store,
    setItem: () => {
      throw new Error('full')
    },
  }
  expect(keep(full, key, { value: 'x', base: null, kept_at: '2026-01-01T00:00:00Z' })).toBe(false)
})
