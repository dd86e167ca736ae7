import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { sendEvents } from './stream.ts'

test('a reader that goes away while it is authorised leaves no watch behind', async () => {
  let has_arrived = () => {}
  const arrived = new Promise<void>((resolve) => {
    has_arrived = resolve
  })
  let times_closed = 0
  const app = Fastify()
  app.get('/', async (_request, reply) => {
    has_arrived()
    while (!reply.raw.destroyed) await sleep(5)
    sendEvents(reply, { next: async () => 'quiet', close: () => void times_closed++ }, true)
    return reply
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const reader = request({ port: (app.server.address() as AddressInfo).port, host: '127.0.0.1' }).end()
  reader.on('error', () => {})
  await arrived
  reader.destroy()
  for (let tries = 0; times_closed === 0 && tries < 100; tries++) await sleep(20)
  expect(times_closed).toBeGreaterThan(0)
  await app.close()
})
