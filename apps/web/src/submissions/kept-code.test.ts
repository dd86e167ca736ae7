import { expect, test } from 'vitest'
import { keep, moveKept, readKept, type Store } from './kept-code.ts'

const aStore = (): Store & { map: Map<string, string> } => {
  const map = new Map<string, string>()
  return {
    map,
    get length() {
      return map.size
    },
    key: (i) => [...map.keys()][i] ?? null,
    getItem: (k) => map.get(k) ?? null,
    setItem: (k, v) => void map.set(k, v),
    removeItem: (k) => void map.delete(k),
  }
}
const blocked: Store = {
  length: 0,
  key: () => null,
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
})

test('a guest’s code goes along to the account; where both wrote, the later text stays, language by language', () => {
  const store = aStore()
  const at = (minute: number, code: string) => ({ code, kept_at: `2025-11-21T22:0${minute}:00.000Z` })
  keep(store, 'guest', 'q1', { language: 'python', codes: { python: at(3, 'new'), javascript: at(1, 'old') } })
  keep(store, 'ada', 'q1', { language: 'javascript', codes: { python: at(1, 'old'), javascript: at(2, 'mine') } })
  keep(store, 'guest', 'q2', { language: 'c', codes: { c: at(1, 'only') } })
  keep(store, 'guest-2', 'q2', { language: 'c', codes: { c: at(1, 'another guest') } })
  moveKept(store, 'guest', 'ada')
  expect(readKept(store, 'ada', 'q1')).toEqual({ language: 'python', codes: { python: at(3, 'new'), javascript: at(2, 'mine') } })
  expect(readKept(store, 'ada', 'q2')).toEqual({ language: 'c', codes: { c: at(1, 'only') } })
  expect([...store.map.keys()].filter((key) => key.includes('guest.'))).toEqual([])
  expect(readKept(store, 'guest-2', 'q2')?.codes.c?.code).toBe('another guest')
})
