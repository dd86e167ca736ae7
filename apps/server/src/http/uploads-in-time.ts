import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Uploads have a time limit of their own: a hall's network may need minutes for what the server's 30 s for a request
 * would cut. Instead each must go on: `LEAST_BYTES` in every `EVERY_MS`, or its connection is closed (2.5 no. 16).
 */
const EVERY_MS = 30_000
const LEAST_BYTES = 65_536
/** What is still read after a refusal, so that the caller gets the answer instead of a broken connection. */
const MAX_FORGOTTEN_BYTES = 64 * 1_048_576

const spared = new WeakSet<Socket>()

/** Whether the server's own limit for a request does not count for what this connection is sending. */
export const isSpared = (socket: Socket): boolean => spared.has(socket)

/** Gives a request the time it needs as long as bytes arrive. `over` when its body has been read; `forget` where nobody reads on. */
export function takeTime(request: IncomingMessage): { over(): void; forget(): void } {
  const { socket } = request
  spared.add(socket)
  // Requests that a test injects have no connection that counts.
  const read = (): number => socket.bytesRead ?? 0
  let before = read()
  let is_forgotten = false
  const timer = setInterval(() => {
    const now = read()
    if (now - before < LEAST_BYTES || is_forgotten) request.destroy()
    before = now
  }, EVERY_MS)
  timer.unref()
  const stop = (): void => {
    clearInterval(timer)
    spared.delete(socket)
  }
  request.once('close', stop)
  request.once('end', stop)
  return {
    over() {
      if (!is_forgotten) stop()
    },
    forget() {
      is_forgotten = true
      let left = MAX_FORGOTTEN_BYTES
      request.on('data', (chunk: Buffer) => {
        left -= chunk.length
        if (left < 0) request.destroy()
      })
      request.resume()
    },
  }
}
