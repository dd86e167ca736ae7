import type { FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { pendingMigrations } from '../db/migrate.ts'
import { problem } from './problems.ts'

/** Jobs of one queue in one state, for the gauges. */
export interface QueueDepth {
  name: string
  waiting: number
  pulled: number
  failed: number
  oldest_waiting_seconds: number | null
}

export interface Observed {
  pool: Pool
  /** Fires when the server begins to drain. */
  draining: AbortSignal
  readQueues(): Promise<QueueDepth[]>
  /** Answers to learning management systems that wait, and that could not be delivered. */
  readCallbacks(): Promise<{ state: string; count: number }[]>
}

/** One per process: the collectors hook into the event loop and the garbage collector. */
let process_registry: Registry | undefined
function processMetrics(): Registry {
  if (process_registry === undefined) {
    process_registry = new Registry()
    collectDefaultMetrics({ register: process_registry, prefix: 'gradus_' })
  }
  return process_registry
}

/** A readiness check that takes longer counts as failed: a load balancer asks every few seconds. */
const READY_PATIENCE_MS = 3_000

/**
 * What operators see (R109): one log line per finished request with the route's pattern instead of its address, because
 * addresses carry ids and codes; /healthz (the process answers), /readyz (it can do its work), /metrics.
 */
export function observe(app: FastifyInstance, { pool, draining, readQueues, readCallbacks }: Observed): void {
  const registry = new Registry()
  const durations = new Histogram({
    name: 'gradus_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
  poolGauge(registry, pool)
  queueGauges(registry, readQueues)
  callbackGauge(registry, readCallbacks)

  app.addHook('onSend', async (_request, reply) => {
    // Tells clients that keep connections to come back on a new one, which a balancer sends elsewhere.
    if (draining.aborted) reply.header('connection', 'close')
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    durations.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000)
    const line = {
      method: request.method,
      route,
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      ...(request.caller === null ? {} : { principal_id: request.caller.principal_id }),
    }
    if (probes.has(route) && reply.statusCode < 400) request.log.debug(line, 'request')
    else request.log.info(line, 'request')
  })

  app.get('/healthz', { config: { access: { who: 'anyone' } } }, async () => ({ status: 'ok' }))

  app.get('/readyz', { config: { access: { who: 'anyone' } } }, async (_request, reply) => {
    const database = draining.aborted ? 'not asked' : await databaseState(pool)
    const isReady = database === 'ready'
    return reply.status(isReady ? 200 : 503).send({ status: isReady ? 'ready' : draining.aborted ? 'draining' : 'not_ready', database })
  })

  app.get('/metrics', { config: { access: { who: 'anyone' } } }, async (request, reply) => {
    if (!isLocal(request.raw.socket.remoteAddress, request.headers)) throw problem('not_found')
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await Registry.merge([processMetrics(), registry]).metrics())
  })
}

/** Asked every few seconds for ever: a line for each would bury the others. */
const probes = new Set(['/healthz', '/readyz', '/metrics', '/api/grading/lease'])

/** Metrics tell how busy courses are: they are for this machine alone, not for what a proxy passes on from outside. */
const isLocal = (address: string | undefined, headers: Record<string, unknown>): boolean =>
  (address === undefined || /^(127\.|::1$|::ffff:127\.)/.test(address)) && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined

async function databaseState(pool: Pool): Promise<'ready' | 'unreachable' | 'migrations pending'> {
  let timer: NodeJS.Timeout | undefined
  try {
    const pending = await Promise.race([
      pendingMigrations(pool),
      new Promise<never>((_, reject) => {
        timer = setTimeout(reject, READY_PATIENCE_MS, new Error('timeout'))
      }),
    ])
    return pending.length === 0 ? 'ready' : 'migrations pending'
  } catch {
    return 'unreachable'
  } finally {
    clearTimeout(timer)
  }
}

function poolGauge(registry: Registry, pool: Pool): void {
  new Gauge({
    name: 'gradus_database_connections',
    help: 'Connections of this process to PostgreSQL, and requests that wait for one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount)
      this.set({ state: 'idle' }, pool.idleCount)
      this.set({ state: 'waited_for' }, pool.waitingCount)
    },
  })
}

function callbackGauge(registry: Registry, readCallbacks: Observed['readCallbacks']): void {
  new Gauge({
    name: 'gradus_callbacks',
    help: 'Answers to learning management systems by state: waiting, failed (could not be delivered)',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      for (const state of ['waiting', 'failed']) this.set({ state }, 0)
      for (const { state, count } of await readCallbacks().catch(() => [])) this.set({ state }, count)
    },
  })
}

function queueGauges(registry: Registry, readQueues: Observed['readQueues']): void {
  // Without the database the other metrics still tell their part.
  const read = (): Promise<QueueDepth[]> => readQueues().catch(() => [])
  new Gauge({
    name: 'gradus_queue_jobs',
    help: 'Grading jobs by queue and state: waiting, pulled, failed (needs staff)',
    labelNames: ['queue', 'state'],
    registers: [registry],
    async collect() {
      for (const queue of await read()) {
        for (const state of ['waiting', 'pulled', 'failed'] as const) this.set({ queue: queue.name, state }, queue[state])
      }
    },
  })
  new Gauge({
    name: 'gradus_queue_oldest_waiting_seconds',
    help: 'Age of the job that waits longest; 0 where none waits',
    labelNames: ['queue'],
    registers: [registry],
    async collect() {
      for (const queue of await read()) this.set({ queue: queue.name }, queue.oldest_waiting_seconds ?? 0)
    },
  })
}
