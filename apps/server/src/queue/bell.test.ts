import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { type Listener, openListener } from '../db/listen.ts'
import { type Bell, openBell } from './bell.ts'

let database: TestDatabase
const open: { bell: Bell; listener: Listener }[] = []
beforeAll(async () => {
  database = await openTestDatabase(4)
})
afterAll(() => database.close())
afterEach(async () => {
  for (const { bell, listener } of open.splice(0)) {
    bell.close()
    await listener.close()
  }
})

/** A bell as one server process has it, listening. */
async function aBell(): Promise<Bell> {
  const listener = openListener(database.url)
  const bell = openBell(database.db, listener)
  open.push({ bell, listener })
  await new Promise<void>((resolve) => {
    const stop = listener.on('ready', () => {
      stop()
      resolve()
    })
  })
  return bell
}
/** Waits once and tells how long it took, in milliseconds. */
const waiting = (bell: Bell, languages: string[], ms = 900): { place: ReturnType<Bell['wait']>; took: Promise<number> } => {
  const place = bell.wait(languages)
  const began = performance.now()
  return { place, took: place.rung(ms).then(() => performance.now() - began) }
}
const rungOf = async (all: { took: Promise<number> }[], ms: number): Promise<number> =>
  (await Promise.all(all.map(({ took }) => Promise.race([took.then(() => 1), sleep(ms, 0)])))).reduce<number>((sum, n) => sum + n, 0)

test('a ring wakes one worker of each process that can do the work, and that one wakes the next', async () => {
  const [here, there] = [await aBell(), await aBell()]
  const mine = Array.from({ length: 4 }, () => waiting(here, ['python', 'c']))
  const theirs = Array.from({ length: 3 }, () => waiting(there, ['python']))
  const others = [waiting(here, ['java'])]
  here.ring('python')
  await sleep(150)
  expect([await rungOf(mine, 1), await rungOf(theirs, 1), await rungOf(others, 1)]).toEqual([1, 1, 0])
  here.pass(['python'])
  expect(await rungOf(mine, 20)).toBe(2)
})

test('a burst of rings is told to other processes in few words, and loses no language', async () => {
  const [here, there] = [await aBell(), await aBell()]
  const kinds = ['python', 'c', 'java', 'javascript'].map((language) => waiting(there, [language]))
  for (let i = 0; i < 50; i++) for (const language of ['python', 'c', 'java', 'javascript']) here.ring(language)
  await sleep(200)
  expect(await rungOf(kinds, 1)).toBe(4)
})

test('what arrives between taking the place and waiting is not missed', async () => {
  const bell = await aBell()
  const place = bell.wait(['python'])
  bell.ring('python')
  await sleep(100)
  const began = performance.now()
  await place.rung(5_000)
  expect(performance.now() - began).toBeLessThan(1_000)
})

test('a worker that leaves with a ring gives it to the next', async () => {
  const bell = await aBell()
  const first = bell.wait(['python'])
  const second = waiting(bell, ['python'], 5_000)
  bell.ring('python')
  await sleep(100)
  first.leave()
  expect(await rungOf([second], 100)).toBe(1)
})

test('without any ring one worker of each kind looks within a second, so that a lost ring costs no more', async () => {
  const bell = await aBell()
  const all = [waiting(bell, ['python'], 10_000), waiting(bell, ['python'], 10_000), waiting(bell, ['c'], 10_000)]
  await sleep(1_300)
  expect(await rungOf(all, 1)).toBeGreaterThanOrEqual(2)
  for (const { place } of all) place.leave()
})

test('closing lets everybody go', async () => {
  const bell = await aBell()
  const all = Array.from({ length: 3 }, () => waiting(bell, ['python'], 60_000))
  bell.close()
  expect(await rungOf(all, 50)).toBe(3)
})
