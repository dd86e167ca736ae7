import { connect } from 'node:net'
import { problemBody } from '@gradus/contract/problems'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { openServer } from './serve.ts'

let app: Awaited<ReturnType<typeof openServer>>
let port: number
beforeAll(async () => {
  app = await openServer(readConfig({ GRADUS_LOG: 'silent' }), pino({ level: 'silent' }), async () => {})
  app.get('/here', async () => 'yes')
  port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
})
afterAll(() => app.close())

/** Sends bytes as they are and reads what comes until the connection ends. */
const send = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => (text += chunk))
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })

test.each([
  ['headers that are too large', `GET /here HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'header_too_large'],
  ['an address that is too long', `GET /here?${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 'header_too_large'],
  ['no HTTP at all', 'HELO mail.example\r\n\r\n', 400, 'invalid_request'],
  ['two lengths', 'POST /here HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400, 'invalid_request'],
])('%s: refused in the one error shape, and the connection ends', async (_, bytes, status, code) => {
  const answer = await send(bytes)
  const [head, body] = answer.split('\r\n\r\n') as [string, string]
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(problemBody.parse(JSON.parse(body))).toMatchObject({ code })
})
