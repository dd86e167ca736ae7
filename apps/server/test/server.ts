import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Endpoint, ReplyOf, Sent } from '@gradus/contract/endpoint'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import { buildApp } from '../src/app.ts'
import { type Config, readConfig } from '../src/config.ts'
import { newId } from '../src/db/id.ts'
import { type Listener, openListener } from '../src/db/listen.ts'
import type { Blobs } from '../src/storage/blobs.ts'
import { openBlobs } from '../src/storage/open.ts'
import { openTestDatabase, type TestDatabase } from './database.ts'

/** A caller with a bearer session of its own. */
export interface Person {
  id: string
  email: string
  token: string
}

/** A visitor's browser: its cookies, as the server sets and clears them. */
export interface Visitor {
  jar: Map<string, string>
  send(method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>
}

export interface TestServer extends TestDatabase {
  app: FastifyInstance
  config: Config
  listener: Listener
  blobs: Blobs
  /** Makes an account with a live session, without the cost of a password. */
  person(fields?: { display_name?: string; is_admin?: boolean; is_creator?: boolean; is_operator?: boolean }): Promise<Person>
  /** A browser with an empty jar; `cookies` are put into it. */
  visitor(cookies?: Record<string, string>): Visitor
  /** A machine with an API key of these scopes; its `id` is the principal. */
  machine(...scopes: string[]): Promise<Person>
  /** Sends a raw request as `who`. */
  send(who: Person | null, method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  /** Calls an endpoint of the contract and returns its reply; throws with the problem's body when it is refused. */
  call<E extends Endpoint>(who: Person | null, endpoint: E, sent?: Partial<Sent<E>> & { idempotency_key?: string }): Promise<ReplyOf<E>>
}

/** The whole server on a database of its own, without a socket. */
export async function openTestServer(
  env: Record<string, string> = {},
  pool_size = 8,
  draining: AbortSignal = new AbortController().signal,
  wakeCallbacks: () => void = () => {},
): Promise<TestServer> {
  const database = await openTestDatabase(pool_size)
  const { db } = database
  const blobs_dir = await mkdtemp(join(tmpdir(), 'gradus-blobs-'))
  const config = readConfig({ GRADUS_BLOBS: blobs_dir, GRADUS_LOG: 'silent', GRADUS_PUBLIC_URL: 'http://gradus.test', ...env })
  const listener = openListener(database.url)
  const blobs = await openBlobs(config)
  const app = await buildApp({
    config,
    db,
    pool: database.pool,
    listener,
    log: pino({ level: config.log_level }),
    blobs,
    wakeCallbacks,
    draining,
  })
  await app.ready()

  const send: TestServer['send'] = (who, method, url, body, headers = {}) =>
    app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(who === null ? {} : { authorization: `Bearer ${who.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })

  return {
    ...database,
    app,
    config,
    listener,
    blobs,
    send,
    async person({ display_name = 'Someone', is_admin = false, is_creator = false, is_operator = false } = {}) {
      const id = newId()
      const email = `${id}@example.org`
      const token = `gs_${randomBytes(32).toString('base64url')}`
      await db.insertInto('principals').values({ id, kind: 'user' }).execute()
      await db.insertInto('users').values({ id, email, display_name, is_admin, is_creator, is_operator }).execute()
      await db
        .insertInto('sessions')
        .values({ id: newId(), token_hash: hash(token), principal_id: id, kind: 'cli', expires_at: new Date(Date.now() + 3_600_000).toISOString() })
        .execute()
      return { id, email, token }
    },
    visitor(cookies = {}) {
      const jar = new Map(Object.entries(cookies))
      return {
        jar,
        async send(method, url, body, headers = {}) {
          const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
          const answer = await send(null, method, url, body, { origin: config.public_url!, ...(cookie === '' ? {} : { cookie }), ...headers })
          for (const { name, value, maxAge, expires } of answer.cookies) {
            const isCleared = maxAge === 0 || (expires !== undefined && expires.getTime() <= Date.now())
            if (isCleared) jar.delete(name)
            else jar.set(name, value)
          }
          return answer
        },
      }
    },
    async machine(...scopes) {
      const id = newId()
      const token = `gk_${randomBytes(32).toString('base64url')}`
      await db.insertInto('principals').values({ id, kind: 'service' }).execute()
      await db
        .insertInto('api_keys')
        .values({ id: newId(), key_hash: hash(token), principal_id: id, name: 'machine', scopes })
        .execute()
      return { id, email: '', token }
    },
    async call(who, endpoint, sent = {}) {
      let url = endpoint.path.replace(/:(\w+)/g, (_, name: string) =>
        encodeURIComponent(String((sent.params as Record<string, unknown> | undefined)?.[name])),
      )
      const query = new URLSearchParams(
        Object.entries((sent.query ?? {}) as Record<string, unknown>).map(([k, v]) => [k, String(v)] as [string, string]),
      )
      if (query.size > 0) url += `?${query}`
      const answer = await send(who, endpoint.method, url, endpoint.body === undefined ? undefined : (sent.body ?? {}), {
        ...(sent.idempotency_key === undefined ? {} : { 'idempotency-key': sent.idempotency_key }),
      })
      if (answer.statusCode >= 400) throw new Error(`${endpoint.method} ${url} answered ${answer.statusCode}: ${answer.body}`)
      return (answer.body === '' ? undefined : answer.json()) as never
    },
    async close() {
      await app.close()
      await listener.close()
      await database.close()
      await rm(blobs_dir, { recursive: true, force: true })
    },
  }
}

const hash = (token: string): Buffer => createHash('sha256').update(token).digest()
