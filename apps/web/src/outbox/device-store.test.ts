import { expect, test } from 'vitest'
import { deviceStore } from './device-store.ts'

const aStorage = (limit: number) => {
  const map = new Map<string, string>()
  return {
    map,
    get length() {
      return map.size
    },
    key: (i: number) => [...map.keys()][i] ?? null,
    getItem: (key: string) => map.get(key) ?? null,
    setItem(key: string, value: string) {
      if (map.size >= limit) throw new Error('QuotaExceededError')
      map.set(key, value)
    },
    removeItem: (key: string) => void map.delete(key),
  }
}

test('what the device keeps no more is still in the line, and is said', async () => {
  const storage = aStorage(1)
  let refusals = 0
  const store = deviceStore(storage, () => refusals++)
  await store.set('a.1', 'one')
  expect(refusals).toBe(0)
  await store.set('a.2', 'two')
  expect(refusals).toBe(1)
  expect([...storage.map]).toEqual([['a.1', 'one']])
  expect(await store.keys('a.')).toEqual(['a.1', 'a.2'])
  expect(await store.get('a.2')).toBe('two')
  for (const key of ['a.1', 'a.2']) await store.remove(key)
  expect(await store.keys('a.')).toEqual([])
})

test('a browser that keeps nothing at all sends from memory and says so', async () => {
  let refusals = 0
  const store = deviceStore(null, () => refusals++)
  await store.set('a.1', 'one')
  expect([await store.get('a.1'), refusals]).toEqual(['one', 1])
})
