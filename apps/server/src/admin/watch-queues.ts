import { Readable } from 'node:stream'
import type { QueueDepth } from '@gradus/contract/queues'
import type { FastifyReply } from 'fastify'
import type { Db } from '../db/database.ts'
import { readQueues } from './read-monitor.ts'

/** The queues are read this often while somebody watches, whatever their number. */
const LOOK_EVERY_MS = 1_000
const COMMENT_EVERY_MS = 15_000

type State = { now: string; queues: QueueDepth[] }

export interface QueueWatching {
  /** Sends the queues as server-sent events: at once, then whenever something changed. */
  send(reply: FastifyReply): FastifyReply
}

/** Reads the queues once a second for all who watch, and not at all while nobody does. */
export function openQueueWatching({ db, draining }: { db: Db; draining: AbortSignal }): QueueWatching {
  const watchers = new Set<() => void>()
  let latest: { state: State; shown: string } | undefined
  let isLooking = false

  /** Looks again and again while somebody watches. */
  const look = async (): Promise<void> => {
    isLooking = true
    try {
      const state = await readQueues(db)
      const shown = JSON.stringify(state.queues)
      if (shown !== latest?.shown) {
        latest = { state, shown }
        for (const wake of watchers) wake()
      }
    } catch {
      // The database is away for a moment; the next look tells.
    }
    if (watchers.size > 0 && !draining.aborted) setTimeout(() => void look(), LOOK_EVERY_MS)
    else {
      isLooking = false
      latest = undefined
    }
  }
  draining.addEventListener('abort', () => {
    for (const wake of watchers) wake()
  })

  async function* eventsOf(gone: AbortSignal): AsyncGenerator<string, void> {
    let wake = (): void => {}
    const onChange = (): void => wake()
    watchers.add(onChange)
    gone.addEventListener('abort', onChange)
    try {
      yield 'retry: 1000\n\n'
      let sent: string | undefined
      if (!isLooking) void look()
      while (!gone.aborted && !draining.aborted) {
        if (latest !== undefined && latest.shown !== sent) {
          sent = latest.shown
          yield `data: ${JSON.stringify(latest.state)}\n\n`
          continue
        }
        let limit: NodeJS.Timeout | undefined
        const isNews = await new Promise<boolean>((resolve) => {
          wake = () => resolve(true)
          limit = setTimeout(resolve, COMMENT_EVERY_MS, false)
        })
        clearTimeout(limit)
        if (!isNews) yield ': still here\n\n'
      }
    } finally {
      watchers.delete(onChange)
    }
  }

  return {
    send(reply) {
      const gone = new AbortController()
      reply.raw.on('close', () => gone.abort())
      if (reply.raw.destroyed) gone.abort()
      return reply
        .headers({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        .send(Readable.from(eventsOf(gone.signal)))
    },
  }
}
