import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../test/process.ts'
import { readConfig } from '../config.ts'
import { serveDocs } from './docs.ts'
import { servePages } from './pages.ts'
import { openServer } from './serve.ts'

const folder = temporaryFolder()
const web = join(folder.path, 'dist')
const pictures = join(folder.path, 'pictures')
let app: FastifyInstance

async function serve(): Promise<FastifyInstance> {
  const made = await openServer(readConfig({ GRADUS_LOG: 'silent' }), pino({ level: 'silent' }), async () => {})
  serveDocs(made, { openapi: '3.1.0', info: { title: 'Test', version: '1' }, paths: {} })
  await servePages(made, { web, pictures })
  await made.ready()
  return made
}

beforeAll(async () => {
  mkdirSync(join(web, 'assets'), { recursive: true })
  mkdirSync(pictures)
  writeFileSync(join(folder.path, 'secret.txt'), 'secret')
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>Gradus</title>')
  writeFileSync(join(web, 'color-scheme.js'), 'first()')
  writeFileSync(join(web, 'assets/index-abc123.js'), 'run()')
  writeFileSync(join(web, 'assets/index-abc123.js.gz'), gzipSync('run()'))
  writeFileSync(join(pictures, 'loop.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  app = await serve()
})
afterAll(async () => {
  await app.close()
  folder.remove()
})

describe('pages', () => {
  test.each(['/', '/courses/first-steps', '/sign-in?next=%2Fcourses', '/a.b/c'])('%s is the one page, never kept without asking', async (url) => {
    const answer = await app.inject({ url, headers: { accept: 'text/html,*/*' } })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^text\/html/)
    expect(answer.headers['cache-control']).toBe('no-cache')
    expect(answer.body).toContain('<title>Gradus</title>')
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'")
  })

  test.each(['*/*', 'application/json', undefined])(
    'whoever asks / for something else than a page (%s) hears that the server is there',
    async (accept) => {
      const answer = await app.inject({ url: '/', headers: accept === undefined ? {} : { accept } })
      expect([answer.statusCode, answer.body, answer.headers['content-type']]).toEqual([200, 'pong', 'text/plain; charset=utf-8'])
    },
  )

  test('files with a hash in their name are kept for ever and come compressed', async () => {
    const answer = await app.inject({ url: '/assets/index-abc123.js', headers: { 'accept-encoding': 'gzip' } })
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(answer.rawPayload).toString()).toBe('run()')
    const other = await app.inject({ url: '/color-scheme.js' })
    expect([other.body, other.headers['cache-control'], other.headers['content-type']]).toEqual([
      'first()',
      'no-cache',
      'application/javascript; charset=utf-8',
    ])
  })

  test('a page that has not changed is not sent again', async () => {
    const accept = 'text/html'
    const first = await app.inject({ url: '/', headers: { accept } })
    const second = await app.inject({ url: '/', headers: { accept, 'if-none-match': first.headers.etag as string } })
    expect(second.statusCode).toBe(304)
    expect((await app.inject({ method: 'HEAD', url: '/', headers: { accept } })).statusCode).toBe(200)
  })

  test.each(['/api', '/api/nothing', '/assets/old-hash.js', '/demo/pictures/none.svg', '/demo/else'])('%s is no page', async (url) => {
    const answer = await app.inject({ url })
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([404, 'not_found'])
  })

  test('pictures of the demo course are served', async () => {
    expect((await app.inject({ url: '/demo/pictures/loop.svg' })).headers['content-type']).toBe('image/svg+xml')
  })

  test.each(['/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/demo/pictures/..%2fsecret.txt', '/%2e%2e/secret.txt', '/demo/pictures/%00.svg'])(
    '%s does not leave the folder',
    async (url) => {
      expect((await app.inject({ url })).body).not.toContain('secret\n')
      expect((await app.inject({ url })).body).not.toBe('secret')
    },
  )

  test('before the pages are built the server says how to build them', async () => {
    const empty = await openServer(readConfig({ GRADUS_LOG: 'silent' }), pino({ level: 'silent' }), async () => {})
    await servePages(empty, { web: join(folder.path, 'nothing'), pictures })
    const answer = await empty.inject({ url: '/', headers: { accept: 'text/html' } })
    expect([answer.statusCode, answer.body]).toEqual([404, expect.stringContaining('npm run build')])
    await empty.close()
  })
})

describe('/docs', () => {
  test('is made of our own files, and its policy allows exactly its inline scripts', async () => {
    expect((await app.inject({ url: '/docs' })).headers.location).toBe('/docs/')
    const page = await app.inject({ url: '/docs/' })
    expect(page.statusCode).toBe(200)
    expect(page.body).not.toMatch(/(?:src|href)="https?:/)
    const policy = page.headers['content-security-policy'] as string
    expect(policy).not.toContain("script-src 'self' 'unsafe-inline'")
    const inline = [...page.body.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, source]) => source!)
    expect(inline.length).toBeGreaterThan(0)
    for (const source of inline) expect(policy).toContain(`'sha256-${createHash('sha256').update(source).digest('base64')}'`)
    const script = await app.inject({ url: '/docs/js/scalar.js' })
    expect(gunzipSync(script.rawPayload).length).toBeGreaterThan(1_000_000)
  })

  test('the page policy elsewhere stays as strict as it was', async () => {
    const policy = (await app.inject({ url: '/' })).headers['content-security-policy'] as string
    expect(policy).toMatch(/script-src 'self'(;|$)/)
  })
})
