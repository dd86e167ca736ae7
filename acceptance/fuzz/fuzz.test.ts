import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Product, startProduct } from '../product.ts'
import { fuzz } from './run.ts'
import { fuzzingOf } from './targets.ts'

describe('the running product', () => {
  let product: Product
  beforeAll(async () => {
    product = await startProduct({ GRADUS_WORKERS: '0', GRADUS_DEMO: 'on' })
  }, 180_000)
  afterAll(() => product?.stop())

  test('answers no generated request with a 5xx, a leak, a hang or another shape of error', async () => {
    const seed = Number(process.env.GRADUS_FUZZ_SEED ?? Date.now() % 1_000_000)
    const findings = await fuzz({ ...(await fuzzingOf(product)), requests_per_operation: 60, seed })
    expect(findings.failures, `seed ${seed}`).toEqual([])
    expect(findings.operations).toBeGreaterThan(60)
    // A fuzzer that is stopped at the door finds nothing: a good part must get through.
    const through = Object.entries(findings.by_status).reduce((sum, [status, count]) => sum + (status.startsWith('2') ? count : 0), 0)
    expect(through).toBeGreaterThan(findings.operations * 3)
    const alive = await fetch(`${product.base_url}/healthz`)
    expect(alive.status).toBe(200)
  }, 240_000)
})

describe('the fuzzer itself, on servers with one planted fault each', () => {
  const document = {
    openapi: '3.1.0',
    paths: {
      '/api/things': {
        post: {
          operationId: 'createThing',
          requestBody: {
            content: {
              'application/json': {
                schema: { type: 'object', properties: { name: { type: 'string' }, count: { type: 'integer' } }, required: ['name'] },
              },
            },
          },
          responses: { 200: { content: { 'application/json': {} } } },
        },
      },
    },
  }
  const refuse = (code: number) => ({ status: code, body: JSON.stringify({ code: 'x', message: 'x', details: {}, request_id: 'x' }) })
  const ok = refuse(400)
  const fieldOf = (parsed: unknown, name: string): unknown =>
    typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>)[name] : undefined
  const nameOf = (parsed: unknown): string => {
    const name = fieldOf(parsed, 'name')
    return typeof name === 'string' ? name : ''
  }
  const planted: Record<string, (body: string, parsed: unknown) => { status: number; body: string }> = {
    'NUL reaches the database': (_body, parsed) => (nameOf(parsed).includes('\u0000') ? { status: 500, body: 'invalid byte' } : ok),
    'integer overflow': (_body, parsed) => {
      const count = fieldOf(parsed, 'count')
      return typeof count === 'number' && count >= 2 ** 31 ? { status: 500, body: 'out of range' } : ok
    },
    'deep JSON overflows the stack': (body) => (body.startsWith('['.repeat(10_000)) ? { status: 500, body: 'Maximum call stack' } : ok),
    'driver text leaks': (_body, parsed) => {
      const leak = JSON.stringify({ code: 'x', message: 'syntax error at or near "1"', details: {}, request_id: 'x' })
      return typeof fieldOf(parsed, 'name') === 'number' ? { status: 400, body: leak } : ok
    },
    'another error shape': (_body, parsed) => (parsed === null ? { status: 400, body: '{"error":"Bad Request"}' } : ok),
    'invalid UTF-8 is not refused cleanly': (body) => (body.includes('\ufffd') ? { status: 502, body: '' } : ok),
  }
  for (const [fault, answer] of Object.entries(planted)) {
    test(`finds: ${fault}`, async () => {
      const server = createServer((request, response) => {
        if (request.url === '/openapi.json') return void response.end(JSON.stringify(document))
        const chunks: Buffer[] = []
        request.on('data', (chunk: Buffer) => chunks.push(chunk))
        request.on('end', () => {
          const body = Buffer.concat(chunks).toString()
          let parsed: unknown
          try {
            parsed = JSON.parse(body)
          } catch {
            parsed = undefined
          }
          const shown = answer(body, parsed)
          response.writeHead(shown.status, { 'content-type': 'application/json' }).end(shown.body)
        })
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const findings = await fuzz({ base_url, tokens: async () => [null], known: {}, requests_per_operation: 200, seed: 7 })
      server.close()
      expect(findings.failures.length).toBeGreaterThan(0)
    })
  }
})
