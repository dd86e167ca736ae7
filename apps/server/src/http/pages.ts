import { existsSync } from 'node:fs'
import { join, normalize } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { problem } from './problems.ts'

const repository = join(import.meta.dirname, '../../../..')

export interface Folders {
  /** The built web pages; where they are missing the server is an API alone and says so. */
  web: string
  /** Pictures of the demo course. */
  pictures: string
}

export const folders: Folders = { web: join(repository, 'apps/web/dist'), pictures: join(repository, 'demo/pictures') }

/**
 * Serves the web bundle: files as they are, index.html for every other address, because the pages' addresses are the
 * bundle's business. Addresses of the API never become a page.
 */
export async function servePages(app: FastifyInstance, { web, pictures }: Folders = folders): Promise<void> {
  await app.register(fastifyStatic, {
    serve: false,
    root: web,
    suppressWarning: true,
    cacheControl: false,
    preCompressed: true,
    dotfiles: 'deny',
    index: false,
  })
  const send = (reply: FastifyReply, root: string, file: string, cache: string): FastifyReply => {
    reply.header('cache-control', cache)
    return reply.sendFile(file, root)
  }
  const anyone = { config: { access: { who: 'anyone' } } } as const

  app.get<{ Params: { '*': string } }>('/demo/pictures/*', anyone, async (request, reply) => {
    const file = inside(pictures, request.params['*'])
    if (file === null) throw problem('not_found')
    return send(reply, pictures, file, 'public, max-age=3600')
  })

  app.route<{ Params: { '*': string } }>({
    method: ['GET', 'HEAD'],
    url: '/*',
    ...anyone,
    handler: async (request, reply) => {
      const path = request.params['*']
      // The exam depository of old said so here, and its clients ask it whether it is there.
      if (path === '' && !/text\/html/i.test(request.headers.accept ?? '')) return reply.type('text/plain; charset=utf-8').send('pong')
      if (/^(api|assets|demo)(\/|$)/.test(path) && inside(web, path) === null) throw problem('not_found')
      const file = path === '' ? null : inside(web, path)
      // Vite puts a hash of the content into names below assets/: such a file never changes.
      if (file !== null) return send(reply, web, file, file.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
      if (!existsSync(join(web, 'index.html'))) return reply.status(404).type('text/plain; charset=utf-8').send(NOT_BUILT)
      return send(reply, web, 'index.html', 'no-cache')
    },
  })
}

const NOT_BUILT = 'The pages of Gradus are not built yet. Run `npm run build`, or `npm start`, which does it.\n'

/** The path of an existing file inside `root`, relative to it, or null. Files only: a folder's address is a page. */
function inside(root: string, path: string): string | null {
  const file = normalize(path)
  if (file.startsWith('..') || file.includes('\0') || !/\.[A-Za-z0-9]+$/.test(file)) return null
  return existsSync(join(root, file)) ? file : null
}
