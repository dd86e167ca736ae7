import { Readable } from 'node:stream'
import type { Progress } from '@gradus/contract/submissions'
import type { FastifyReply } from 'fastify'
import { forLearner } from './outcome.ts'
import type { Watch } from './watch.ts'

/** Proxies and our own socket timeout close what is silent; clients take 45 s of silence for a dead connection. */
const COMMENT_EVERY_MS = 15_000
/** How long a browser waits before it comes back after the stream broke off. */
const RETRY_MS = 1_000

/**
 * Sends a watch as server-sent events: the present state at once, then every change, ending after the outcome. A reader
 * that is slow gets fewer states, never old ones: the next state is asked for when the last one has been taken.
 */
export function sendEvents(reply: FastifyReply, watch: Watch, sees_all: boolean): FastifyReply {
  // A reader that goes away ends the watch at once, and not with the next event.
  reply.raw.on('close', () => watch.close())
  // One that went away while it was being authorised has told so already, and nothing of the stream would ever run.
  if (reply.raw.destroyed) watch.close()
  return reply
    .headers({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Tells nginx not to hold events back.
      'x-accel-buffering': 'no',
    })
    .send(Readable.from(eventsOf(watch, sees_all)))
}

async function* eventsOf(watch: Watch, sees_all: boolean): AsyncGenerator<string, void> {
  try {
    yield `retry: ${RETRY_MS}\n\n`
    for (;;) {
      const news = await watch.next(COMMENT_EVERY_MS)
      if (news === 'over') return
      if (news === 'quiet') {
        yield ': still here\n\n'
        continue
      }
      yield eventOf(sees_all ? news : forLearner(news))
      if (news.outcome !== null) return
    }
  } finally {
    watch.close()
  }
}

const eventOf = (progress: Progress): string => `data: ${JSON.stringify(progress)}\n\n`
