import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import { problems } from '@gradus/contract/problems'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import { v7 } from 'uuid'
import type { Config } from '../config.ts'
import { parseJson } from './body.ts'
import { errorHandler, problem, problemBody, type RecordError } from './problems.ts'
import { isSpared } from './uploads-in-time.ts'

/** 1 MiB: what an endpoint takes unless it says otherwise. */
const BODY_LIMIT = 1_048_576

/**
 * A Fastify instance with our habits and no routes: limits against slow and oversized requests (2.5 no. 15, 16),
 * strict JSON, request ids, security headers, the one error handler.
 */
export async function openServer(config: Config, log: FastifyBaseLogger, recordError: RecordError): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log,
    // One line per finished request is written by http/observe.ts, with the route instead of the address: addresses can carry codes.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: () => v7(),
    clientErrorHandler: refuseConnection,
    // Addresses the router refuses before any route is found get the one error shape too.
    frameworkErrors: errorHandler(recordError),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000,
    // One proxy is believed: what it appended last. Whatever stands before that the caller wrote (2.5 no. 33).
    trustProxy: config.trust_proxy ? (_address, hop) => hop === 0 : false,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false, caseSensitive: true },
    // While draining, a request that already travels on a kept connection is answered, not refused.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000, maxHeaderSize: 16_384 },
  }) as unknown as FastifyInstance

  // An address under /api that does not say who may call it cannot even be mounted (2.5 no. 1).
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api') && route.config?.access === undefined) throw new Error(`${String(route.method)} ${route.url} declares no access`)
  })

  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? undefined : parseJson(body))
    } catch (error) {
      done(error as Error)
    }
  })

  app.decorateRequest('caller', null)
  app.decorateRequest('isOwnOrigin', function (this: FastifyRequest, origin: string): boolean {
    if (config.public_url !== undefined) return origin === new URL(config.public_url).origin
    return origin === `${this.protocol}://${this.host}`
  })

  app.setErrorHandler(errorHandler(recordError))
  app.setNotFoundHandler(async () => {
    throw problem('not_found')
  })
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
    // Authenticated answers must not linger in caches (2.5 no. 36); static files set their own.
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })

  await app.register(cookie)
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        // Mantine and CodeMirror write style elements at run time.
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:', 'https:'],
        'connect-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: config.is_https ? { maxAge: 31_536_000 } : false,
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'same-origin' },
  })
  return app
}

/** What Node refuses before a request is made of it gets the one error shape too, where there is still somebody to read it. */
function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  // An upload that goes on has the time it needs.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isSpared(socket)) return
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const code =
    error.code === 'HPE_HEADER_OVERFLOW' ? 'header_too_large' : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timeout' : 'invalid_request'
  const [status] = problems[code]
  const body = JSON.stringify(problemBody(code, {}, v7()))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
