import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { openListener } from './listen.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase(4)
})
afterAll(() => database.close())

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo() && tries < 500; tries++) await sleep(20)
  expect(isSo()).toBe(true)
}

test('passes payloads on, and says "look for yourself" after its connection was cut', async () => {
  const heard: string[] = []
  const listener = openListener(database.url)
  listener.on('a_channel', (payload) => heard.push(payload))
  await until(() => heard.includes(''))
  await database.pool.query("select pg_notify('a_channel', 'one')")
  await until(() => heard.includes('one'))
  heard.length = 0
  await database.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gradus listen' and datname = current_database()",
  )
  await until(() => heard.includes(''))
  await database.pool.query("select pg_notify('a_channel', 'two')")
  await until(() => heard.includes('two'))
  expect(heard.filter((payload) => payload === 'two')).toHaveLength(1)
  const { rows } = await database.pool.query(
    "select 1 from pg_stat_activity where application_name = 'gradus listen' and datname = current_database()",
  )
  expect(rows).toHaveLength(1)
  await listener.close()
})

test('asks a server that refuses again and again, one connection after the other and ever more seldom', async () => {
  let asked = 0
  let open = 0
  let most = 0
  const refusing = createServer((socket) => {
    asked++
    most = Math.max(most, ++open)
    socket.on('error', () => {})
    socket.on('close', () => open--)
    setTimeout(() => socket.destroy(), 10)
  })
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
  const { port } = refusing.address() as { port: number }
  const listener = openListener(`postgres://nobody@127.0.0.1:${port}/nothing`)
  // Waits of 100, 200, 400, 800 ms: doubling retries would have asked 31 times by then.
  await until(() => asked >= 5)
  expect(asked).toBeLessThan(8)
  expect(most).toBe(1)
  await listener.close()
  refusing.close()
})
