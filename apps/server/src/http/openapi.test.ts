import { api } from '@gradus/contract/api'
import { problems } from '@gradus/contract/problems'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestServer, type TestServer } from '../../test/server.ts'

interface Operation {
  operationId: string
  'x-access': unknown
  security: object[]
  parameters?: { name: string; in: string; required: boolean; schema: object }[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: object }> }>
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object>; responses: { Problem: { description: string } }; securitySchemes: object }
}

let server: TestServer
let document: Document
beforeAll(async () => {
  server = await openTestServer()
  document = (await server.app.inject({ url: '/openapi.json' })).json()
})
afterAll(() => server.close())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))

describe('/openapi.json', () => {
  test('describes every endpoint of the contract, with its access', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(
      operations()
        .map(({ operation }) => operation.operationId)
        .sort(),
    ).toEqual(Object.keys(api).sort())
    for (const { path, method, operation } of operations()) {
      const endpoint = api[operation.operationId]!
      expect([method.toUpperCase(), path]).toEqual([endpoint.method, endpoint.path.replace(/:(\w+)/g, '{$1}')])
      expect(operation['x-access']).toEqual(endpoint.access)
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(
        (operation.parameters ?? [])
          .filter((p) => p.in === 'path' && p.required)
          .map((p) => p.name)
          .sort(),
      ).toEqual(named.sort())
    }
  })

  test('describes only what the server has on the air', () => {
    for (const { path, method } of operations()) {
      expect(server.app.hasRoute({ method: method.toUpperCase() as 'GET', url: path.replace(/\{(\w+)\}/g, ':$1') }), `${method} ${path}`).toBe(true)
    }
  })

  test('every reference leads somewhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!)
    expect(references.length).toBeGreaterThan(10)
    for (const reference of new Set(references)) {
      const found = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document)
      expect(found, reference).toBeDefined()
    }
  })

  test('errors are described once, with every code', () => {
    for (const { operation } of operations()) expect(operation.responses.default).toEqual({ $ref: '#/components/responses/Problem' })
    for (const code of Object.keys(problems)) expect(document.components.responses.Problem.description).toContain(`\`${code}\``)
  })

  test('says how to prove oneself, and which bodies refuse unknown fields', () => {
    expect(Object.keys(document.components.securitySchemes)).toEqual(['cookie', 'bearer'])
    expect(document.paths['/api/grading/lease']!.post!.security).toEqual([{ bearer: [] }])
    expect(document.paths['/api/courses']!.post!.security).toEqual([{ cookie: [] }, { bearer: [] }])
    expect(document.paths['/api/courses']!.post!.requestBody!.content['application/json']!.schema).toMatchObject({
      additionalProperties: false,
      required: ['slug', 'title'],
    })
    const submit = document.paths['/api/assignment-questions/{assignment_question_id}/submissions']!.post!
    expect(submit.parameters!.find((p) => p.in === 'header')).toMatchObject({ name: 'Idempotency-Key', required: true })
    expect(document.paths['/api/submissions/{submission_id}/events']!.get!.responses['200']!.content).toHaveProperty('text/event-stream')
  })
})
