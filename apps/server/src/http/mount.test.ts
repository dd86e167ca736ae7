import { endpoint } from '@gradus/contract/endpoint'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../config.ts'
import { mounting } from './mount.ts'
import { openServer } from './serve.ts'

test('a reply that is not what the contract says is our fault: 500 without internals, and recorded for staff', async () => {
  const recorded: string[] = []
  const config = readConfig({ GRADUS_LOG: 'silent' })
  const app = await openServer(config, pino({ level: 'silent' }), async ({ detail }) => void recorded.push(detail))
  const mount = mounting(
    app,
    async () => null,
    async () => ({ course_id: null, role: null, permissions: [], is_owner: false }),
    async () => {
      throw new Error('nobody comes as a guest here')
    },
  )
  const count = endpoint({
    method: 'GET',
    path: '/api/count',
    summary: '',
    tag: '',
    access: { who: 'anyone' },
    reply: z.object({ count: z.int() }),
  })
  mount(count, async () => ({ count: 1.5 }))
  const answer = await app.inject('/api/count')
  expect([answer.statusCode, answer.json().code, answer.json().details]).toEqual([500, 'internal', {}])
  expect(recorded).toMatchObject([expect.stringContaining('GET /api/count is not what the contract says. count: ')])
  await app.close()
})
