import { expect, test } from 'vitest'
import { keep, readKept, type Store } from './kept-code.ts'
import { beginHandIn, endHandIn, readPending } from './pending-hand-in.ts'

const aStore = (): Store & { map: Map<string, string> } => {
  const map = new Map<string, string>()
  return { map, getItem: (k) => map.get(k) ?? null, setItem: (k, v) => void map.set(k, v), removeItem: (k) => void map.delete(k) }
}
const blocked: Store = {
  getItem: () => {
    throw new Error('blocked')
  },
  setItem: () => {
    throw new Error('blocked')
  },
  removeItem: () => {
    throw new Error('blocked')
  },
}
const now = new Date('2025-11-21T22:00:00Z')

test('code is kept per person and question', () => {
  const store = aStore()
  const kept = { language: 'python' as const, codes: { python: { code: 'print(1)\n', kept_at: now.toISOString() } } }
  expect(keep(store, 'ada', 'q1', kept)).toBe(true)
  expect(readKept(store, 'ada', 'q1')).toEqual(kept)
  expect(readKept(store, 'bob', 'q1')).toBeNull()
  expect(readKept(store, 'ada', 'q2')).toBeNull()
})

test('what cannot be understood counts as nothing', () => {
  const store = aStore()
  for (const junk of ['', '{', '7', '{"language":"perl","codes":{}}', '{"language":"c","codes":null}']) {
    store.map.set('gradus.code.ada.q1', junk)
    expect(readKept(store, 'ada', 'q1')).toBeNull()
  }
})

test('a browser that keeps nothing is reported, not fatal', () => {
  expect(keep(blocked, 'ada', 'q1', { language: 'c', codes: {} })).toBe(false)
  expect(readKept(blocked, 'ada', 'q1')).toBeNull()
  const pending = beginHandIn(blocked, 'ada', 'q1', 'c', 'int main(){}', now)
  expect(pending.idempotency_key).toMatch(/^[0-9a-f]{32}$/)
  endHandIn(blocked, 'ada', 'q1')
})

test('asking twice for the same code is one hand-in, also after a reload', () => {
  const store = aStore()
  const first = beginHandIn(store, 'ada', 'q1', 'python', 'print(1)', now)
  expect(beginHandIn(store, 'ada', 'q1', 'python', 'print(1)', now).idempotency_key).toBe(first.idempotency_key)
  expect(readPending(store, 'ada', 'q1')).toEqual(first)
})

test('other code is another hand-in, and so is the same code after an answer', () => {
  const store = aStore()
  const first = beginHandIn(store, 'ada', 'q1', 'python', 'print(1)', now)
  const other = beginHandIn(store, 'ada', 'q1', 'python', 'print(2)', now)
  expect(other.idempotency_key).not.toBe(first.idempotency_key)
  endHandIn(store, 'ada', 'q1')
  expect(readPending(store, 'ada', 'q1')).toBeNull()
  expect(beginHandIn(store, 'ada', 'q1', 'python', 'print(2)', now).idempotency_key).not.toBe(other.idempotency_key)
})
