import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import Fastify, { type FastifyInstance } from 'fastify'

interface Reference {
  page: string
  policy: string
  script: Buffer
}

/**
 * /openapi.json, and /docs: the same made readable, with every file from this server. The reader weighs some 40 MB in
 * memory, so it is loaded when somebody opens the page first.
 */
export function serveDocs(app: FastifyInstance, document: Record<string, unknown>): void {
  const anyone = { config: { access: { who: 'anyone' } } } as const
  const text = JSON.stringify(document)
  let loading: Promise<Reference> | undefined
  const reference = (): Promise<Reference> => (loading ??= loadReference())

  app.get('/openapi.json', anyone, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache').header('access-control-allow-origin', '*').send(text),
  )
  app.get('/docs', anyone, async (_request, reply) => reply.redirect('/docs/', 308))
  app.get('/docs/', anyone, async (_request, reply) => {
    const { page, policy } = await reference()
    return reply.type('text/html; charset=utf-8').header('content-security-policy', policy).header('cache-control', 'no-cache').send(page)
  })
  app.get('/docs/js/scalar.js', anyone, async (_request, reply) => {
    const { script } = await reference()
    return reply
      .type('text/javascript; charset=utf-8')
      .header('content-encoding', 'gzip')
      .header('cache-control', 'public, max-age=86400')
      .send(script)
  })
}

async function loadReference(): Promise<Reference> {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  const inner = Fastify()
  await inner.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      pageTitle: 'Gradus API',
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
      defaultOpenAllTags: false,
    },
  })
  const page = (await inner.inject('/docs/')).body
  const script = gzipSync((await inner.inject('/docs/js/scalar.js')).rawPayload)
  await inner.close()
  // The page's own inline scripts are allowed by their hash, nothing else of the kind.
  const hashes = [...page.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, source]) => `'sha256-${createHash('sha256').update(source!).digest('base64')}'`,
  )
  const policy = [
    "default-src 'self'",
    `script-src 'self' ${hashes.join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join(';')
  return { page, policy, script }
}
